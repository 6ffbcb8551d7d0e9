// Byte strings: a borrowed view, hexadecimal text, and text pieces joined.
//
// Thread-safety: pure functions. Errors: none but where said.
#ifndef REVSTAT_ENGINE_BASE_BYTES_H_
#define REVSTAT_ENGINE_BASE_BYTES_H_

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace revstat {

// Borrowed bytes. Whoever holds a Bytes keeps what is behind it alive.
using Bytes = std::span<const uint8_t>;

inline Bytes BytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

inline std::string_view TextOf(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Whether UTF-8 text begins with a control character from U+0080 to U+009F.
inline constexpr uint8_t kC1Lead = 0xc2;
inline bool BeginsWithC1(std::string_view text) {
  return text.size() > 1 && static_cast<uint8_t>(text[0]) == kC1Lead &&
         static_cast<uint8_t>(text[1]) >= 0x80 &&
         static_cast<uint8_t>(text[1]) < 0xa0;
}

inline bool Equal(Bytes a, Bytes b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// Lower-case hexadecimal, two digits an octet.
std::string ToHex(Bytes bytes);

// The octets of an even number of hexadecimal digits of any case; nothing on
// any other character.
std::optional<std::vector<uint8_t>> FromHex(std::string_view text);

// The value of one hexadecimal digit, or -1.
int HexDigit(char c);

// The pieces joined without a separator.
std::string Concat(std::initializer_list<std::string_view> pieces);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_BYTES_H_
