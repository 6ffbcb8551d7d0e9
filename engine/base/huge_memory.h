// Zeroed memory for large tables, on huge pages where the system grants them:
// random reads of a table of ordinary pages spend most of their time on the
// page tables.
#ifndef REVSTAT_ENGINE_BASE_HUGE_MEMORY_H_
#define REVSTAT_ENGINE_BASE_HUGE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "engine/base/bytes.h"

namespace revstat {

// Owns one zeroed region, aligned to a cache line and, from a page's size on,
// to a page at least. Move-only. Where there are megabytes of small ones, they
// share huge pages, of which one is kept while any table on it is.
// Throws std::bad_alloc like any container where there is no memory.
class HugeMemory {
 public:
  // What lives for a moment among tables that stay would leave holes in pages
  // that they share.
  enum class Lasting : uint8_t { kLong, kShort };

  HugeMemory() = default;
  explicit HugeMemory(size_t size, Lasting lasting = Lasting::kLong);
  ~HugeMemory();
  HugeMemory(HugeMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        place_(other.place_) {}
  HugeMemory& operator=(HugeMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(place_, other.place_);
    return *this;
  }

  uint8_t* data() { return data_; }
  size_t size() const { return size_; }
  Bytes bytes() const { return {data_, size_}; }

 private:
  enum class Place : uint8_t { kHeap, kSharedPages, kOwnPages };

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  Place place_ = Place::kHeap;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_HUGE_MEMORY_H_
