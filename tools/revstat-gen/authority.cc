#include "tools/revstat-gen/authority.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <array>
#include <utility>

#include "tools/revstat-gen/certificate_builder.h"
#include "tools/revstat-gen/extensions.h"
#include "tools/revstat-gen/files.h"
#include "tools/revstat-gen/names.h"
#include "tools/revstat-gen/seeded_key.h"

namespace revstat::gen {
namespace {

// Wide enough for any time a test asks for, and both forms of Time.
constexpr Time kNotBefore =
    std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
constexpr Time kNotAfter =
    std::chrono::sys_days(std::chrono::year(2099) / 12 / 31);

absl::StatusOr<X509Certificate> ReadCertificate(const std::string& path) {
  const File file(BIO_new_file(path.c_str(), "rb"));
  if (!file) return absl::NotFoundError("cannot read " + path);
  X509Certificate certificate(
      PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  if (!certificate && BIO_reset(file.get()) >= 0) {
    certificate.reset(d2i_X509_bio(file.get(), nullptr));
  }
  ERR_clear_error();
  if (!certificate)
    return absl::InvalidArgumentError(path + " is not a certificate");
  return certificate;
}

absl::StatusOr<PrivateKey> ReadPrivateKey(const std::string& path) {
  const File file(BIO_new_file(path.c_str(), "rb"));
  if (!file) return absl::NotFoundError("cannot read " + path);
  // An encrypted key would ask at the terminal: the callback refuses instead.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  PrivateKey key(
      PEM_read_bio_PrivateKey(file.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (!key)
    return absl::InvalidArgumentError(path +
                                      " is not an unencrypted PEM private key");
  return key;
}

template <typename T>
Octets Encode(T* object, int (*encode)(const T*, uint8_t**)) {
  uint8_t* der = nullptr;
  const int size = encode(object, &der);
  Must(size > 0, "encoding a certificate");
  Octets out(der, der + size);
  OPENSSL_free(der);
  return out;
}

Octets SubjectOf(X509* certificate) {
  return Encode<X509_NAME>(X509_get_subject_name(certificate), i2d_X509_NAME);
}

SerialNumber AuthoritySerial(const AuthorityOptions& options,
                             std::string_view label) {
  Octets octets = SeededStream({options.seed, label, 0}).Take(16);
  octets[0] = static_cast<uint8_t>((octets[0] & 0x3F) | 0x40);
  return *SerialNumber::FromContent(octets);
}

KeyType KeyTypeOf(const AuthorityOptions& options) {
  return options.key.value_or(KeyType::kP256);
}

PrivateKey SecondOwner(const PrivateKey& key) {
  Must(EVP_PKEY_up_ref(key.get()) == 1, "EVP_PKEY_up_ref");
  return PrivateKey(key.get());
}

// A CA whose certificate is signed by `parent`, or by itself without one.
absl::StatusOr<Authority> MakeAuthority(
    const AuthorityOptions& options, std::string_view label,
    const std::string& common_name, const Authority* parent,
    const std::vector<Octets>& more_extensions) {
  const KeySeed seed{options.seed, label, 0};
  const KeyType type = KeyTypeOf(options);
  PrivateKey key = MakePrivateKey(type, seed);
  // Not options.digest: the root must not change with it.
  auto own_signer = Signer::Create(SecondOwner(key), type, std::nullopt);
  if (!own_signer.ok()) return own_signer.status();
  auto signer = Signer::Create(std::move(key), type, options.digest);
  if (!signer.ok()) return signer.status();

  CertificateFields fields;
  fields.serial = AuthoritySerial(options, label);
  fields.subject = MakeName(common_name);
  fields.issuer = parent == nullptr ? fields.subject : parent->name;
  fields.not_before = kNotBefore;
  fields.not_after = kNotAfter;
  fields.public_key_info = PublicKeyInfoOf(own_signer->key());
  const Octets key_id = KeyIdentifierOf(fields.public_key_info);
  fields.extensions = {
      BasicConstraints(Subject::kAuthority), KeyUsage(kKeyCertSign | kCrlSign),
      SubjectKeyIdentifier(key_id),
      AuthorityKeyIdentifier(parent == nullptr ? key_id : parent->key_id)};
  fields.extensions.insert(fields.extensions.end(), more_extensions.begin(),
                           more_extensions.end());
  Octets certificate = BuildCertificate(
      fields, parent == nullptr ? *own_signer : parent->signer);
  return Authority{std::move(certificate), fields.subject, key_id,
                   *std::move(signer)};
}

absl::StatusOr<Authority> ReadAuthority(const AuthorityOptions& options) {
  if (options.key && *options.key != KeyType::kRsaPss) {
    return absl::InvalidArgumentError(
        "--key beside --ca-key can only be rsa-pss, for an RSA key");
  }
  auto certificate = ReadCertificate(options.ca);
  if (!certificate.ok()) return certificate.status();
  auto key = ReadPrivateKey(options.ca_key);
  if (!key.ok()) return key.status();
  X509* const x509 = certificate->get();
  if (X509_check_private_key(x509, key->get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError(options.ca_key + " is not the key of " +
                                      options.ca);
  }
  auto signer = Signer::Create(*std::move(key), options.key, options.digest);
  if (!signer.ok()) return signer.status();
  const ASN1_OCTET_STRING* const id = X509_get0_subject_key_id(x509);
  Octets key_id;
  if (id != nullptr) {
    key_id.assign(ASN1_STRING_get0_data(id),
                  ASN1_STRING_get0_data(id) + ASN1_STRING_length(id));
  } else {
    key_id = KeyIdentifierOf(PublicKeyInfoOf(signer->key()));
  }
  return Authority{Encode<X509>(x509, i2d_X509), SubjectOf(x509), key_id,
                   *std::move(signer)};
}

}  // namespace

absl::StatusOr<Authority> GetAuthority(const AuthorityOptions& options) {
  if (!options.ca.empty()) return ReadAuthority(options);
  return MakeAuthority(options, "root CA",
                       "Root CA, seed " + std::to_string(options.seed), nullptr,
                       {});
}

absl::StatusOr<Octets> GetAuthorityCertificate(
    const AuthorityOptions& options) {
  if (!options.ca.empty()) {
    const auto certificate = ReadCertificate(options.ca);
    if (!certificate.ok()) return certificate.status();
    return Encode<X509>(certificate->get(), i2d_X509);
  }
  auto authority = GetAuthority(options);
  if (!authority.ok()) return authority.status();
  return authority->certificate;
}

absl::StatusOr<Authority> MakeIssuingAuthority(
    const AuthorityOptions& options, const Authority& root,
    const std::vector<Octets>& more_extensions) {
  return MakeAuthority(options, "issuing CA",
                       "Issuing CA, seed " + std::to_string(options.seed),
                       &root, more_extensions);
}

absl::StatusOr<Octets> ReadSubject(const std::string& path) {
  const auto certificate = ReadCertificate(path);
  if (!certificate.ok()) return certificate.status();
  return SubjectOf(certificate->get());
}

std::string IssuerText(Bytes certificate) {
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(certificate.data(), certificate.size(), digest.data());
  return ToHex(digest);
}

absl::Status WritePrivateKey(const std::string& path, const EVP_PKEY* key) {
  const Owned<BIO, BIO_free> memory(BIO_new(BIO_s_mem()));
  Must(memory &&
           PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0,
                                         nullptr, nullptr) == 1,
       "encoding a private key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return WriteFile(path, std::string_view(text, static_cast<size_t>(size)));
}

}  // namespace revstat::gen
