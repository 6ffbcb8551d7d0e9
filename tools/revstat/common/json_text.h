// Strings as JSON.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMON_JSON_TEXT_H_
#define REVSTAT_TOOLS_REVSTAT_COMMON_JSON_TEXT_H_

#include <string>
#include <string_view>

namespace revstat::tool {

// With its quotes and escapes. Octets that are not UTF-8, which names may hold,
// become U+FFFD.
std::string JsonString(std::string_view value);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_JSON_TEXT_H_
