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

namespace revstat::c {

// Reads the caller's policy; NULL: the defaults.
revstat_error ReadPolicy(const revstat_policy* given, revstat_policy* policy);
// But for its time.
LookupPolicy LookupPolicyOf(const revstat_policy& policy);

}  // namespace revstat::c

struct revstat_store {
  // Shared with what asks it after the handle's end: checks in OpenSSL, and
  // tables of peers.
  std::shared_ptr<revstat::StoreReader> reader;
  revstat_policy policy = {};
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
  std::shared_ptr<const revstat::SnapshotPublisher> snapshots() const {
    return {reader, &reader->publisher()};
  }
  revstat::LookupPolicy PolicyAt(int64_t at) const {
    revstat::LookupPolicy policy = lookup;
    policy.at = revstat::FromUnix(at);
    return policy;
  }
};

#endif  // REVSTAT_ENGINE_EMBED_C_STORE_H_
