// The usual shape of a list's row, read without general parsing: an issuer, a
// separator and an even number of hexadecimal digits, nothing quoted.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_PLAIN_ROW_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_PLAIN_ROW_H_

#include <cstddef>
#include <string_view>

#include "engine/base/serial_number.h"
#include "tools/revstat/check/result_row.h"

namespace revstat::tool {

// Reads rows of a list whose header names issuer and serial in this order and
// nothing else. What it gives is what ListColumns::ReadRow and
// SerialNumber::FromText give; what it does not give, they must be asked for.
// Borrows what it has read: it goes by the row before. Not thread-safe.
class PlainRowReader {
 public:
  explicit PlainRowReader(char separator) : separator_(separator) {}

  // Reads the first line of `text` into *row, but for its position, and into
  // *serial; returns its size with its end, or 0 where it has another shape.
  // An issuer that is spelled as in the row before is that row's octets, so
  // that two rows with one address have one issuer.
  size_t Read(std::string_view text, BareRow* row, SerialNumber* serial);

 private:
  const char separator_;
  // Of the row before: most rows have its issuer and its number of digits.
  std::string_view last_issuer_;
  size_t last_digits_ = 0;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_PLAIN_ROW_H_
