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

// The value of each character as a hexadecimal digit, 0xff for any other.
constexpr std::array<uint8_t, 256> MakeDigitTable() {
  std::array<uint8_t, 256> table = {};
  for (size_t c = 0; c < table.size(); ++c) {
    table[c] = c >= '0' && c <= '9'   ? static_cast<uint8_t>(c - '0')
               : c >= 'a' && c <= 'f' ? static_cast<uint8_t>(c - 'a' + 10)
               : c >= 'A' && c <= 'F' ? static_cast<uint8_t>(c - 'A' + 10)
                                      : uint8_t{0xff};
  }
  return table;
}
constexpr std::array<uint8_t, 256> kDigitTable = MakeDigitTable();

// The usual form in lists: an even number of digits and nothing else, whose
// first octet is no padding. Nothing for any other form, or for no serial.
std::optional<SerialNumber> FromPlainHex(std::string_view text) {
  constexpr size_t kMaxDigits = 2 * (SerialNumber::kMaxOctets - 1);
  if (text.empty() || text.size() % 2 != 0 || text.size() > kMaxDigits) {
    return std::nullopt;
  }
  // One octet of zero stands before the value, for a first bit that is set.
  std::array<uint8_t, SerialNumber::kMaxOctets> octets;
  octets[0] = 0;
  uint8_t bad = 0;
  for (size_t i = 0; i < text.size(); i += 2) {
    const uint8_t high = kDigitTable[static_cast<uint8_t>(text[i])];
    const uint8_t low = kDigitTable[static_cast<uint8_t>(text[i + 1])];
    bad |= high | low;
    octets[1 + i / 2] = static_cast<uint8_t>(high << 4 | (low & 15));
  }
  if (bad > 15 || octets[1] == 0) return std::nullopt;
  const Bytes value(octets.data() + 1, text.size() / 2);
  return SerialNumber::FromContent(
      octets[1] < 0x80 ? value : Bytes(octets.data(), value.size() + 1));
}

bool IsSeparator(char c) { return c == ':' || c == ' ' || c == '\t'; }

}  // namespace

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
