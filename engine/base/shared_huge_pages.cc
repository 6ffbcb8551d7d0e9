#include "engine/base/shared_huge_pages.h"

#include <pthread.h>
#include <sys/mman.h>

#include <new>

namespace revstat {
namespace {

constexpr size_t kPage = 4096;

}  // namespace

SharedHugePages& SharedHugePages::Instance() {
  static auto* const instance = [] {
    auto* const made = new SharedHugePages;
    pthread_atfork([] { Instance().mutex_.lock(); },
                   [] { Instance().mutex_.unlock(); },
                   [] { Instance().mutex_.unlock(); });
    return made;
  }();
  return *instance;
}

namespace {

// Made before there are threads: a child of fork would wait for ever for
// another thread's turn to make it.
[[maybe_unused]] const SharedHugePages& made_at_start =
    SharedHugePages::Instance();

}  // namespace

uint8_t* SharedHugePages::Allocate(size_t size) {
  const size_t rounded = (size + kPage - 1) / kPage * kPage;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (static_cast<size_t>(end_ - next_) < rounded) AddRegion();
  uint8_t* const data = next_;
  ForEachPage(data, rounded, [&](uintptr_t page) { ++users_[page]; });
  next_ += rounded;
  ForEachPage(data, rounded, [&](uintptr_t page) {
    if (page + kHugePage <= reinterpret_cast<uintptr_t>(next_)) Release(page);
  });
  return data;
}

void SharedHugePages::Free(uint8_t* data, size_t size) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  ForEachPage(data, size, [&](uintptr_t page) { Release(page); });
}

void SharedHugePages::AddRegion() {
  uint8_t* const region = MapHugePages(kRegion);
  try {
    ForEachPage(region, kRegion, [&](uintptr_t page) { users_[page] = 1; });
  } catch (const std::bad_alloc&) {
    ForEachPage(region, kRegion, [&](uintptr_t page) { users_.erase(page); });
    munmap(region, kRegion);
    throw;
  }
  // What is left of the region before is cut up no more.
  ForEachPage(next_, static_cast<size_t>(end_ - next_),
              [&](uintptr_t page) { Release(page); });
  next_ = region;
  end_ = region + kRegion;
}

void SharedHugePages::Release(uintptr_t page) noexcept {
  const auto user = users_.find(page);
  if (--user->second > 0) return;
  users_.erase(user);
  munmap(reinterpret_cast<void*>(page), kHugePage);
}

size_t SharedHugePages::pages() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return users_.size();
}

}  // namespace revstat
