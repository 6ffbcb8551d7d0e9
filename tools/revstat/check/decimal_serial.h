// Serial numbers in decimal, as databases and Java print them.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_DECIMAL_SERIAL_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_DECIMAL_SERIAL_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "engine/base/serial_number.h"
#include "tools/revstat/check/list_reader.h"

namespace revstat::tool {

// "4097", "-1"; kBadText for another text, or a number of more than 20 octets.
absl::StatusOr<SerialNumber> SerialOfDecimal(std::string_view text);

// Whether the serials at the start of a list, read as hexadecimal, have so many
// digits without one from a to f among them that they are hardly so.
bool LookDecimal(const ListColumns& columns, std::string_view head);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_DECIMAL_SERIAL_H_
