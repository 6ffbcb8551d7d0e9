#include "engine/refresh/store_watcher.h"

#include <utility>

#include "engine/base/thrown.h"

namespace revstat {

StoreWatcher::StoreWatcher(StoreReader* reader, StoreWatcherOptions options)
    : reader_(reader), options_(std::move(options)) {
  // First: a child forked from now on has no such thread.
  reader_->SetKeeper(SnapshotPublisher::Keeper::kThisProcess);
  try {
    thread_ = std::make_unique<std::thread>([this] { Run(); });
  } catch (...) {
    reader_->SetKeeper(SnapshotPublisher::Keeper::kHost);
    throw;
  }
}

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
  reader_->SetKeeper(SnapshotPublisher::Keeper::kHost);
}

void StoreWatcher::Run() {
  while (!is_stopping_.load(std::memory_order_relaxed)) {
    // Read before the update: a generation that comes during it ends the wait.
    const uint64_t seen = reader_->generation_word().Load();
    // An exception would end the host, whose thread this is not.
    const std::exception_ptr thrown = ThrownBy([this] { Update(); });
    if (thrown != nullptr) Tell(thrown);
    if (is_stopping_.load(std::memory_order_relaxed)) break;
    reader_->generation_word().WaitWhile(seen, options_.interval);
  }
  has_ended_.store(true, std::memory_order_relaxed);
}

void StoreWatcher::Update() {
  using Outcome = StoreReader::Outcome;
  absl::StatusOr<Outcome> outcome = reader_->Update(options_.now());
  if (outcome.ok() && is_to_be_told_) outcome = Outcome::kPublished;
  if (outcome.ok() && *outcome == Outcome::kUnchanged) return;
  // Whoever was revoked is connected until the host has heard of it.
  is_to_be_told_ |= outcome.ok();
  if (options_.notify) options_.notify(outcome);
  if (outcome.ok()) is_to_be_told_ = false;
}

void StoreWatcher::Tell(const std::exception_ptr& thrown) noexcept {
  // Once: it was told what it threw, and may throw again.
  ThrownBy([&] {
    if (options_.notify) options_.notify(StatusOfThrown(thrown));
  });
}

}  // namespace revstat
