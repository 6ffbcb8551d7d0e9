// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension   (RFC 5280 4.1, 4.2)
#ifndef REVSTAT_ENGINE_X509_EXTENSION_H_
#define REVSTAT_ENGINE_X509_EXTENSION_H_

#include <cstddef>
#include <cstdint>

#include "engine/base/bytes.h"
#include "engine/der/cursor.h"
#include "engine/der/primitives.h"

namespace revstat {

enum class Criticality : uint8_t { kNonCritical, kCritical };

// One extension, borrowed: its type, its criticality and the DER inside its
// OCTET STRING.
struct Extension {
  Bytes oid;
  Criticality criticality = Criticality::kNonCritical;
  Bytes value;

  bool critical() const { return criticality == Criticality::kCritical; }
};

// More than any certificate or CRL has; the check for duplicates compares each
// with all before it, and this bounds its work.
inline constexpr size_t kMaxExtensions = 64;

// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER,
//                          critical BOOLEAN DEFAULT FALSE, extnValue OCTET
//                          STRING }
inline Extension ReadExtension(der::Cursor& cursor) {
  Extension extension;
  cursor.Nested(der::kSequence, "Extension", [&](der::Cursor& body) {
    extension.oid = der::ReadOid(body, "extnID");
    if (der::ReadFlag(body, "critical") == der::Flag::kTrue) {
      extension.criticality = Criticality::kCritical;
    }
    extension.value = body.Read(der::kOctetString, "extnValue").value;
  });
  return extension;
}

// Reads an Extensions SEQUENCE and calls visit(const Extension&) for each.
// Fails on an empty list, a type that occurs twice and on too many.
template <class Visit>
void ReadExtensions(der::Cursor& cursor, const char* field, Visit&& visit) {
  cursor.Nested(der::kSequence, field, [&](der::Cursor& list) {
    if (list.AtEnd()) list.Fail(ErrorCode::kEmptySequence, field);
    // Not initialised: to clear it takes longer than to fill what is used.
    struct Type {
      const uint8_t* data;
      size_t size;
    } seen[kMaxExtensions];
    for (size_t count = 0; !list.AtEnd(); ++count) {
      const Bytes start = list.rest();
      const Extension extension = ReadExtension(list);
      if (!list.ok()) return;
      if (count == kMaxExtensions)
        return list.FailAt(start, ErrorCode::kTooMany, field);
      const Bytes oid = extension.oid;
      for (size_t i = 0; i < count; ++i) {
        // They mostly differ in their last octet, if not in their size.
        if (seen[i].size == oid.size() &&
            seen[i].data[oid.size() - 1] == oid.back() &&
            Equal(Bytes(seen[i].data, seen[i].size), oid)) {
          return list.FailAt(start, ErrorCode::kDuplicateExtension, field);
        }
      }
      seen[count] = {oid.data(), oid.size()};
      visit(extension);
    }
  });
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_EXTENSION_H_
