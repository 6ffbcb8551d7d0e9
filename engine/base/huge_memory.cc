#include "engine/base/huge_memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace revstat {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kPage = 4096;
constexpr size_t kCacheLine = 64;

size_t RoundUp(size_t size, size_t unit) {
  return (size + unit - 1) / unit * unit;
}

// Small tables come from the heap: a huge page each would be mostly empty.
bool IsMapped(size_t size) { return size >= kHugePage; }

// Huge pages must be aligned, and the system aligns to small ones: so ask for
// one more and give back what is too much. The pages come zeroed.
uint8_t* Map(size_t size) {
  const size_t asked = size + kHugePage;
  void* const mapping = mmap(nullptr, asked, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  const auto start = reinterpret_cast<uintptr_t>(mapping);
  const size_t before = RoundUp(start, kHugePage) - start;
  auto* const data = static_cast<uint8_t*>(mapping) + before;
  if (before > 0) munmap(mapping, before);
  if (before < kHugePage) munmap(data + size, kHugePage - before);
  madvise(data, size, MADV_HUGEPAGE);
  return data;
}

}  // namespace

HugeMemory::HugeMemory(size_t size) : size_(size) {
  if (size == 0) return;
  if (IsMapped(size)) {
    data_ = Map(RoundUp(size, kHugePage));
    return;
  }
  const size_t rounded = RoundUp(size, size < kPage ? kCacheLine : kPage);
  data_ = static_cast<uint8_t*>(
      std::aligned_alloc(size < kPage ? kCacheLine : kPage, rounded));
  if (data_ == nullptr) throw std::bad_alloc();
  std::memset(data_, 0, rounded);
}

HugeMemory::~HugeMemory() {
  if (IsMapped(size_)) {
    munmap(data_, RoundUp(size_, kHugePage));
  } else {
    std::free(data_);
  }
}

}  // namespace revstat
