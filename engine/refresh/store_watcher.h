// Keeps a StoreReader at the store's newest generation.
#ifndef REVSTAT_ENGINE_REFRESH_STORE_WATCHER_H_
#define REVSTAT_ENGINE_REFRESH_STORE_WATCHER_H_

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "engine/check/store_reader.h"

namespace revstat {

struct StoreWatcherOptions {
  // How long a change can go unseen where the writer could not wake us (its
  // host's kernel is another, say), and how often the time is looked at.
  std::chrono::milliseconds interval{1000};
  // The time to judge by.
  std::function<Time()> now = [] {
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::system_clock::now());
  };
  // Called on the watcher's thread after each Update that published or failed.
  // Where it throws, or `now` does, or memory ran out, it is called with that
  // as an error, the generation before goes on serving, and all is tried again
  // after the interval; a publication is told until it was heard to the end.
  std::function<void(const absl::StatusOr<StoreReader::Outcome>&)> notify;
};

// One thread that sleeps in the kernel until the writer's store to the
// generation word wakes it. Lifetime: the reader outlives it; the destructor
// ends the thread, after the Update that is under way. Thread-safety: made and
// ended by one thread. Forks: a child has no such thread, and there the
// reader's publisher is left behind by the next generation (SnapshotPublisher);
// ended there, it waits for none and leaves some octets behind.
class StoreWatcher {
 public:
  StoreWatcher(StoreReader* reader, StoreWatcherOptions options);
  ~StoreWatcher();
  StoreWatcher(const StoreWatcher&) = delete;
  StoreWatcher& operator=(const StoreWatcher&) = delete;

 private:
  void Run();
  void Update();
  void Tell(const std::exception_ptr& thrown) noexcept;

  StoreReader* const reader_;
  const StoreWatcherOptions options_;
  bool is_to_be_told_ = false;  // the thread's: published, and not heard
  std::atomic<bool> is_stopping_ = false;
  std::atomic<bool> has_ended_ = false;
  const pid_t process_ = getpid();  // the thread's
  // Last: it uses the others. Behind a pointer, because a child of fork may
  // neither join nor destroy it.
  std::unique_ptr<std::thread> thread_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_STORE_WATCHER_H_
