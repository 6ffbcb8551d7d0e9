// Text that is appended to in small pieces, millions of times.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMON_TEXT_BUFFER_H_
#define REVSTAT_TOOLS_REVSTAT_COMMON_TEXT_BUFFER_H_

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace revstat::tool {

// Like std::string, but every append is inline: with a dozen of them a row,
// calls into the library took a third of the time of a long list. Not
// thread-safe.
class TextBuffer {
 public:
  std::string_view view() const { return {octets_.get(), size_}; }
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

  void operator+=(std::string_view piece) {
    if (piece.empty()) return;
    std::memcpy(Room(piece.size()), piece.data(), piece.size());
    size_ += piece.size();
  }
  void operator+=(char c) {
    *Room(1) = c;
    ++size_;
  }
  void Fill(size_t count, char c) {
    std::memset(Room(count), c, count);
    size_ += count;
  }
  // Takes the last octet back, if there is one.
  void DropLast() { size_ -= size_ > 0 ? 1 : 0; }

  // `count` octets behind the end to be written to, and then taken in. Valid
  // until the next call.
  char* Room(size_t count) {
    if (capacity_ - size_ < count) Grow(count);
    return octets_.get() + size_;
  }
  void Take(size_t count) { size_ += count; }

 private:
  void Grow(size_t count) {
    capacity_ = std::max(2 * capacity_, size_ + std::max<size_t>(count, 256));
    auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
    if (size_ > 0) std::memcpy(larger.get(), octets_.get(), size_);
    octets_ = std::move(larger);
  }

  std::unique_ptr<char[]> octets_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_TEXT_BUFFER_H_
