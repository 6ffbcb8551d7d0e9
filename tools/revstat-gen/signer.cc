#include "tools/revstat-gen/signer.h"

#include <openssl/rsa.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace revstat::gen {
namespace {

const EVP_MD* MdOf(Digest digest) {
  switch (digest) {
    case Digest::kSha1:
      return EVP_sha1();
    case Digest::kSha256:
      return EVP_sha256();
    case Digest::kSha384:
      return EVP_sha384();
    case Digest::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

std::string_view HashOidOf(Digest digest) {
  switch (digest) {
    case Digest::kSha1:
      return "1.3.14.3.2.26";
    case Digest::kSha256:
      return "2.16.840.1.101.3.4.2.1";
    case Digest::kSha384:
      return "2.16.840.1.101.3.4.2.2";
    case Digest::kSha512:
      return "2.16.840.1.101.3.4.2.3";
  }
  return "";
}

// RFC 8017 A.2.4, RFC 3279 2.2.1: sha1/sha256/384/512WithRSAEncryption, NULL.
std::string_view Pkcs1OidOf(Digest digest) {
  switch (digest) {
    case Digest::kSha1:
      return "1.2.840.113549.1.1.5";
    case Digest::kSha256:
      return "1.2.840.113549.1.1.11";
    case Digest::kSha384:
      return "1.2.840.113549.1.1.12";
    case Digest::kSha512:
      return "1.2.840.113549.1.1.13";
  }
  return "";
}

// RFC 5758 3.2, RFC 3279 2.2.3: ecdsa-with-SHA*, parameters absent.
std::string_view EcdsaOidOf(Digest digest) {
  switch (digest) {
    case Digest::kSha1:
      return "1.2.840.10045.4.1";
    case Digest::kSha256:
      return "1.2.840.10045.4.3.2";
    case Digest::kSha384:
      return "1.2.840.10045.4.3.3";
    case Digest::kSha512:
      return "1.2.840.10045.4.3.4";
  }
  return "";
}

// RFC 8017 A.2.3: RSASSA-PSS-params ::= SEQUENCE {
//   hashAlgorithm [0] DEFAULT sha1, maskGenAlgorithm [1] DEFAULT mgf1SHA1,
//   saltLength [2] DEFAULT 20, trailerField [3] DEFAULT trailerFieldBC }
Octets PssParameters(Digest digest) {
  if (digest == Digest::kSha1) return der::Sequence({});
  const Octets hash = der::Sequence({der::Oid(HashOidOf(digest)), der::Null()});
  const Octets mgf = der::Sequence({der::Oid("1.2.840.113549.1.1.8"), hash});
  const auto salt_length = static_cast<uint64_t>(EVP_MD_get_size(MdOf(digest)));
  return der::Sequence({der::Constructed(0, hash), der::Constructed(1, mgf),
                        der::Constructed(2, der::Integer(salt_length))});
}

Octets AlgorithmOf(const EVP_PKEY* key, SignatureForm form, Digest digest) {
  switch (form) {
    case SignatureForm::kRsaPkcs1:
      return der::Sequence({der::Oid(Pkcs1OidOf(digest)), der::Null()});
    case SignatureForm::kRsaPss:
      return der::Sequence(
          {der::Oid("1.2.840.113549.1.1.10"), PssParameters(digest)});
    case SignatureForm::kEcdsa:
      return der::Sequence({der::Oid(EcdsaOidOf(digest))});
    case SignatureForm::kEdDsa:
      break;
  }
  // RFC 8410 3: id-Ed25519, id-Ed448, parameters absent.
  const bool is_448 = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED448;
  return der::Sequence({der::Oid(is_448 ? "1.3.101.113" : "1.3.101.112")});
}

// By the strength of the key, as CAs do.
Digest DefaultDigest(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) return Digest::kSha256;
  const int bits = EVP_PKEY_get_bits(key);
  return bits > 384   ? Digest::kSha512
         : bits > 256 ? Digest::kSha384
                      : Digest::kSha256;
}

Octets Hash(const EVP_MD* md, Bytes message) {
  Octets out(static_cast<size_t>(EVP_MD_get_size(md)));
  Must(EVP_Digest(message.data(), message.size(), out.data(), nullptr, md,
                  nullptr) == 1,
       "EVP_Digest");
  return out;
}

// RFC 8017 B.2.1.
Octets Mgf1(const EVP_MD* md, Bytes seed, size_t size) {
  Octets mask;
  for (uint8_t counter = 0; mask.size() < size; ++counter) {
    const Octets block = Hash(md, der::Join({seed, Octets{0, 0, 0, counter}}));
    mask.insert(mask.end(), block.begin(), block.end());
  }
  mask.resize(size);
  return mask;
}

}  // namespace

absl::StatusOr<Signer> Signer::Create(PrivateKey key,
                                      std::optional<KeyType> type,
                                      std::optional<Digest> digest) {
  const int id = EVP_PKEY_get_base_id(key.get());
  const bool wants_pss = type == KeyType::kRsaPss;
  if (wants_pss && id != EVP_PKEY_RSA) {
    return absl::InvalidArgumentError("rsa-pss needs an RSA key");
  }
  SignatureForm form;
  switch (id) {
    case EVP_PKEY_RSA:
      form = wants_pss ? SignatureForm::kRsaPss : SignatureForm::kRsaPkcs1;
      break;
    case EVP_PKEY_EC:
      form = SignatureForm::kEcdsa;
      break;
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
      form = SignatureForm::kEdDsa;
      break;
    default:
      return absl::InvalidArgumentError(
          "the key is neither RSA, EC, Ed25519 nor Ed448");
  }
  if (form == SignatureForm::kEdDsa && digest.has_value()) {
    return absl::InvalidArgumentError(
        "Ed25519 and Ed448 have their own digest: leave out --digest");
  }
  const Digest chosen = digest.value_or(DefaultDigest(key.get()));
  return Signer(std::move(key), form, chosen);
}

Signer::Signer(PrivateKey key, SignatureForm form, Digest digest)
    : key_(std::move(key)),
      form_(form),
      md_(MdOf(digest)),
      algorithm_(AlgorithmOf(key_.get(), form, digest)) {
  if (form == SignatureForm::kEcdsa) ecdsa_.emplace(key_.get());
}

Octets Signer::Sign(Bytes message) const {
  if (form_ == SignatureForm::kEcdsa)
    return ecdsa_->Sign(md_, Hash(md_, message));
  if (form_ == SignatureForm::kRsaPss) return SignPss(Hash(md_, message));
  // PKCS#1 v1.5 and EdDSA have no random part.
  const DigestContext context(EVP_MD_CTX_new());
  const EVP_MD* const md = form_ == SignatureForm::kEdDsa ? nullptr : md_;
  Octets signature(static_cast<size_t>(EVP_PKEY_get_size(key_.get())));
  size_t size = signature.size();
  Must(EVP_DigestSignInit(context.get(), nullptr, md, nullptr, key_.get()) ==
               1 &&
           EVP_DigestSign(context.get(), signature.data(), &size,
                          message.data(), message.size()) == 1,
       "EVP_DigestSign");
  signature.resize(size);
  return signature;
}

// RFC 8017 9.1.1, EMSA-PSS-ENCODE with a salt as long as the digest. The salt
// is a hash of the digest instead of random, for the same bytes each time.
Octets Signer::SignPss(Bytes digest) const {
  const auto modulus_bits = static_cast<size_t>(EVP_PKEY_get_bits(key_.get()));
  const size_t encoded_size = (modulus_bits - 1 + 7) / 8;
  const Octets salt =
      Hash(md_, der::Join({BytesOf("revstat-gen salt"), digest}));
  const Octets h = Hash(md_, der::Join({Octets(8), digest, salt}));
  const size_t db_size = encoded_size - h.size() - 1;
  Octets db(db_size - salt.size() - 1);
  db.push_back(0x01);
  db.insert(db.end(), salt.begin(), salt.end());
  const Octets mask = Mgf1(md_, h, db_size);
  for (size_t i = 0; i < db_size; ++i) db[i] ^= mask[i];
  // Step 11: the bits beyond modulus_bits - 1 are zero.
  db[0] = static_cast<uint8_t>(
      db[0] & (0xFF >> (8 * encoded_size - (modulus_bits - 1))));
  Octets encoded = der::Join({db, h, Octets{0xBC}});
  encoded.insert(encoded.begin(), (modulus_bits + 7) / 8 - encoded_size, 0);

  const PrivateKeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  Octets signature(static_cast<size_t>(EVP_PKEY_get_size(key_.get())));
  size_t size = signature.size();
  Must(EVP_PKEY_sign_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
           EVP_PKEY_sign(context.get(), signature.data(), &size, encoded.data(),
                         encoded.size()) == 1,
       "RSA signature");
  return signature;
}

}  // namespace revstat::gen
