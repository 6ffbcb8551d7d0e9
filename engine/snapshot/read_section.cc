#include "engine/snapshot/read_section.h"

#include <pthread.h>
#include <urcu-bp.h>

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

constinit std::atomic<uint64_t> forks_behind = 0;

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

void AfterForkInChild() {
  urcu_bp_after_fork_child();
  // Pairs with nothing: a child begins with one thread.
  forks_behind.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

void PrepareForForks() {
  [[maybe_unused]] static const int registered = pthread_atfork(
      urcu_bp_before_fork, urcu_bp_after_fork_parent, AfterForkInChild);
}

ReadSection::ReadSection() { urcu_bp_read_lock(); }

ReadSection::~ReadSection() {
  AnnotateReadEnds(&kDomain);
  urcu_bp_read_unlock();
}

void WaitForReaders() {
  urcu_bp_synchronize_rcu();
  AnnotateGraceEnds(&kDomain);
}

}  // namespace revstat
