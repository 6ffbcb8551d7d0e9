#include "engine/base/serial_number.h"

#include <algorithm>
#include <bit>

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

using Octets16 = uint8_t __attribute__((vector_size(16)));
using Octets8 = uint8_t __attribute__((vector_size(8)));
using Numbers8 = uint16_t __attribute__((vector_size(16)));
using Halves2 = uint64_t __attribute__((vector_size(16)));

// Sixteen hexadecimal digits at once: the octets that they make, the first in
// the lowest place, and whether all are digits.
struct SixteenDigits {
  uint64_t octets;
  bool are_valid;
};
SixteenDigits ReadSixteenDigits(const char* text) {
  Octets16 digits;
  std::memcpy(&digits, text, sizeof(digits));
  const Octets16 figures = digits - '0';
  const Octets16 letters = (digits | 0x20) - 'a';
  const auto are_figures = (Octets16)(figures <= 9);
  const auto are_letters = (Octets16)(letters <= 5);
  const auto known = (Halves2)(are_figures | are_letters);
  const auto pairs =
      (Numbers8)((figures & are_figures) | ((letters + 10) & are_letters));
  const auto octets =
      __builtin_convertvector((pairs << 4 | pairs >> 8) & 0xff, Octets8);
  return {std::bit_cast<uint64_t>(octets),
          (known[0] & known[1]) == ~uint64_t{0}};
}

bool IsSeparator(char c) { return c == ':' || c == ' ' || c == '\t'; }

}  // namespace

bool SerialNumber::FromPlainHex(std::string_view text, SerialNumber* serial) {
  constexpr size_t kMaxDigits = 2 * (kMaxOctets - 1);
  const size_t count = text.size();
  if (count == 0 || count % 2 != 0 || count > kMaxDigits) return false;
  const char* const digits = text.data();
  // The octets in words, as Words() gives them: they stay in registers.
  uint64_t words[3] = {};
  bool are_valid = true;
  const auto take = [&](const char* sixteen) {
    const SixteenDigits read = ReadSixteenDigits(sixteen);
    are_valid &= read.are_valid;
    return read.octets;
  };
  // What is left of 16 is read with digits before it, which drop out.
  const auto take_last = [&](size_t left) {
    return left == 0 ? 0 : take(digits + count - 16) >> (64 - 4 * left);
  };
  if (count >= 32) {
    words[0] = take(digits);
    words[1] = take(digits + 16);
    words[2] = take_last(count - 32);
  } else if (count >= 16) {
    words[0] = take(digits);
    words[1] = take_last(count - 16);
  } else {
    char padded[17] = "0000000000000000";
    std::memcpy(padded, digits, count);
    words[0] = take(padded);
  }
  const uint64_t first = words[0] & 0xff;
  if (!are_valid || first == 0) return false;
  // X.690 8.3.3: a zero octet says that a first one of 0x80 or more is
  // positive. Without a branch: it would be mispredicted half of the time.
  const uint64_t is_led = first >> 7;
  const uint64_t carried = ~(is_led - 1);  // all ones where it is
  words[2] = words[2] << 8 * is_led | (words[1] >> 56 & carried);
  words[1] = words[1] << 8 * is_led | (words[0] >> 56 & carried);
  words[0] <<= 8 * is_led;
  words[2] |= (count / 2 + is_led) << 56;
  static_assert(kSizeIndex == 23);
  std::memcpy(serial->octets_.data(), words, sizeof(words));
  return true;
}

absl::StatusOr<SerialNumber> SerialNumber::FromText(std::string_view text) {
  SerialNumber plain;
  if (FromPlainHex(text, &plain)) return plain;
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
