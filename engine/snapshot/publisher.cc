#include "engine/snapshot/publisher.h"

#include <utility>

namespace revstat {

SnapshotPublisher::SnapshotPublisher(std::unique_ptr<const Snapshot> first,
                                     IsOutdated is_outdated)
    : newest_(nullptr),
      is_outdated_(std::move(is_outdated)),
      left_behind_(is_outdated_ ? Snapshot::LeftBehind() : nullptr) {
  PrepareForForks();
  // Pairs with nothing: there is no reader yet. After all that may throw.
  newest_.store(first.release(), std::memory_order_relaxed);
}

SnapshotPublisher::~SnapshotPublisher() {
  WaitForReaders();
  // Pairs with nothing: no reader is left.
  delete newest_.load(std::memory_order_relaxed);
}

void SnapshotPublisher::Publish(std::unique_ptr<const Snapshot> next) {
  const std::lock_guard<std::mutex> turn(publishing_);
  // Pairs with the load in Reader: whoever sees the pointer sees the snapshot.
  const Snapshot* old =
      newest_.exchange(next.release(), std::memory_order_acq_rel);
  WaitForReaders();
  delete old;
}

void SnapshotPublisher::SetKeeper(Keeper keeper) {
  const uint64_t value = keeper == Keeper::kHost     ? kHosts
                         : keeper == Keeper::kNobody ? kNobodys
                                                     : ForksBehind();
  keeper_.store(value, std::memory_order_relaxed);
}

// Pairs with the exchange in Publish.
SnapshotPublisher::Reader::Reader(const SnapshotPublisher& publisher)
    : snapshot_(publisher.is_left_behind()
                    ? publisher.left_behind_.get()
                    : publisher.newest_.load(std::memory_order_acquire)) {}

}  // namespace revstat
