#include "engine/base/serial_number.h"

#include <algorithm>

#include "engine/base/error.h"

namespace revstat {
namespace {

// Two's complement of a big-endian number, in place.
void Negate(uint8_t* begin, size_t size) {
  unsigned carry = 1;
  for (size_t i = size; i-- > 0;) {
    const unsigned sum =
        static_cast<unsigned>(static_cast<uint8_t>(~begin[i])) + carry;
    begin[i] = static_cast<uint8_t>(sum);
    carry = sum >> 8;
  }
}

// Eight hexadecimal digits at once, in the octets of a word: their values, and
// whether one of them is no digit. Letters have bit 6, figures have not.
struct EightDigits {
  uint64_t values;
  bool are_valid;
};
EightDigits ReadEightDigits(uint64_t text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  const uint64_t letters = text >> 6 & kOnes;
  const uint64_t values = (text & 15 * kOnes) + 9 * letters;
  // A digit is one that is spelled the same again, in lower case.
  const uint64_t spelled = values + 0x30 * kOnes + 0x27 * letters;
  const uint64_t over_nine = (values + 6 * kOnes) >> 4 & kOnes;
  const uint64_t wrong = (spelled ^ (text | letters << 5)) |
                         (over_nine ^ letters) | (values & 0xf0 * kOnes);
  return {values, wrong == 0};
}

// The four octets that eight digits make, the first in the lowest place.
uint64_t JoinDigits(uint64_t values) {
  uint64_t octets = (values << 4 | values >> 8) & 0x00ff00ff00ff00ff;
  octets = (octets | octets >> 8) & 0x0000ffff0000ffff;
  return (octets | octets >> 16) & 0xffffffff;
}

bool IsSeparator(char c) { return c == ':' || c == ' ' || c == '\t'; }

}  // namespace

std::optional<SerialNumber> SerialNumber::FromPlainHex(std::string_view text) {
  constexpr size_t kMaxDigits = 2 * (kMaxOctets - 1);
  if (text.empty() || text.size() % 2 != 0 || text.size() > kMaxDigits)
    return std::nullopt;
  // The octets in words, as Words() gives them: they stay in registers, where
  // stores of octets that are then loaded as words would stall.
  std::array<uint64_t, 3> words = {};
  bool are_valid = true;
  const auto take = [&](size_t position, uint64_t eight) {
    const EightDigits digits = ReadEightDigits(eight);
    are_valid &= digits.are_valid;
    words[position / 16] |= JoinDigits(digits.values) << position % 16 * 4;
  };
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t eight;
    std::memcpy(&eight, text.data() + i, sizeof(eight));
    take(i, eight);
  }
  if (i < text.size()) {
    uint64_t eight = 0x3030303030303030;  // "00000000" behind the end
    std::memcpy(&eight, text.data() + i, text.size() - i);
    take(i, eight);
  }
  const uint64_t first = words[0] & 0xff;
  if (!are_valid || first == 0) return std::nullopt;
  uint64_t size = text.size() / 2;
  if (first >= 0x80) {  // X.690 8.3.3: a zero octet says that it is positive
    words[2] = words[2] << 8 | words[1] >> 56;
    words[1] = words[1] << 8 | words[0] >> 56;
    words[0] <<= 8;
    ++size;
  }
  words[2] |= size << 56;
  static_assert(kSizeIndex == 23);
  SerialNumber serial;
  std::memcpy(serial.octets_.data(), words.data(), sizeof(words));
  return serial;
}

absl::StatusOr<SerialNumber> SerialNumber::FromText(std::string_view text) {
  if (const auto plain = FromPlainHex(text)) return *plain;
  const auto fail = [&](std::string_view why) {
    return MakeError(
        ErrorCode::kBadText,
        Concat({"serial number \"", text.substr(0, 80), "\" ", why}));
  };
  std::string_view rest = text;
  while (!rest.empty() && IsSeparator(rest.front())) rest.remove_prefix(1);
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  if (rest.starts_with("0x") || rest.starts_with("0X")) rest.remove_prefix(2);

  // The magnitude, right-aligned behind one octet for the sign. Digits are
  // taken from the end, so that an odd number of them needs no second pass.
  std::array<uint8_t, kMaxOctets + 1> value = {};
  size_t digits = 0;
  size_t nibble = 0;
  for (size_t i = rest.size(); i-- > 0;) {
    if (IsSeparator(rest[i])) continue;
    const int digit = HexDigit(rest[i]);
    if (digit < 0) return fail("is not hexadecimal");
    ++digits;
    if (nibble == 2 * kMaxOctets) {
      if (digit != 0) return fail("is longer than 20 octets");
      continue;
    }
    value[value.size() - 1 - nibble / 2] |=
        static_cast<uint8_t>(nibble % 2 == 0 ? digit : digit << 4);
    ++nibble;
  }
  if (digits == 0) return fail("has no digits");
  if (negative) Negate(value.data(), value.size());

  // X.690 8.3.2: drop leading octets that only repeat the sign.
  size_t begin = 0;
  while (begin + 1 < value.size() &&
         ((value[begin] == 0x00 && value[begin + 1] < 0x80) ||
          (value[begin] == 0xff && value[begin + 1] >= 0x80))) {
    ++begin;
  }
  const auto serial = FromContent(Bytes(value).subspan(begin));
  if (!serial.has_value()) return fail("is longer than 20 octets");
  return *serial;
}

std::string SerialNumber::ToText() const {
  const Bytes octets = content();
  if (octets.empty()) return "";
  if (octets[0] < 0x80) {
    return ToHex(octets.size() > 1 && octets[0] == 0 ? octets.subspan(1)
                                                     : octets);
  }
  std::array<uint8_t, kMaxOctets> magnitude = {};
  std::copy(octets.begin(), octets.end(), magnitude.begin());
  Negate(magnitude.data(), octets.size());
  const Bytes value(magnitude.data(), octets.size());
  return Concat({"-", ToHex(value.size() > 1 && value[0] == 0 ? value.subspan(1)
                                                              : value)});
}

}  // namespace revstat
