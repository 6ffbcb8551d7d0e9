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

bool IsSeparator(char c) { return c == ':' || c == ' ' || c == '\t'; }

}  // namespace

absl::StatusOr<SerialNumber> SerialNumber::FromText(std::string_view text) {
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
