// The usual shape of a list's row, read without general parsing: an issuer, a
// separator and an even number of hexadecimal digits, nothing quoted.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_PLAIN_ROW_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_PLAIN_ROW_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/base/serial_number.h"

namespace revstat::tool {

// Borrows the list.
struct PlainRow {
  std::string_view issuer;  // not empty
  std::string_view digits;  // of the serial: no leading zero octet
  SerialNumber serial;
  size_t size = 0;  // of the line with its end
};

// Reads rows of a list whose header names issuer and serial in this order and
// nothing else. What it gives is what ListColumns::ReadRow and
// SerialNumber::FromText give; what it does not give, they must be asked for.
// Borrows what it has read: it goes by the row before. Not thread-safe.
class PlainRowReader {
 public:
  explicit PlainRowReader(char separator) : separator_(separator) {}

  // The first line of `text`; nothing where it has another shape.
  std::optional<PlainRow> Read(std::string_view text);

 private:
  const char separator_;
  // Of the row before: most rows have its issuer and its number of digits.
  std::string_view last_issuer_;
  size_t last_digits_ = 0;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_PLAIN_ROW_H_
