// Signatures of certificates and CRLs, always the same for the same key and
// message.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_SIGNER_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_SIGNER_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "tools/revstat-gen/ecdsa.h"
#include "tools/revstat-gen/key_type.h"
#include "tools/revstat-gen/libcrypto.h"

namespace revstat::gen {

enum class SignatureForm : uint8_t { kRsaPkcs1, kRsaPss, kEcdsa, kEdDsa };

// Thread-safety: none. Cost: one pass over the message; Ed25519 and Ed448 two.
class Signer {
 public:
  // With the digest that suits the key where none is given. Errors: a key that
  // is none of ours, PSS asked for a key that is not RSA, a digest for EdDSA.
  static absl::StatusOr<Signer> Create(PrivateKey key,
                                       std::optional<KeyType> type,
                                       std::optional<Digest> digest);

  const EVP_PKEY* key() const { return key_.get(); }
  // The AlgorithmIdentifier that stands inside and outside the signed data.
  const Octets& algorithm() const { return algorithm_; }
  // The content of signatureValue.
  Octets Sign(Bytes message) const;

 private:
  Signer(PrivateKey key, SignatureForm form, Digest digest);

  Octets SignPss(Bytes digest) const;

  PrivateKey key_;
  SignatureForm form_;
  const EVP_MD* md_;
  Octets algorithm_;
  std::optional<EcdsaSigner> ecdsa_;
};

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_SIGNER_H_
