#include "engine/verify/digest.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <stdexcept>
#include <string_view>

namespace revstat {
namespace {

struct Provided {
  explicit Provided(const char* digest)
      : name(digest), type(EVP_MD_fetch(nullptr, digest, nullptr)) {
    if (type == nullptr) ERR_clear_error();
  }

  std::string_view name;
  const EVP_MD* type;  // never freed: it is there until the process ends
};

}  // namespace

const EVP_MD* ProvidedDigest(const char* name) {
  static const Provided kDigests[] = {Provided("SHA256"), Provided("SHA384"),
                                      Provided("SHA512"), Provided("SHA1"),
                                      Provided("SHA224"), Provided("MD5")};
  for (const Provided& digest : kDigests) {
    if (digest.name == name) return digest.type;
  }
  return nullptr;
}

Sha256Digest Sha256(Bytes bytes) {
  static const EVP_MD* const type = ProvidedDigest("SHA256");
  Sha256Digest digest;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, type,
                 nullptr) != 1)
    throw std::runtime_error("libcrypto makes no SHA-256");
  return digest;
}

}  // namespace revstat
