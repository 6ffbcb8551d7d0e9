#include "engine/base/huge_memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace revstat {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kCacheLine = 64;

// Small tables come from the heap: a huge page each would be mostly empty.
bool IsMapped(size_t size) { return size >= kHugePage; }

}  // namespace

HugeMemory::HugeMemory(size_t size) : size_(size) {
  if (size == 0) return;
  const size_t unit = IsMapped(size) ? kHugePage : kCacheLine;
  const size_t rounded = (size + unit - 1) / unit * unit;
  data_ = static_cast<uint8_t*>(std::aligned_alloc(unit, rounded));
  if (data_ == nullptr) throw std::bad_alloc();
  if (IsMapped(size)) madvise(data_, rounded, MADV_HUGEPAGE);
  std::memset(data_, 0, rounded);
}

HugeMemory::~HugeMemory() { std::free(data_); }

}  // namespace revstat
