// Lists of certificates as text: CSV or TSV with a header that names `issuer`
// and `serial`, and optionally `not_before` and `not_after`; other columns are
// passed over. RFC 4180 quotes are read, so that names may hold commas.
#ifndef REVSTAT_TOOLS_REVSTAT_LIST_READER_H_
#define REVSTAT_TOOLS_REVSTAT_LIST_READER_H_

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace revstat::tool {

bool LooksLikeList(std::string_view head);

// One row; its fields borrow the reader's memory until the next TakeRows.
struct ListRow {
  uint64_t line = 0;  // 1 is the header
  std::string_view issuer;
  std::string_view serial;
  std::string_view not_before;
  std::string_view not_after;
  const char* problem = nullptr;  // why the row cannot be read, or null
};

// Reads a list of any length in constant memory: blocks of about a megabyte,
// the next of which can be read while the rows of one are worked on.
//
// Thread-safety: none, but that ReadAhead may run beside the use of the rows
// that TakeRows gave out, and beside nothing else.
class ListReader {
 public:
  static constexpr size_t kBlockBytes = size_t{1} << 20;

  // Reads on from `descriptor`, which stays open; `head` was read from it
  // before and comes first.
  ListReader(int descriptor, std::string head)
      : descriptor_(descriptor), ahead_(std::move(head)) {}

  // Reads until a block is there. Fails with what the system says
  // (kInputUnreadable).
  absl::Status ReadAhead();

  // The rows of the block read ahead; none for one of blank lines. Fails with
  // the header (kBadText) or a line longer than a block (kTooLarge).
  absl::Status TakeRows(std::vector<ListRow>* rows);

  // True when all rows have been given out.
  bool done() const { return at_end_ && ahead_.empty(); }
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  absl::Status ReadHeader(std::string_view line);
  ListRow ReadRow(std::string_view line);
  std::string_view Unquote(std::string_view field);

  enum Column { kIssuer, kSerial, kNotBefore, kNotAfter, kColumns };

  int descriptor_;
  std::string text_;   // the block whose rows have been given out
  std::string ahead_;  // read, and not given out yet
  bool at_end_ = false;
  bool has_header_ = false;
  char separator_ = ',';
  size_t column_count_ = 0;
  std::vector<int> role_;  // of each column, a Column or -1
  uint64_t line_ = 0;
  uint64_t bytes_read_ = 0;
  std::deque<std::string> unquoted_;  // fields that held doubled quotes
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_LIST_READER_H_
