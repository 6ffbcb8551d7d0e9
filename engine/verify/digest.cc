#include "engine/verify/digest.h"

#include <openssl/sha.h>

namespace revstat {

Sha256Digest Sha256(Bytes bytes) {
  Sha256Digest digest;
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}

}  // namespace revstat
