#include "engine/base/base64.h"

#include <absl/strings/escaping.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace revstat {
namespace {

// What one character adds to the 24 bits of its group, by its place in it; its
// three octets lie in memory order in the lower ones of a little-endian word.
constexpr uint32_t kNoDigit = 0x80000000;

using Digits = std::array<std::array<uint32_t, 256>, 4>;

constexpr Digits kDigits = [] {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Digits digits = {};
  for (auto& place : digits) place.fill(kNoDigit);
  for (uint32_t value = 0; value < kAlphabet.size(); ++value) {
    for (unsigned place = 0; place < 4; ++place) {
      const uint32_t bits = value << (18 - 6 * place);
      digits[place][static_cast<unsigned char>(kAlphabet[value])] =
          (bits >> 16 & 0xff) | (bits & 0xff00) | (bits & 0xff) << 16;
    }
  }
  return digits;
}();

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

uint32_t ReadGroup(const char* text) {
  const auto digit = [&](size_t place) {
    return kDigits[place][static_cast<unsigned char>(text[place])];
  };
  return digit(0) | digit(1) | digit(2) | digit(3);
}

// Reads whole groups and the ends of lines between them, up to anything else.
// Gives the octets to *out, which has room for a whole decoding and one octet
// more; returns how much of the text is read.
size_t ReadWholeGroups(std::string_view text, char** out) {
  size_t read = 0;
  while (read + 4 <= text.size()) {
    const uint32_t group = ReadGroup(text.data() + read);
    if (group < kNoDigit) {
      std::memcpy(*out, &group, sizeof(group));
      *out += 3;
      read += 4;
    } else if (text[read] == '\n' || text[read] == '\r') {
      ++read;
    } else {
      break;
    }
  }
  return read;
}

}  // namespace

bool DecodeBase64(std::string_view text, std::string* octets) {
  octets->resize(text.size() / 4 * 3 + 1);
  char* out = octets->data();
  text.remove_prefix(ReadWholeGroups(text, &out));
  octets->resize(static_cast<size_t>(out - octets->data()));
  // Between groups a decoder remembers nothing, so the rest stands by itself.
  std::string rest;
  if (!absl::Base64Unescape(absl::string_view(text.data(), text.size()), &rest))
    return false;
  octets->append(rest);
  return true;
}

}  // namespace revstat
