// Digests by libcrypto; SHA-256 is the name of a certificate or CRL in evidence
// and lists.
#ifndef REVSTAT_ENGINE_VERIFY_DIGEST_H_
#define REVSTAT_ENGINE_VERIFY_DIGEST_H_

#include <array>
#include <cstdint>

#include "engine/base/bytes.h"

struct evp_md_st;

namespace revstat {

using Sha256Digest = std::array<uint8_t, 32>;
// Throws std::runtime_error where libcrypto has no memory, or not this digest.
Sha256Digest Sha256(Bytes bytes);

// A digest of libcrypto's providers: "MD5", "SHA1", "SHA224", "SHA256",
// "SHA384", "SHA512". Fetched once for the process, as fetching one costs more
// than hashing some hundred octets; null for another, and where libcrypto has
// it not. Any thread.
const evp_md_st* ProvidedDigest(const char* name);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_DIGEST_H_
