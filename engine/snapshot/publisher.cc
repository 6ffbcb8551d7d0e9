#include "engine/snapshot/publisher.h"

#include <urcu-bp.h>

#include <utility>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define REVSTAT_TSAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define REVSTAT_TSAN 1
#endif
#ifdef REVSTAT_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace revstat {
namespace {

// liburcu is not built with ThreadSanitizer, which therefore does not see that
// a grace period comes after all read sections begun before it. These two say
// just that, and nothing about any other access.
void AnnotateReadEnds([[maybe_unused]] const void* domain) {
#ifdef REVSTAT_TSAN
  __tsan_release(const_cast<void*>(domain));
#endif
}
void AnnotateGraceEnds([[maybe_unused]] const void* domain) {
#ifdef REVSTAT_TSAN
  __tsan_acquire(const_cast<void*>(domain));
#endif
}

constexpr char kDomain = 0;

}  // namespace

SnapshotPublisher::SnapshotPublisher(std::unique_ptr<const Snapshot> first)
    : newest_(first.release()) {}

SnapshotPublisher::~SnapshotPublisher() {
  urcu_bp_synchronize_rcu();
  AnnotateGraceEnds(&kDomain);
  // Pairs with nothing: no reader is left.
  delete newest_.load(std::memory_order_relaxed);
}

void SnapshotPublisher::Publish(std::unique_ptr<const Snapshot> next) {
  const std::lock_guard<std::mutex> turn(publishing_);
  // Pairs with the load in Reader: whoever sees the pointer sees the snapshot.
  const Snapshot* old =
      newest_.exchange(next.release(), std::memory_order_acq_rel);
  urcu_bp_synchronize_rcu();
  AnnotateGraceEnds(&kDomain);
  delete old;
}

SnapshotPublisher::Reader::Reader(const SnapshotPublisher& publisher) {
  urcu_bp_read_lock();
  // Pairs with the exchange in Publish.
  snapshot_ = publisher.newest_.load(std::memory_order_acquire);
}

SnapshotPublisher::Reader::~Reader() {
  AnnotateReadEnds(&kDomain);
  urcu_bp_read_unlock();
}

}  // namespace revstat
