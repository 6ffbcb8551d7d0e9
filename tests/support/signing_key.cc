#include "tests/support/signing_key.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <map>

namespace revstat::test {
namespace {

const char* DigestOid(std::string_view digest) {
  static const std::map<std::string_view, const char*> oids = {
      {"SHA1", "1.3.14.3.2.26"},
      {"SHA256", "2.16.840.1.101.3.4.2.1"},
      {"SHA384", "2.16.840.1.101.3.4.2.2"},
      {"SHA512", "2.16.840.1.101.3.4.2.3"}};
  return oids.at(digest);
}

const SigningKey& Shared(const std::string& name,
                         SigningKey (*make)(const std::string&)) {
  static auto& keys = *new std::map<std::string, SigningKey>;
  auto found = keys.find(name);
  if (found == keys.end()) found = keys.emplace(name, make(name)).first;
  return found->second;
}

}  // namespace

Octets DigestAlgorithm(const char* digest) {
  return Seq({Oid(DigestOid(digest)), Tlv(der::kNull, {})});
}

Octets PssAlgorithm(const Octets& parameters) {
  return Seq({Oid("1.2.840.113549.1.1.10"), parameters});
}

SignatureForm Pkcs1(const char* digest) {
  static const std::map<std::string_view, const char*> oids = {
      {"MD5", "1.2.840.113549.1.1.4"},
      {"SHA1", "1.2.840.113549.1.1.5"},
      {"SHA256", "1.2.840.113549.1.1.11"},
      {"SHA384", "1.2.840.113549.1.1.12"},
      {"SHA512", "1.2.840.113549.1.1.13"}};
  return {std::string("RsaPkcs1") + digest,
          Seq({Oid(oids.at(digest)), Tlv(der::kNull, {})}), digest};
}

SignatureForm Pss(const char* digest, int salt) {
  const Octets mgf =
      Seq({Oid("1.2.840.113549.1.1.8"), DigestAlgorithm(digest)});
  return {std::string("RsaPss") + digest + "Salt" + std::to_string(salt),
          PssAlgorithm(
              Seq({Nest(der::ContextConstructed(0), {DigestAlgorithm(digest)}),
                   Nest(der::ContextConstructed(1), {mgf}),
                   Nest(der::ContextConstructed(2),
                        {Integer(static_cast<uint32_t>(salt))})})),
          digest, salt};
}

SignatureForm Ecdsa(const char* digest) {
  static const std::map<std::string_view, const char*> oids = {
      {"SHA1", "1.2.840.10045.4.1"},
      {"SHA256", "1.2.840.10045.4.3.2"},
      {"SHA384", "1.2.840.10045.4.3.3"},
      {"SHA512", "1.2.840.10045.4.3.4"}};
  return {std::string("Ecdsa") + digest, Seq({Oid(oids.at(digest))}), digest};
}

SignatureForm Ed25519() { return {"Ed25519", Ed25519Algorithm(), nullptr}; }

SignatureForm Ed448() { return {"Ed448", Seq({Oid("1.3.101.113")}), nullptr}; }

SignatureForm Gost(int bits) {
  return bits == 256 ? SignatureForm{"Gost256", Seq({Oid("1.2.643.7.1.1.3.2")}),
                                     "md_gost12_256"}
                     : SignatureForm{"Gost512", Seq({Oid("1.2.643.7.1.1.3.3")}),
                                     "md_gost12_512"};
}

SigningKey::SigningKey(evp_pkey_st* key) : key_(key, EVP_PKEY_free) {
  EXPECT_NE(key, nullptr) << "libcrypto made no key";
}

SigningKey SigningKey::NewRsa(int bits) {
  return SigningKey(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<size_t>(bits)));
}
SigningKey SigningKey::NewEc(const char* curve) {
  return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
}
SigningKey SigningKey::NewEdwards(const char* name) {
  return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, name));
}

SigningKey SigningKey::NewGost(int bits, const char* parameters) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_id(
          bits == 256 ? NID_id_GostR3410_2012_256 : NID_id_GostR3410_2012_512,
          nullptr),
      EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  EXPECT_EQ(EVP_PKEY_keygen_init(context.get()), 1);
  EXPECT_EQ(EVP_PKEY_CTX_ctrl_str(context.get(), "paramset", parameters), 1);
  EXPECT_EQ(EVP_PKEY_keygen(context.get(), &key), 1);
  return SigningKey(key);
}

const SigningKey& SigningKey::Rsa(int bits) {
  return Shared(std::to_string(bits), [](const std::string& name) {
    return NewRsa(std::stoi(name));
  });
}
const SigningKey& SigningKey::Ec(const char* curve) {
  return Shared(curve,
                [](const std::string& name) { return NewEc(name.c_str()); });
}
const SigningKey& SigningKey::Edwards(const char* name) {
  return Shared(
      name, [](const std::string& type) { return NewEdwards(type.c_str()); });
}

const SigningKey& SigningKey::Gost(int bits) {
  return Shared("GOST-" + std::to_string(bits), [](const std::string& name) {
    return NewGost(std::stoi(name.substr(5)));
  });
}

Octets SigningKey::Spki() const {
  uint8_t* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  EXPECT_GT(size, 0);
  Octets spki(der, der + size);
  OPENSSL_free(der);
  return spki;
}

Octets SigningKey::Sign(Bytes message, const SignatureForm& form) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* key_context = nullptr;
  // By EVP_MD where there is one: the GOST module's digests have no provider.
  const EVP_MD* digest =
      form.digest == nullptr ? nullptr : EVP_get_digestbyname(form.digest);
  EXPECT_EQ(EVP_DigestSignInit(context.get(), &key_context, digest, nullptr,
                               key_.get()),
            1);
  if (form.pss_salt >= 0) {
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING),
              1);
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, form.pss_salt), 1);
    const char* mgf1 = form.mgf1 != nullptr ? form.mgf1 : form.digest;
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_mgf1_md_name(key_context, mgf1, nullptr), 1);
  }
  size_t size = 0;
  EXPECT_EQ(EVP_DigestSign(context.get(), nullptr, &size, message.data(),
                           message.size()),
            1);
  Octets signature(size);
  EXPECT_EQ(EVP_DigestSign(context.get(), signature.data(), &size,
                           message.data(), message.size()),
            1);
  signature.resize(size);
  return signature;
}

}  // namespace revstat::test
