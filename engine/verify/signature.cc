#include "engine/verify/signature.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <array>

#include "engine/base/error.h"
#include "engine/verify/digest.h"
#include "engine/verify/signature_contexts.h"

namespace revstat {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

absl::Status BadSignature(const SignatureAlgorithm& algorithm) {
  // libcrypto keeps its errors for the thread; nobody else will take them.
  ERR_clear_error();
  return MakeError(ErrorCode::kBadSignature, algorithm.name);
}

absl::Status WrongKey(const SignatureAlgorithm& algorithm,
                      std::string_view why) {
  return MakeError(ErrorCode::kUnsupportedKey,
                   Concat({algorithm.name, ": ", why}));
}

PublicKey::Curve CurveOf(const EVP_PKEY* key) {
  int spelled_out = 1;
  if (EVP_PKEY_get_int_param(key,
                             OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                             &spelled_out) != 1 ||
      spelled_out != 0) {
    return PublicKey::Curve::kOther;
  }
  std::array<char, 64> name = {};
  size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1)
    return PublicKey::Curve::kOther;
  const std::string_view curve(name.data(), size);
  return curve == "prime256v1" || curve == "secp384r1" || curve == "secp521r1"
             ? PublicKey::Curve::kSupported
             : PublicKey::Curve::kOther;
}

absl::Status CheckRsaSize(const PublicKey& key,
                          const SignatureAlgorithm& algorithm,
                          const SignaturePolicy& policy) {
  const int bits = key.bits();
  if (bits >= policy.min_rsa_bits && bits <= policy.max_rsa_bits)
    return absl::OkStatus();
  return WrongKey(algorithm,
                  Concat({"an RSA key of ", std::to_string(bits), " bits"}));
}

absl::Status CheckKey(const PublicKey& key, const SignatureAlgorithm& algorithm,
                      const SignaturePolicy& policy) {
  const int type = key.type();
  switch (algorithm.scheme) {
    case SignatureScheme::kRsaPkcs1:
      if (type != EVP_PKEY_RSA)
        return WrongKey(algorithm, "the key is not RSA");
      return CheckRsaSize(key, algorithm, policy);
    case SignatureScheme::kRsaPss:
      if (type != EVP_PKEY_RSA && type != EVP_PKEY_RSA_PSS) {
        return WrongKey(algorithm, "the key is not RSA");
      }
      return CheckRsaSize(key, algorithm, policy);
    case SignatureScheme::kEcdsa:
      if (key.curve() != PublicKey::Curve::kSupported) {
        return WrongKey(algorithm, "the key is not on P-256, P-384 or P-521");
      }
      return absl::OkStatus();
    case SignatureScheme::kEd25519:
      if (type != EVP_PKEY_ED25519)
        return WrongKey(algorithm, "the key is not Ed25519");
      return absl::OkStatus();
    case SignatureScheme::kEd448:
      if (type != EVP_PKEY_ED448)
        return WrongKey(algorithm, "the key is not Ed448");
      return absl::OkStatus();
    case SignatureScheme::kGost256:
      if (type != NID_id_GostR3410_2012_256)
        return WrongKey(algorithm, "the key is not GOST R 34.10-2012, 256 bit");
      return absl::OkStatus();
    case SignatureScheme::kGost512:
      if (type != NID_id_GostR3410_2012_512)
        return WrongKey(algorithm, "the key is not GOST R 34.10-2012, 512 bit");
      return absl::OkStatus();
  }
  return WrongKey(algorithm, "unknown scheme");
}

bool IsGost(const SignatureAlgorithm& algorithm) {
  return algorithm.scheme == SignatureScheme::kGost256 ||
         algorithm.scheme == SignatureScheme::kGost512;
}

// RFC 9215 2: s and r, of 32 octets each with a key of 256 bits, else of 64.
// The module reads halves of any length, so that one signature would have many
// forms.
bool HasItsLength(const SignatureAlgorithm& algorithm, Bytes signature) {
  switch (algorithm.scheme) {
    case SignatureScheme::kGost256:
      return signature.size() == 64;
    case SignatureScheme::kGost512:
      return signature.size() == 128;
    default:
      return true;  // libcrypto checks
  }
}

// Octets of the digest in *out; 0 where libcrypto has no such digest.
size_t HashOf(const SignatureAlgorithm& algorithm, Bytes message,
              std::array<uint8_t, 64>* out) {
  static_assert(EVP_MAX_MD_SIZE == 64);
  // Providers make all digests but Streebog, which the engine does.
  const EVP_MD* type = IsGost(algorithm)
                           ? EVP_get_digestbyname(algorithm.digest)
                           : ProvidedDigest(algorithm.digest);
  unsigned size = 0;
  if (type != nullptr && EVP_Digest(message.data(), message.size(), out->data(),
                                    &size, type, nullptr) == 1)
    return size;
  ERR_clear_error();
  return 0;
}

bool VerifyMessage(EVP_PKEY* key, Bytes message, Bytes signature) {
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) ==
             1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                          message.data(), message.size()) == 1;
}

}  // namespace

absl::Status CheckStrength(const SignatureAlgorithm& algorithm,
                           const SignaturePolicy& policy) {
  const auto uses = [&](std::string_view digest) {
    return (algorithm.digest != nullptr && digest == algorithm.digest) ||
           (algorithm.mgf1_digest != nullptr &&
            digest == algorithm.mgf1_digest);
  };
  const bool sha1_allowed = policy.weak_digest == WeakDigest::kAllowSha1;
  if (uses("MD5") || (uses("SHA1") && !sha1_allowed)) {
    return MakeError(ErrorCode::kWeakAlgorithm, algorithm.name);
  }
  return absl::OkStatus();
}

absl::StatusOr<PublicKey> PublicKey::FromSpki(Bytes spki_tlv) {
  const uint8_t* position = spki_tlv.data();
  PublicKey key;
  key.key_.reset(
      d2i_PUBKEY(nullptr, &position, static_cast<long>(spki_tlv.size())),
      EVP_PKEY_free);
  if (key.key_ == nullptr || position != spki_tlv.data() + spki_tlv.size()) {
    ERR_clear_error();
    return MakeError(ErrorCode::kUnsupportedKey, "subjectPublicKeyInfo");
  }
  key.type_ = EVP_PKEY_get_base_id(key.get());
  key.bits_ = EVP_PKEY_get_bits(key.get());
  if (key.type_ == EVP_PKEY_EC) key.curve_ = CurveOf(key.get());
  return key;
}

absl::StatusOr<SignedMessage> SignedMessage::Create(
    Bytes algorithm_tlv, Bytes message, const SignaturePolicy& policy) {
  auto algorithm = ParseSignatureAlgorithm(algorithm_tlv);
  if (!algorithm.ok()) return algorithm.status();
  absl::Status strength = CheckStrength(*algorithm, policy);
  if (!strength.ok()) return strength;
  if (IsGost(*algorithm)) {
    absl::Status loaded = RequireGost(policy.gost);
    if (!loaded.ok()) return loaded;
  }
  SignedMessage signed_message;
  signed_message.algorithm_ = *algorithm;
  signed_message.policy_ = policy;
  signed_message.message_ = message;
  if (algorithm->digest == nullptr) return signed_message;
  signed_message.digest_size_ =
      HashOf(*algorithm, message, &signed_message.digest_);
  if (signed_message.digest_size_ == 0)
    return MakeError(ErrorCode::kUnsupportedAlgorithm, algorithm->name);
  return signed_message;
}

absl::Status SignedMessage::Verify(const PublicKey& key,
                                   Bytes signature) const {
  SignatureContexts contexts;
  return Verify(key, signature, &contexts);
}

absl::Status SignedMessage::Verify(const PublicKey& key, Bytes signature,
                                   SignatureContexts* contexts) const {
  absl::Status fits = CheckKey(key, algorithm_, policy_);
  if (!fits.ok()) return fits;
  if (!HasItsLength(algorithm_, signature)) return BadSignature(algorithm_);
  const bool is_valid =
      algorithm_.digest == nullptr
          ? VerifyMessage(key.get(), message_, signature)
          : contexts->Verify(key, algorithm_,
                             Bytes(digest_).first(digest_size_), signature);
  return is_valid ? absl::OkStatus() : BadSignature(algorithm_);
}

}  // namespace revstat
