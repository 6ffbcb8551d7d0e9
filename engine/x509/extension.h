// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension   (RFC 5280 4.1, 4.2)
#ifndef REVSTAT_ENGINE_X509_EXTENSION_H_
#define REVSTAT_ENGINE_X509_EXTENSION_H_

#include <cstddef>
#include <cstdint>

#include "engine/base/bytes.h"
#include "engine/der/cursor.h"
#include "engine/der/primitives.h"
#include "engine/x509/oid.h"

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

// More than any certificate or CRL has. It bounds the work and the memory of
// the check for duplicates.
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

// The types of the extensions of one list, kMaxExtensions at most. Borrows
// them.
class SeenTypes {
 public:
  // False for one that it has.
  bool Add(Bytes oid) {
    // Most are id-ce n, which need no comparison.
    const uint8_t number = oid::NumberInIdCe(oid);
    if (number > 0 && number < 64) {
      const uint64_t bit = uint64_t{1} << number;
      const bool is_new = (id_ce_ & bit) == 0;
      id_ce_ |= bit;
      return is_new;
    }
    for (size_t i = 0; i < count_; ++i) {
      if (Equal(Bytes(others_[i].data, others_[i].size), oid)) return false;
    }
    others_[count_++] = {oid.data(), oid.size()};
    return true;
  }

 private:
  uint64_t id_ce_ = 0;  // bit n: id-ce n
  size_t count_ = 0;
  // Not initialised: to clear it takes longer than to fill what is used.
  struct {
    const uint8_t* data;
    size_t size;
  } others_[kMaxExtensions];
};

// Reads an Extensions SEQUENCE and calls visit(const Extension&) for each.
// Fails on an empty list, a type that occurs twice and on too many.
template <class Visit>
void ReadExtensions(der::Cursor& cursor, const char* field, Visit&& visit) {
  cursor.Nested(der::kSequence, field, [&](der::Cursor& list) {
    if (list.AtEnd()) list.Fail(ErrorCode::kEmptySequence, field);
    SeenTypes seen;
    for (size_t count = 0; !list.AtEnd(); ++count) {
      const Bytes start = list.rest();
      const Extension extension = ReadExtension(list);
      if (!list.ok()) return;
      if (count == kMaxExtensions)
        return list.FailAt(start, ErrorCode::kTooMany, field);
      if (!seen.Add(extension.oid))
        return list.FailAt(start, ErrorCode::kDuplicateExtension, field);
      visit(extension);
    }
  });
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_EXTENSION_H_
