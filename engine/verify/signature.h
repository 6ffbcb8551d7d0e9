// Signatures over certificates, CRLs and OCSP responses, by libcrypto.
#ifndef REVSTAT_ENGINE_VERIFY_SIGNATURE_H_
#define REVSTAT_ENGINE_VERIFY_SIGNATURE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/verify/gost.h"

struct evp_pkey_st;

namespace revstat {

enum class SignatureScheme : uint8_t {
  kRsaPkcs1,
  kRsaPss,
  kEcdsa,
  kEd25519,
  kEd448,
  kGost256,  // GOST R 34.10-2012 with a key of 256 bits
  kGost512
};

// An AlgorithmIdentifier of a signature, read and supported.
struct SignatureAlgorithm {
  SignatureScheme scheme = SignatureScheme::kRsaPkcs1;
  const char* digest =
      nullptr;  // libcrypto's name; null where the scheme has its own
  const char* mgf1_digest = nullptr;  // PSS only
  int salt_length = 0;                // PSS only, octets
  std::string_view name;              // "sha256WithRSAEncryption"

  // Of two that were read: their names are the same where their octets are.
  friend bool operator==(const SignatureAlgorithm& a,
                         const SignatureAlgorithm& b) {
    return a.scheme == b.scheme && a.digest == b.digest &&
           a.mgf1_digest == b.mgf1_digest && a.salt_length == b.salt_length;
  }
};

// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters
// ANY OPTIONAL } kUnsupportedAlgorithm for one that is not in the list of RFC
// 8017 PKCS#1 v1.5 and PSS, ECDSA (RFC 5758), Ed25519 and Ed448 (RFC 8410),
// GOST R 34.10-2012 (RFC 9215); kMalformed codes for wrong parameters. MD5 and
// SHA-1 are read here and refused by policy, GOST where its module is missing.
absl::StatusOr<SignatureAlgorithm> ParseSignatureAlgorithm(Bytes algorithm_tlv);

enum class WeakDigest : uint8_t { kRefuse, kAllowSha1 };

// What signatures are accepted. MD5 never is.
struct SignaturePolicy {
  WeakDigest weak_digest = WeakDigest::kRefuse;
  // RSA moduli, in bits: below, anyone can forge; above, the check is a way to
  // keep us busy.
  int min_rsa_bits = 1024;
  int max_rsa_bits = 16384;
  // What this loads into the process: engine/verify/gost.h.
  GostSupport gost = GostSupport::kWhereInstalled;
};

// kWeakAlgorithm for what the policy does not let pass.
absl::Status CheckStrength(const SignatureAlgorithm& algorithm,
                           const SignaturePolicy& policy);

// A public key, owned. Thread-safety: immutable.
class PublicKey {
 public:
  // From a SubjectPublicKeyInfo; kUnsupportedKey where libcrypto cannot read
  // it. Loads nothing: a GOST key is read once RequireGost has been OK, as it
  // has where a SignedMessage with a GOST signature was made.
  static absl::StatusOr<PublicKey> FromSpki(Bytes spki_tlv);

  evp_pkey_st* get() const { return key_.get(); }
  const std::shared_ptr<evp_pkey_st>& shared() const { return key_; }

  // What decides whether a signature algorithm fits, read once.
  int type() const { return type_; }  // libcrypto's EVP_PKEY_RSA, ...
  int bits() const { return bits_; }
  // P-256, P-384 and P-521 by name (RFC 5480 2.1.1.1); no other curve, and no
  // curve spelled out (2.1.1: specifiedCurve MUST NOT be used), though
  // libcrypto knows it again.
  enum class Curve : uint8_t { kNone, kOther, kSupported };
  Curve curve() const { return curve_; }

 private:
  std::shared_ptr<evp_pkey_st> key_;
  int type_ = 0;
  int bits_ = 0;
  Curve curve_ = Curve::kNone;
};

class SignatureContexts;

// A signed message, hashed once however many keys are tried.
// Lifetime: borrows the message. Thread-safety: immutable once made.
class SignedMessage {
 public:
  // Hashes `message`: the cost of the whole check for a large CRL.
  // kUnsupportedAlgorithm or kWeakAlgorithm before anything is hashed; for GOST
  // without its module the message names the package.
  static absl::StatusOr<SignedMessage> Create(Bytes algorithm_tlv,
                                              Bytes message,
                                              const SignaturePolicy& policy);

  // OK, kBadSignature, or kUnsupportedKey where key and algorithm do not fit.
  absl::Status Verify(const PublicKey& key, Bytes signature) const;
  // The same, faster where few keys check many signatures.
  absl::Status Verify(const PublicKey& key, Bytes signature,
                      SignatureContexts* contexts) const;

  const SignatureAlgorithm& algorithm() const { return algorithm_; }

 private:
  SignatureAlgorithm algorithm_;
  SignaturePolicy policy_;
  Bytes message_;
  std::array<uint8_t, 64> digest_ = {};
  size_t digest_size_ = 0;  // 0 where the scheme hashes by itself
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_SIGNATURE_H_
