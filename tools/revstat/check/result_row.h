// One line of a result, before it is written.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_RESULT_ROW_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_RESULT_ROW_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/check/checker.h"
#include "engine/x509/name.h"

namespace revstat::tool {

// Borrows everything until the block it belongs to has been written.
struct ResultRow {
  std::string_view input;  // the file as the user named it
  uint64_t position = 0;   // line of a list, number in a bundle; 0: alone
  NameView subject;        // empty for a row of a list
  NameView issuer;         // of the certificate; else issuer_text
  std::string_view issuer_text;
  bool readable = true;  // false: only input and position are known
};

// A row of a list that says no more than issuer and serial, and says it plainly
// (see PlainRowReader). Borrows the list.
struct BareRow {
  uint64_t position = 0;  // its line
  std::string_view issuer_text;
  std::string_view digits;  // the serial, in hexadecimal of any case
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_RESULT_ROW_H_
