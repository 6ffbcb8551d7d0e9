// Text of protocols: case and space of ASCII, whatever the locale.
//
// Thread-safety: pure functions.
#ifndef REVSTAT_ENGINE_REFRESH_ASCII_H_
#define REVSTAT_ENGINE_REFRESH_ASCII_H_

#include <string>
#include <string_view>

namespace revstat {

inline std::string ToLowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Without the space, tabs and line ends around it.
inline std::string_view TrimAscii(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_ASCII_H_
