#include "engine/snapshot/publisher.h"

#include <utility>

namespace revstat {

SnapshotPublisher::SnapshotPublisher(std::unique_ptr<const Snapshot> first)
    : newest_(first.release()) {
  PrepareForForks();
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

// Pairs with the exchange in Publish.
SnapshotPublisher::Reader::Reader(const SnapshotPublisher& publisher)
    : snapshot_(publisher.newest_.load(std::memory_order_acquire)) {}

}  // namespace revstat
