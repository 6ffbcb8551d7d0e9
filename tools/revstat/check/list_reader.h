// Lists of certificates as text: CSV, with commas, semicolons or tabs, and a
// header that names `issuer` and `serial` (or `serial_decimal`), and optionally
// `not_before` and `not_after`; other columns are passed over. RFC 4180 quotes
// are read, so that names may hold commas.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_LIST_READER_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_LIST_READER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace revstat::tool {

enum class SerialBase : uint8_t { kHexadecimal, kDecimal };

bool LooksLikeList(std::string_view head);

// One row; its fields borrow the block, and the storage given with it.
struct ListRow {
  uint64_t line = 0;  // 1 is the header
  std::string_view issuer;
  std::string_view serial;
  std::string_view not_before;
  std::string_view not_after;
  SerialBase serial_base = SerialBase::kHexadecimal;
  const char* problem = nullptr;  // why the row cannot be read, or null
};

// Which column of a list means what. Immutable, so free to share.
class ListColumns {
 public:
  // Fails (kBadText) where the header does not name what it must, or one twice.
  static absl::StatusOr<ListColumns> FromHeader(std::string_view line);

  // One line without its end. A field with doubled quotes is unquoted into
  // *storage.
  ListRow ReadRow(std::string_view line,
                  std::deque<std::string>* storage) const;

  char separator() const { return separator_; }
  SerialBase serial_base() const { return serial_base_; }
  // Columns that sound as if they said until when a certificate is valid, as
  // the header spells them, but by no name that is read.
  const std::vector<std::string>& unused() const { return unused_; }
  // True for issuer and serial, in hexadecimal, in this order and no other
  // column.
  bool are_plain() const {
    return roles_.size() == 2 && roles_[0] == kIssuer && roles_[1] == kSerial &&
           serial_base_ == SerialBase::kHexadecimal;
  }

 private:
  enum Role : int { kOther = -1, kIssuer, kSerial, kNotBefore, kNotAfter };

  char separator_ = ',';
  SerialBase serial_base_ = SerialBase::kHexadecimal;
  std::vector<Role> roles_;
  std::vector<std::string> unused_;
};

// Some whole lines of a list.
class ListBlock {
 public:
  std::string_view text() const { return {octets_.get(), size_}; }
  uint64_t first_line() const { return first_line_; }
  // Where the block begins in the list.
  uint64_t offset() const { return offset_; }

 private:
  friend class ListReader;

  std::unique_ptr<char[]> octets_;  // ListReader::kBlockBytes of them
  size_t size_ = 0;
  uint64_t first_line_ = 0;
  uint64_t offset_ = 0;
};

// Reads a list of any length in constant memory, block by block. Not
// thread-safe; blocks are independent of it.
class ListReader {
 public:
  // Also the longest line. Small enough that a block, its rows and their
  // answers stay in a core's cache.
  static constexpr size_t kBlockBytes = size_t{1} << 19;

  // Reads on from `descriptor`, which stays open; `head`, at most a block, was
  // read from it before and comes first.
  ListReader(int descriptor, std::string head)
      : descriptor_(descriptor), rest_(std::move(head)) {}

  // Replaces *block by the next lines; false at the end of the list. Fails with
  // what the system says (kInputUnreadable) or with a line that is longer than
  // a block (kTooLarge).
  absl::StatusOr<bool> Take(ListBlock* block);

 private:
  int descriptor_;
  std::string rest_;  // read, and not given out yet
  bool at_end_ = false;
  uint64_t lines_ = 0;
  uint64_t offset_ = 0;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_LIST_READER_H_
