// Readers of the primitive types: each takes the next element off the cursor,
// checks it in full and returns its value; after a failure, which the cursor's
// Trace keeps, an empty one.
#ifndef REVSTAT_ENGINE_DER_PRIMITIVES_H_
#define REVSTAT_ENGINE_DER_PRIMITIVES_H_

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/serial_number.h"
#include "engine/base/time.h"
#include "engine/der/cursor.h"

namespace revstat::der {

// X.690 8.3: content octets of an INTEGER in its shortest form.
ErrorCode CheckInteger(Bytes content);

// The content octets of an INTEGER of any length.
Bytes ReadInteger(Cursor& cursor, const char* field);

// CertificateSerialNumber ::= INTEGER, of a length SerialNumber can hold.
SerialNumber ReadSerialNumber(Cursor& cursor, const char* field);

// An INTEGER or, with another tag, an ENUMERATED, from 0 to `max`.
uint32_t ReadUnsigned(Cursor& cursor, uint32_t max, const char* field,
                      Tag tag = kInteger);

// BOOLEAN DEFAULT FALSE. DER leaves out a FALSE; we read it all the same,
// because OpenSSL does and government CAs are known to write "critical FALSE".
enum class Flag : uint8_t { kFalse, kTrue };
Flag ReadFlag(Cursor& cursor, const char* field, Tag tag = kBoolean);

// What ReadOid does with an OBJECT IDENTIFIER that it has read.
Bytes CheckOid(Cursor& cursor, const Element& oid, const char* field);
// The content octets of an OBJECT IDENTIFIER. Its numbers have up to 128 bits,
// as UUIDs have (2.25.n); larger ones occur nowhere and are refused.
inline Bytes ReadOid(Cursor& cursor, const char* field) {
  const Element oid = cursor.Read(kOid, field);
  // 2.5.29.n and 2.5.4.n, which nearly all are: an octet a number.
  if (oid.value.size() == 3 &&
      (oid.value[0] | oid.value[1] | oid.value[2]) < 0x80)
    return oid.value;
  return CheckOid(cursor, oid, field);
}

// A BIT STRING of whole octets (signatures, keys).
Bytes ReadBitStringOctets(Cursor& cursor, const char* field);

// A BIT STRING of up to 32 named bits: bit i of the result is named bit i.
// Trailing zero bits, which DER forbids in named lists, are read: OpenSSL does.
uint32_t ReadNamedBits(Cursor& cursor, const char* field, Tag tag = kBitString);

// RFC 5280 4.1.2.5 Time: UTCTime YYMMDDHHMMSSZ (1950 to 2049) or
// GeneralizedTime YYYYMMDDHHMMSSZ. GeneralizedTime before 2050 is read too:
// PKITS and several private CAs have it, and its meaning is not in doubt.
// Missing seconds, fractions and offsets are refused.
Time ReadTime(Cursor& cursor, const char* field);
Time ReadGeneralizedTime(Cursor& cursor, const char* field);

// The same on bare content octets.
std::optional<Time> DecodeUtcTime(Bytes content);
std::optional<Time> DecodeGeneralizedTime(Bytes content);

}  // namespace revstat::der

#endif  // REVSTAT_ENGINE_DER_PRIMITIVES_H_
