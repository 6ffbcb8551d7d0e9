// CertID: how OCSP names a certificate (RFC 6960 4.1.1), read and written.
#ifndef REVSTAT_ENGINE_X509_OCSP_CERT_ID_H_
#define REVSTAT_ENGINE_X509_OCSP_CERT_ID_H_

#include <cstdint>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/serial_number.h"
#include "engine/der/cursor.h"

namespace revstat {

// The hash algorithms of CertIDs. SHA-1 names here, it proves nothing: RFC 9919
// still asks for it where a responder is not known to do SHA-256.
enum class CertIdHash : uint8_t { kSha1, kSha256, kSha384, kSha512, kOther };
inline constexpr size_t kCertIdHashes = 4;  // those but kOther

// Octets of a hash; 0 for kOther.
size_t SizeOf(CertIdHash hash);

// Borrowed. With kOther nothing is known of the hashes but that they are there.
struct CertId {
  Bytes tlv;
  CertIdHash hash = CertIdHash::kOther;
  Bytes issuer_name_hash;  // of the DER of the issuer's name
  Bytes issuer_key_hash;   // of the issuer's BIT STRING subjectPublicKey, the
                           // octets without its count of unused bits
  SerialNumber serial;
};

// Takes the next element off the cursor. Checks all of it: kBadHashLength where
// a hash is not as long as its algorithm's.
CertId ReadCertId(der::Cursor& cursor, const char* field);

// The DER of a CertID; `hash` is none but kOther, the hashes are of its length.
std::vector<uint8_t> EncodeCertId(CertIdHash hash, Bytes issuer_name_hash,
                                  Bytes issuer_key_hash,
                                  const SerialNumber& serial);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_OCSP_CERT_ID_H_
