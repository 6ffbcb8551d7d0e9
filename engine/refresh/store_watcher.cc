#include "engine/refresh/store_watcher.h"

#include <utility>

namespace revstat {

StoreWatcher::StoreWatcher(StoreReader* reader, StoreWatcherOptions options)
    : reader_(reader),
      options_(std::move(options)),
      thread_(std::make_unique<std::thread>([this] { Run(); })) {}

StoreWatcher::~StoreWatcher() {
  if (getpid() != process_) {
    // Not here: it would be woken for ever.
    static_cast<void>(thread_.release());
    return;
  }
  // Relaxed: the flags carry nothing; join orders the rest.
  is_stopping_.store(true, std::memory_order_relaxed);
  // A wake before the thread waits is lost, so it is woken until it has seen.
  while (!has_ended_.load(std::memory_order_relaxed)) {
    reader_->generation_word().Wake();
    std::this_thread::yield();
  }
  thread_->join();
}

void StoreWatcher::Run() {
  while (!is_stopping_.load(std::memory_order_relaxed)) {
    // Read before the update: a generation that comes during it ends the wait.
    const uint64_t seen = reader_->generation_word().Load();
    const auto outcome = reader_->Update(options_.now());
    const bool is_news =
        !outcome.ok() || *outcome == StoreReader::Outcome::kPublished;
    if (is_news && options_.notify) options_.notify(outcome);
    if (is_stopping_.load(std::memory_order_relaxed)) break;
    reader_->generation_word().WaitWhile(seen, options_.interval);
  }
  has_ended_.store(true, std::memory_order_relaxed);
}

}  // namespace revstat
