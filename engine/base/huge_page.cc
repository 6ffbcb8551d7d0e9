#include "engine/base/huge_page.h"

#include <sys/mman.h>

#include <new>

namespace revstat {

// Huge pages must be aligned, and the system aligns to small ones: so ask for
// one more and give back what is too much.
uint8_t* MapHugePages(size_t size) {
  const size_t asked = size + kHugePage;
  void* const mapping = mmap(nullptr, asked, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  const auto start = reinterpret_cast<uintptr_t>(mapping);
  const size_t before = (start + kHugePage - 1) / kHugePage * kHugePage - start;
  auto* const data = static_cast<uint8_t*>(mapping) + before;
  if (before > 0) munmap(mapping, before);
  if (before < kHugePage) munmap(data + size, kHugePage - before);
  madvise(data, size, MADV_HUGEPAGE);
  return data;
}

void PreferHugePages(void* mapping, size_t size) {
  if (size >= kHugePage) madvise(mapping, size, MADV_HUGEPAGE);
}

}  // namespace revstat
