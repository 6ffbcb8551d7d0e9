// SHA-256, by libcrypto: the name of a certificate or CRL in evidence and
// lists.
#ifndef REVSTAT_ENGINE_VERIFY_DIGEST_H_
#define REVSTAT_ENGINE_VERIFY_DIGEST_H_

#include <array>
#include <cstdint>

#include "engine/base/bytes.h"

namespace revstat {

using Sha256Digest = std::array<uint8_t, 32>;
Sha256Digest Sha256(Bytes bytes);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_DIGEST_H_
