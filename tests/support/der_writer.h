// DER for tests, made by hand: says exactly what it is told, right or wrong.
#ifndef REVSTAT_TESTS_SUPPORT_DER_WRITER_H_
#define REVSTAT_TESTS_SUPPORT_DER_WRITER_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "engine/der/cursor.h"
#include "engine/x509/extension.h"

namespace revstat::test {

using Octets = std::vector<uint8_t>;

// Octets of hexadecimal digits; spaces between them are skipped.
Octets Hex(std::string_view text);
Octets Ascii(std::string_view text);
Octets Join(const std::vector<Octets>& parts);

// Tag, shortest length, content.
Octets Tlv(der::Tag tag, const Octets& content);
Octets Nest(der::Tag tag, const std::vector<Octets>& parts);
inline Octets Seq(const std::vector<Octets>& parts) {
  return Nest(der::kSequence, parts);
}
inline Octets Text(der::Tag tag, std::string_view text) {
  return Tlv(tag, Ascii(text));
}
inline Octets Utf8(std::string_view text) {
  return Text(der::kUtf8String, text);
}

Octets Oid(std::string_view dotted);
Octets Integer(uint32_t value);
// INTEGER with these content octets.
Octets IntegerOf(std::string_view hex);
inline Octets UtcTime(std::string_view text) {
  return Text(der::kUtcTime, text);
}
inline Octets GeneralizedTime(std::string_view text) {
  return Text(der::kGeneralizedTime, text);
}
inline Octets True(der::Tag tag = der::kBoolean) {
  return Tlv(tag, Octets{0xff});
}
Octets OctetString(const Octets& content);
// BIT STRING without unused bits.
Octets BitString(const Octets& content);

// SEQUENCE { type, value }
Octets Attribute(std::string_view dotted, const Octets& value);
// A Name with an RDN for each part.
Octets NameOf(const std::vector<Octets>& attributes);
// The Name "CN=text".
Octets CommonName(std::string_view text);

// Extension { extnID, critical, extnValue }
Octets MakeExtension(std::string_view dotted, const Octets& value,
                     Criticality criticality = Criticality::kNonCritical);

// Where `part` begins in `whole`; a test failure where it does not.
uint64_t OffsetOf(const Octets& part, const Octets& whole);

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SUPPORT_DER_WRITER_H_
