// DER elements built as byte strings (X.690). Every function returns one whole
// element; a structure is written the way its ASN.1 reads.
//
// Thread-safety: pure functions. Errors: none; the caller's values are trusted.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_DER_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_DER_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/time.h"

namespace revstat::gen {

// Owned bytes; revstat::Bytes borrows them.
using Octets = std::vector<uint8_t>;

namespace der {

constexpr uint8_t kInteger = 0x02;
constexpr uint8_t kBitString = 0x03;
constexpr uint8_t kOctetString = 0x04;
constexpr uint8_t kSequence = 0x30;
constexpr uint8_t kSet = 0x31;
constexpr uint8_t kUtcTime = 0x17;
constexpr uint8_t kGeneralizedTime = 0x18;

// Tag and length of the largest element: 1 + 1 + 8 octets.
constexpr size_t kMaxHeaderSize = 10;

size_t HeaderSize(size_t content_size);
// Writes tag and length at `out`; returns the octet behind them.
uint8_t* PutHeader(uint8_t tag, size_t content_size, uint8_t* out);

Octets Tlv(uint8_t tag, Bytes content);
Octets Join(std::initializer_list<Bytes> elements);
Octets JoinAll(const std::vector<Octets>& elements);
Octets Sequence(std::initializer_list<Bytes> elements);
Octets Set(std::initializer_list<Bytes> elements);

// [number] EXPLICIT, and [number] IMPLICIT of a constructed type: same octets
// outside, so the caller gives the content.
Octets Constructed(unsigned number, Bytes content);
// [number] IMPLICIT of a primitive type.
Octets Primitive(unsigned number, Bytes content);

Octets True();
Octets Null();
Octets Integer(uint64_t value);
// From big-endian magnitude octets of any length.
Octets Unsigned(Bytes magnitude);
Octets Enumerated(uint8_t value);
Octets Oid(std::string_view dotted);
Octets OctetString(Bytes content);
Octets BitString(Bytes content);
// Content of a named bit list, bit 0 of the ASN.1 type being bit 0 of `bits`:
// X.690 11.2.2 cuts trailing zero bits.
Octets NamedBitsContent(uint32_t bits);
Octets NamedBits(uint32_t bits);
Octets Utf8String(std::string_view text);

Octets GeneralizedTime(Time time);
// RFC 5280 4.1.2.5: UTCTime through the year 2049, GeneralizedTime after.
Octets ChoiceTime(Time time);

// The content octets of ChoiceTime / GeneralizedTime without allocation, for
// the entry writer: up to 15 octets at `out`; returns the octet behind them.
uint8_t* PutUtcTimeContent(Time time, uint8_t* out);
uint8_t* PutGeneralizedTimeContent(Time time, uint8_t* out);
// Whether ChoiceTime is a UTCTime.
enum class TimeForm : uint8_t { kUtc, kGeneralized };
TimeForm FormOf(Time time);

}  // namespace der
}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_DER_H_
