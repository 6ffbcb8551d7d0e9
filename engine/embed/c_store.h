// The handle of a store in the C interface. A part of it.
#ifndef REVSTAT_ENGINE_EMBED_C_STORE_H_
#define REVSTAT_ENGINE_EMBED_C_STORE_H_

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "engine/check/store_reader.h"
#include "engine/embed/c_boundary.h"
#include "engine/refresh/store_watcher.h"

struct revstat_store {
  std::unique_ptr<revstat::StoreReader> reader;
  revstat::LookupPolicy lookup;  // but for its time
  std::mutex starting;           // guards `watcher`
  std::unique_ptr<revstat::StoreWatcher> watcher;
  // The process that the watcher's thread runs in; 0 for none. Relaxed: it
  // tells one process from another, and carries nothing.
  std::atomic<pid_t> watcher_process = 0;

  // The watcher, and locks that it may have held, are another process's.
  bool is_forked() const {
    const pid_t process = watcher_process.load(std::memory_order_relaxed);
    return process != 0 && process != getpid();
  }
  revstat::LookupPolicy PolicyAt(int64_t at) const {
    revstat::LookupPolicy policy = lookup;
    policy.at = revstat::FromUnix(at);
    return policy;
  }
};

#endif  // REVSTAT_ENGINE_EMBED_C_STORE_H_
