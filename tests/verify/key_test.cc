// Which public keys are accepted.
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "engine/verify/signature.h"
#include "tests/support/expect.h"
#include "tests/support/signing_key.h"

namespace revstat {
namespace {

using test::Octets;
using test::SigningKey;

const Octets kMessage = test::Ascii("message");

ErrorCode Verify(const test::SignatureForm& form, Bytes signature,
                 const Octets& spki, const SignaturePolicy& policy = {}) {
  const auto message = SignedMessage::Create(form.algorithm, kMessage, policy);
  if (!message.ok()) return ErrorCodeOf(message.status());
  const auto key = PublicKey::FromSpki(spki);
  if (!key.ok()) return ErrorCodeOf(key.status());
  return ErrorCodeOf(message->Verify(*key, signature));
}

// An RSA key of so many bits that nobody needs to have made.
Octets RsaSpki(size_t bits) {
  Octets modulus(bits / 8, 0xff);
  modulus.insert(modulus.begin(), 0);
  return test::Seq(
      {test::Seq(
           {test::Oid("1.2.840.113549.1.1.1"), test::Tlv(der::kNull, {})}),
       test::BitString(test::Seq(
           {test::Tlv(der::kInteger, modulus), test::Integer(65537)}))});
}

TEST(RsaKey, BelowTheLeastSizeIsRefused) {
  const SigningKey& key = SigningKey::Rsa(1024);
  const auto form = test::Pkcs1("SHA256");
  const Octets signature = key.Sign(kMessage, form);
  EXPECT_EQ(Verify(form, signature, key.Spki()), ErrorCode::kOk);
  SignaturePolicy policy;
  policy.min_rsa_bits = 1025;
  EXPECT_EQ(Verify(form, signature, key.Spki(), policy),
            ErrorCode::kUnsupportedKey);
  for (const size_t bits : std::vector<size_t>{512, 1016})
    EXPECT_EQ(Verify(form, Octets(bits / 8, 1), RsaSpki(bits)),
              ErrorCode::kUnsupportedKey);
  EXPECT_EQ(Verify(form, Octets(128, 1), RsaSpki(1024)),
            ErrorCode::kBadSignature);
}

TEST(RsaKey, AboveTheGreatestSizeIsRefused) {
  const SigningKey& key = SigningKey::Rsa(2048);
  SignaturePolicy policy;
  policy.max_rsa_bits = 2047;
  for (const auto& form : {test::Pkcs1("SHA256"), test::Pss("SHA256", 32)}) {
    const Octets signature = key.Sign(kMessage, form);
    EXPECT_EQ(Verify(form, signature, key.Spki(), policy),
              ErrorCode::kUnsupportedKey);
    EXPECT_EQ(Verify(form, Octets(16392 / 8, 1), RsaSpki(16392)),
              ErrorCode::kUnsupportedKey);
    EXPECT_EQ(Verify(form, Octets(1 << 17, 1), RsaSpki(1 << 20)),
              ErrorCode::kUnsupportedKey);
  }
}

TEST(RsaPssKey, VerifiesPssAndNothingElse) {
  // id-RSASSA-PSS as the key's algorithm, without and with its parameters.
  const SigningKey& key = SigningKey::Rsa(2048);
  const Octets rsa = key.Spki();
  const Octets algorithm =
      test::Seq({test::Oid("1.2.840.113549.1.1.1"), test::Tlv(der::kNull, {})});
  const uint64_t bits = test::OffsetOf(algorithm, rsa) + algorithm.size();
  const Octets key_bits(rsa.begin() + static_cast<long>(bits), rsa.end());
  const auto form = test::Pss("SHA256", 32);
  const Octets signature = key.Sign(kMessage, form);
  const Octets plain = test::Seq({test::PssAlgorithm({}), key_bits});
  EXPECT_EQ(Verify(form, signature, plain), ErrorCode::kOk);
  EXPECT_EQ(Verify(test::Pkcs1("SHA256"),
                   key.Sign(kMessage, test::Pkcs1("SHA256")), plain),
            ErrorCode::kUnsupportedKey);
  const Octets restricted = test::Seq({form.algorithm, key_bits});
  EXPECT_EQ(Verify(form, signature, restricted), ErrorCode::kOk);
  const auto other = test::Pss("SHA384", 48);
  EXPECT_EQ(Verify(other, key.Sign(kMessage, other), restricted),
            ErrorCode::kBadSignature);
}

TEST(EcKey, OnAnotherCurveIsRefused) {
  for (const char* curve : {"secp256k1", "brainpoolP256r1", "P-224"}) {
    const SigningKey key = SigningKey::NewEc(curve);
    const auto form = test::Ecdsa("SHA256");
    EXPECT_EQ(Verify(form, key.Sign(kMessage, form), key.Spki()),
              ErrorCode::kUnsupportedKey)
        << curve;
  }
}

// RFC 5480 2.1.1: specifiedCurve must not be used. CVE-2020-0601 lived on it.
TEST(EcKey, WithExplicitParametersIsRefused) {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  ASSERT_NE(key, nullptr);
  ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key, "encoding", "explicit"), 1);
  uint8_t* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  ASSERT_GT(size, 200);
  EXPECT_EQ(
      Verify(test::Ecdsa("SHA256"), Octets(70, 1), Octets(der, der + size)),
      ErrorCode::kUnsupportedKey);
  OPENSSL_free(der);
  EVP_PKEY_free(key);
}

TEST(EcKey, OffItsCurveIsRefused) {
  Octets spki = SigningKey::Ec("P-256").Spki();
  spki.back() ^= 1;
  EXPECT_EQ(test::CodeOf(PublicKey::FromSpki(spki)),
            ErrorCode::kUnsupportedKey);
}

TEST(PublicKey, ThatCannotBeReadIsUnsupported) {
  const Octets good = SigningKey::Edwards("ED25519").Spki();
  EXPECT_TRUE(PublicKey::FromSpki(good).ok());
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_EQ(test::CodeOf(PublicKey::FromSpki(Bytes(good).first(size))),
              ErrorCode::kUnsupportedKey);
  Octets longer = good;
  longer.push_back(0);
  EXPECT_EQ(test::CodeOf(PublicKey::FromSpki(longer)),
            ErrorCode::kUnsupportedKey);
  const Octets gost = test::Seq(
      {test::Seq({test::Oid("1.2.643.7.1.1.1.1")}), test::BitString({1})});
  EXPECT_EQ(test::CodeOf(PublicKey::FromSpki(gost)),
            ErrorCode::kUnsupportedKey);
}

}  // namespace
}  // namespace revstat
