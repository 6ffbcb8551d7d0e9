// Files as users have them: PEM or DER, one object or many, told apart by
// content and not by name.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMON_INPUT_FILES_H_
#define REVSTAT_TOOLS_REVSTAT_COMMON_INPUT_FILES_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/base/bytes.h"

namespace revstat::tool {

enum class ContentKind {
  kPem,           // one block or many
  kCertificate,   // DER, one or many one after the other
  kCrl,           // DER
  kOcspResponse,  // DER
  kOcspRequest,   // DER
  kPkcs7,         // DER SignedData that carries certificates
  kList,          // CSV or TSV with a header that names issuer and serial
  kOther,
};

// By the first octets of a file (64 KiB are plenty).
ContentKind DetectContent(Bytes head);

// What ForEachObject finds.
enum class ObjectKind { kCertificate, kCrl, kOcspResponse, kOcspRequest };
struct Object {
  ObjectKind kind;
  Bytes der;        // valid during the visit only
  uint64_t offset;  // where the object begins in the file
};

// Calls visit(const Object&) for each certificate, CRL, OCSP response and
// request of a file's bytes and
// `broken(offset, status)` for each part that cannot be read; goes on behind
// it where that is possible. Other PEM blocks (keys) are passed over.
void ForEachObject(
    Bytes file, const std::function<void(const Object&)>& visit,
    const std::function<void(uint64_t, const absl::Status&)>& broken);

// True for a file of one DER object or one PEM block that is no PKCS#7.
bool HoldsOneObject(Bytes file);

// All objects of one kind in a file, each in a Buffer of its own; a DER CRL
// that fills its file is not copied. Fails when any part cannot be read or
// nothing of that kind is there.
absl::StatusOr<std::vector<std::shared_ptr<const Buffer>>> ReadObjects(
    const std::string& path, ObjectKind kind, uint64_t max_bytes);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_INPUT_FILES_H_
