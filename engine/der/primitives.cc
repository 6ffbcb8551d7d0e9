#include "engine/der/primitives.h"

#include <bit>
#include <cstring>

namespace revstat::der {
namespace {

// Four numbers of two decimal digits each.
class FourNumbers {
 public:
  // The eight octets at `p`, together.
  explicit FourNumbers(const uint8_t* p) {
    uint64_t text;
    std::memcpy(&text, p, sizeof(text));
    const uint64_t digits = text ^ 0x3030303030303030;
    // Bit 7 of an octet that is more than 9.
    are_digits_ =
        (((digits + 0x7676767676767676) | digits) & 0x8080808080808080) == 0;
    // The first of a pair is the lower octet. Of what is no digit, anything.
    pairs_ = digits * 10 + (digits >> 8);
  }
  bool are_digits() const { return are_digits_; }
  unsigned operator[](unsigned i) const {
    return static_cast<unsigned>(pairs_ >> (16 * i) & 0xff);
  }

 private:
  static_assert(std::endian::native == std::endian::little);
  bool are_digits_;
  uint64_t pairs_;
};

// A time from its year and month and the DDHHMMSS behind them.
std::optional<Time> TimeOf(unsigned year, unsigned month,
                           const FourNumbers& from_day) {
  if (!from_day.are_digits()) return std::nullopt;
  return FromCivil(static_cast<int>(year), month, from_day[0], from_day[1],
                   from_day[2], from_day[3]);
}

// X.690 8.6: the first content octet says how many bits of the last are unused.
ErrorCode CheckBitString(Bytes content) {
  if (content.empty() || content[0] > 7) return ErrorCode::kBadBitString;
  if (content.size() == 1)
    return content[0] == 0 ? ErrorCode::kOk : ErrorCode::kBadBitString;
  const unsigned padding = (1u << content[0]) - 1;
  return (content.back() & padding) == 0 ? ErrorCode::kOk
                                         : ErrorCode::kBadBitString;
}

// A number of more than 128 bits, in an object identifier: 18 octets have 126
// of them; of a 19th, the first, 2 are left.
bool HasLargeArc(Bytes oid) {
  constexpr size_t kMostOctets = 19;
  if (oid.size() < kMostOctets) return false;
  bool is_start = true;
  size_t octets = 0;
  for (uint8_t octet : oid) {
    if (is_start) octets = octet > 0x83 ? 1 : 0;
    if (++octets > kMostOctets) return true;
    is_start = octet < 0x80;
  }
  return false;
}

}  // namespace

ErrorCode CheckInteger(Bytes content) {
  if (content.empty()) return ErrorCode::kEmptyInteger;
  if (content.size() > 1 && ((content[0] == 0x00 && content[1] < 0x80) ||
                             (content[0] == 0xff && content[1] >= 0x80))) {
    return ErrorCode::kNonMinimalInteger;
  }
  return ErrorCode::kOk;
}

Bytes ReadInteger(Cursor& cursor, const char* field) {
  const Element element = cursor.Read(kInteger, field);
  if (!cursor.ok()) return {};
  const ErrorCode code = CheckInteger(element.value);
  if (code == ErrorCode::kOk) return element.value;
  cursor.FailAt(element.tlv, code, field);
  return {};
}

SerialNumber ReadSerialNumber(Cursor& cursor, const char* field) {
  const Bytes start = cursor.rest();
  const Bytes content = ReadInteger(cursor, field);
  if (!cursor.ok()) return {};
  const auto serial = SerialNumber::FromContent(content);
  if (!serial.has_value())
    cursor.FailAt(start, ErrorCode::kSerialTooLong, field);
  return serial.value_or(SerialNumber{});
}

uint32_t ReadUnsigned(Cursor& cursor, uint32_t max, const char* field,
                      Tag tag) {
  const Element element = cursor.Read(tag, field);
  if (!cursor.ok()) return 0;
  const ErrorCode code = CheckInteger(element.value);
  if (code != ErrorCode::kOk) {
    cursor.FailAt(element.tlv, code, field);
    return 0;
  }
  uint64_t value = 0;
  if (element.value[0] < 0x80 && element.value.size() <= 5) {
    for (uint8_t octet : element.value) value = value << 8 | octet;
    if (value <= max) return static_cast<uint32_t>(value);
  }
  cursor.FailAt(element.tlv,
                tag == kEnumerated ? ErrorCode::kBadEnumerated
                                   : ErrorCode::kIntegerOutOfRange,
                field);
  return 0;
}

Flag ReadFlag(Cursor& cursor, const char* field, Tag tag) {
  const Element element = cursor.ReadOptional(tag, field);
  if (!element.present()) return Flag::kFalse;
  if (element.value.size() == 1 && element.value[0] == 0xff) return Flag::kTrue;
  if (element.value.size() != 1 || element.value[0] != 0x00) {
    cursor.FailAt(element.tlv, ErrorCode::kBadBoolean, field);
  }
  return Flag::kFalse;
}

// X.690 8.19.2: base 128, each number in the fewest octets.
Bytes CheckOid(Cursor& cursor, const Element& oid, const char* field) {
  if (!cursor.ok()) return {};
  bool is_minimal = true;
  uint8_t before = 0;
  for (uint8_t octet : oid.value) {
    is_minimal &= before >= 0x80 || octet != 0x80;
    before = octet;
  }
  if (oid.value.empty() || !is_minimal || before >= 0x80) {
    cursor.FailAt(oid.tlv, ErrorCode::kBadOid, field);
    return {};
  }
  if (HasLargeArc(oid.value)) {
    cursor.FailAt(oid.tlv, ErrorCode::kOidArcTooLarge, field);
    return {};
  }
  return oid.value;
}

Bytes ReadBitStringOctets(Cursor& cursor, const char* field) {
  const Element element = cursor.Read(kBitString, field);
  if (!cursor.ok()) return {};
  if (element.value.empty() || element.value[0] != 0) {
    cursor.FailAt(element.tlv, ErrorCode::kBadBitString, field);
    return {};
  }
  return element.value.subspan(1);
}

uint32_t ReadNamedBits(Cursor& cursor, const char* field, Tag tag) {
  const Element element = cursor.Read(tag, field);
  if (!cursor.ok()) return 0;
  if (CheckBitString(element.value) != ErrorCode::kOk ||
      element.value.size() > 5) {
    cursor.FailAt(element.tlv, ErrorCode::kBadBitString, field);
    return 0;
  }
  uint32_t bits = 0;
  for (size_t i = 0; i < 8 * (element.value.size() - 1); ++i) {
    if ((element.value[1 + i / 8] & (0x80u >> (i % 8))) != 0)
      bits |= uint32_t{1} << i;
  }
  return bits;
}

std::optional<Time> DecodeUtcTime(Bytes content) {
  if (content.size() != 13 || content[12] != 'Z') return std::nullopt;
  const FourNumbers date(content.data());  // YYMMDDHH
  if (!date.are_digits()) return std::nullopt;
  // RFC 5280 4.1.2.5.1: YY of 50 and more is 19YY, else 20YY.
  return TimeOf((date[0] < 50 ? 2000 : 1900) + date[0], date[1],
                FourNumbers(content.data() + 4));
}

std::optional<Time> DecodeGeneralizedTime(Bytes content) {
  if (content.size() != 15 || content[14] != 'Z') return std::nullopt;
  const FourNumbers date(content.data());  // YYYYMMDD
  if (!date.are_digits()) return std::nullopt;
  return TimeOf(date[0] * 100 + date[1], date[2],
                FourNumbers(content.data() + 6));
}

Time ReadTime(Cursor& cursor, const char* field) {
  if (cursor.Peek() == kGeneralizedTime)
    return ReadGeneralizedTime(cursor, field);
  const Element element = cursor.Read(kUtcTime, field);
  if (!cursor.ok()) return {};
  if (const auto time = DecodeUtcTime(element.value)) return *time;
  cursor.FailAt(element.tlv, ErrorCode::kBadTime, field);
  return {};
}

Time ReadGeneralizedTime(Cursor& cursor, const char* field) {
  const Element element = cursor.Read(kGeneralizedTime, field);
  if (!cursor.ok()) return {};
  if (const auto time = DecodeGeneralizedTime(element.value)) return *time;
  cursor.FailAt(element.tlv, ErrorCode::kBadTime, field);
  return {};
}

}  // namespace revstat::der
