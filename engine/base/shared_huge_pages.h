// Huge pages that tables share which are too small for one each.
#ifndef REVSTAT_ENGINE_BASE_SHARED_HUGE_PAGES_H_
#define REVSTAT_ENGINE_BASE_SHARED_HUGE_PAGES_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "engine/base/huge_page.h"

namespace revstat {

// Cuts tables off a region, one behind the other, and uses nothing a second
// time: a page is given back when all tables on it are. So a table that stays
// when its neighbours go keeps up to two pages. Thread-safe; a fork waits until
// no thread is inside.
class SharedHugePages {
 public:
  // That of the process; it is never destroyed.
  static SharedHugePages& Instance();

  SharedHugePages() = default;
  SharedHugePages(const SharedHugePages&) = delete;
  SharedHugePages& operator=(const SharedHugePages&) = delete;

  // `size` octets of zeros, 1 to kHugePage, aligned to an ordinary page.
  // Throws std::bad_alloc.
  uint8_t* Allocate(size_t size);
  void Free(uint8_t* data, size_t size) noexcept;

  // How many pages are held.
  size_t pages() const;

 private:
  static constexpr size_t kRegion = 4 * kHugePage;

  // Calls visit(address) for each huge page that [data, data + size) touches.
  template <class Visit>
  static void ForEachPage(const uint8_t* data, size_t size, Visit&& visit) {
    const auto first = reinterpret_cast<uintptr_t>(data);
    for (uintptr_t page = first / kHugePage * kHugePage; page < first + size;
         page += kHugePage) {
      visit(page);
    }
  }
  void AddRegion();
  void Release(uintptr_t page) noexcept;

  mutable std::mutex mutex_;
  uint8_t* next_ = nullptr;  // where the next table is cut off
  uint8_t* end_ = nullptr;   // of the region
  // How many tables touch a page, and one more while tables may be cut off it.
  std::unordered_map<uintptr_t, uint32_t> users_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_SHARED_HUGE_PAGES_H_
