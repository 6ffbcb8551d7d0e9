// The certificates that a PKCS#7 carries.
#ifndef REVSTAT_ENGINE_VERIFY_PKCS7_H_
#define REVSTAT_ENGINE_VERIFY_PKCS7_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/bytes.h"

namespace revstat {

// The certificates of a ContentInfo with SignedData (RFC 2315 9.1), each in
// DER, by libcrypto; none of its signatures is looked at. Nothing where `der`
// is something else. Thread-safe.
std::optional<std::vector<std::vector<uint8_t>>> CertificatesOfPkcs7(Bytes der);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_PKCS7_H_
