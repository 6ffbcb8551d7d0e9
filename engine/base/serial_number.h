// A certificate serial number: the content octets of its DER INTEGER.
//
// RFC 5280 4.1.2.2: a positive INTEGER of at most 20 octets; users should also
// cope with zero and negative ones (private CAs have issued both). DER is
// canonical, so two serials are equal exactly when their octets are.
#ifndef REVSTAT_ENGINE_BASE_SERIAL_NUMBER_H_
#define REVSTAT_ENGINE_BASE_SERIAL_NUMBER_H_

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"

namespace revstat {

// A trivially copyable value of 24 octets: the content octets, zeros behind
// them, and their number. The index hashes and compares all 24 at once.
class SerialNumber {
 public:
  // 20 octets, and one more for the leading zero of a 160-bit value: some CAs
  // draw 20 random octets and do not clear the first bit.
  static constexpr size_t kMaxOctets = 21;

  SerialNumber() = default;

  // From the content of a DER INTEGER that is already known to be minimal.
  // Nothing when it is empty or longer than kMaxOctets.
  static std::optional<SerialNumber> FromContent(Bytes content) {
    if (content.empty() || content.size() > kMaxOctets) return std::nullopt;
    SerialNumber serial;
    std::memcpy(serial.octets_.data(), content.data(), content.size());
    serial.octets_[kSizeIndex] = static_cast<uint8_t>(content.size());
    return serial;
  }

  // As people paste them: hexadecimal of any case, "0x", colons, spaces, a
  // minus sign. The digits are the value, so "80" is the INTEGER 00 80.
  static absl::StatusOr<SerialNumber> FromText(std::string_view text);
  // The same for the usual form in lists, without a Status: an even number of
  // digits, at most 40, and nothing else, whose first octet is no padding.
  // False, with *serial as it was, for any other form, or for no serial. Into
  // *serial, because a copy of what was written a moment ago in other sizes
  // makes the processor wait: 20 ns, more than the reading.
  static bool FromPlainHex(std::string_view text, SerialNumber* serial);

  Bytes content() const { return {octets_.data(), octets_[kSizeIndex]}; }

  // Lower-case hexadecimal of the value, with a minus sign where it is
  // negative and without the leading zero octet of DER: what FromText reads.
  std::string ToText() const;

  // The three little-endian words the index works on. Copied one by one: then
  // compilers keep them in registers. g++ 12 makes a detour over the stack of
  // one copy, 15 ns where the processor has to wait for it.
  std::array<uint64_t, 3> Words() const {
    uint64_t w0, w1, w2;
    std::memcpy(&w0, octets_.data(), sizeof(w0));
    std::memcpy(&w1, octets_.data() + 8, sizeof(w1));
    std::memcpy(&w2, octets_.data() + 16, sizeof(w2));
    return {w0, w1, w2};
  }

  friend auto operator<=>(const SerialNumber&, const SerialNumber&) = default;

 private:
  static constexpr size_t kSizeIndex = 23;

  std::array<uint8_t, 24> octets_ = {};
};
static_assert(sizeof(SerialNumber) == 24);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_SERIAL_NUMBER_H_
