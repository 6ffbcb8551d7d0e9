#include "engine/base/huge_memory.h"

#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "engine/base/shared_huge_pages.h"

namespace revstat {
namespace {

constexpr size_t kPage = 4096;
constexpr size_t kCacheLine = 64;

// Small tables come from the heap, where they take no more than they need. From
// so many octets of them on they share huge pages: lookups in many tables, in
// turns, then mostly wait for the page tables.
constexpr size_t kMostInHeap = size_t{4} << 20;
std::atomic<size_t> in_heap = 0;

// AddressSanitizer sees beyond the end of a table in the heap only.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REVSTAT_TABLES_STAY_IN_HEAP
#endif
#endif
#ifdef REVSTAT_TABLES_STAY_IN_HEAP
constexpr bool kMayShare = false;
#else
constexpr bool kMayShare = true;
#endif

size_t RoundUp(size_t size, size_t unit) {
  return (size + unit - 1) / unit * unit;
}
size_t HeapAlignment(size_t size) { return size < kPage ? kCacheLine : kPage; }

uint8_t* FromHeap(size_t size) {
  const size_t rounded = RoundUp(size, HeapAlignment(size));
  auto* const data =
      static_cast<uint8_t*>(std::aligned_alloc(HeapAlignment(size), rounded));
  if (data == nullptr) throw std::bad_alloc();
  std::memset(data, 0, rounded);
  in_heap.fetch_add(size, std::memory_order_relaxed);
  return data;
}

}  // namespace

HugeMemory::HugeMemory(size_t size, Lasting lasting) : size_(size) {
  if (size == 0) return;
  if (size >= kHugePage) {
    data_ = MapHugePages(RoundUp(size, kHugePage));
    place_ = Place::kOwnPages;
  } else if (kMayShare && lasting == Lasting::kLong && size >= kPage &&
             in_heap.load(std::memory_order_relaxed) >= kMostInHeap) {
    data_ = SharedHugePages::Instance().Allocate(size);
    place_ = Place::kSharedPages;
  } else {
    data_ = FromHeap(size);
    place_ = Place::kHeap;
  }
}

HugeMemory::~HugeMemory() {
  if (data_ == nullptr) return;
  switch (place_) {
    case Place::kHeap:
      in_heap.fetch_sub(size_, std::memory_order_relaxed);
      std::free(data_);
      break;
    case Place::kSharedPages:
      SharedHugePages::Instance().Free(data_, size_);
      break;
    case Place::kOwnPages:
      munmap(data_, RoundUp(size_, kHugePage));
      break;
  }
}

}  // namespace revstat
