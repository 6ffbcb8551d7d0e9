// Every scheme and digest, over CRLs and certificates signed here.
#include "engine/verify/signature.h"

#include <gtest/gtest.h>

#include "engine/verify/crl_verifier.h"
#include "engine/verify/digest.h"
#include "engine/verify/signature_contexts.h"
#include "tests/support/expect.h"
#include "tests/support/signing_key.h"

namespace revstat {
namespace {

using test::Octets;
using test::SignatureForm;
using test::SigningKey;

struct Scheme {
  SignatureForm form;
  std::string key;  // bits, curve, Edwards name or "GOST-" and bits
};

const SigningKey& KeyOf(const std::string& name) {
  if (name.starts_with("ED")) return SigningKey::Edwards(name.c_str());
  if (name.starts_with("GOST"))
    return SigningKey::Gost(std::stoi(name.substr(5)));
  if (name.starts_with("P-")) return SigningKey::Ec(name.c_str());
  return SigningKey::Rsa(std::stoi(name));
}

std::vector<Scheme> Schemes() {
  std::vector<Scheme> schemes;
  for (const char* digest : {"SHA256", "SHA384", "SHA512"}) {
    schemes.push_back({test::Pkcs1(digest), "2048"});
    schemes.push_back({test::Pss(digest, 0), "2048"});
    schemes.push_back({test::Pss(digest, 32), "2048"});
    schemes.push_back({test::Pss(digest, 64), "2048"});
    for (const char* curve : {"P-256", "P-384", "P-521"})
      schemes.push_back({test::Ecdsa(digest), curve});
  }
  schemes.push_back({test::Ed25519(), "ED25519"});
  schemes.push_back({test::Ed448(), "ED448"});
  schemes.push_back({test::Gost(256), "GOST-256"});
  schemes.push_back({test::Gost(512), "GOST-512"});
  return schemes;
}

ErrorCode Verify(Bytes message, Bytes signature, const SignatureForm& form,
                 const Octets& spki, const SignaturePolicy& policy = {}) {
  const auto signed_message =
      SignedMessage::Create(form.algorithm, message, policy);
  if (!signed_message.ok()) return ErrorCodeOf(signed_message.status());
  const auto key = PublicKey::FromSpki(spki);
  if (!key.ok()) return ErrorCodeOf(key.status());
  return ErrorCodeOf(signed_message->Verify(*key, signature));
}

class EveryScheme : public ::testing::TestWithParam<Scheme> {
 protected:
  void SetUp() override {
    if (!GetParam().key.starts_with("GOST")) return;
    const absl::Status gost = RequireGost(GostSupport::kWhereInstalled);
    if (!gost.ok()) GTEST_SKIP() << "skipped: " << gost;
  }
  const SigningKey& key() const { return KeyOf(GetParam().key); }
  const SignatureForm& form() const { return GetParam().form; }
  const Octets message_ = test::Ascii("the signed part");
};

TEST_P(EveryScheme, AcceptsItsSignature) {
  EXPECT_EQ(
      Verify(message_, key().Sign(message_, form()), form(), key().Spki()),
      ErrorCode::kOk);
}

TEST_P(EveryScheme, AcceptsItsSignatureOverACrl) {
  const Octets der = key().Signed(test::CrlText(), form());
  test::CertificateText issuer;
  issuer.subject = test::CrlText().issuer;
  issuer.public_key = key().Spki();
  const Octets issuer_der = issuer.Der();
  const auto crl = CrlView::Parse(der);
  const auto certificate = CertificateView::Parse(issuer_der);
  ASSERT_TRUE(crl.ok() && certificate.ok());
  const auto verified = VerifyCrl(*crl, {&*certificate, 1}, {});
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->issuer_index(), 0u);
  EXPECT_TRUE(Equal(verified->crl().der(), der));
}

TEST_P(EveryScheme, AcceptsItsSignatureOverACertificate) {
  test::CertificateText issuer;
  issuer.subject = issuer.issuer;
  issuer.public_key = key().Spki();
  const Octets issuer_der = key().Signed(issuer, form());
  const Octets leaf_der = key().Signed(test::CertificateText(), form());
  const auto ca = CertificateView::Parse(issuer_der);
  const auto leaf = CertificateView::Parse(leaf_der);
  ASSERT_TRUE(ca.ok() && leaf.ok());
  EXPECT_TRUE(VerifyIssuedBy(*leaf, *ca, {}).ok());
  EXPECT_TRUE(VerifyIssuedBy(*ca, *ca, {}).ok());
}

TEST_P(EveryScheme, RefusesASignatureWithAnyOctetChanged) {
  const Octets signature = key().Sign(message_, form());
  // Every octet; a step for RSA's many, which are all alike.
  const size_t step = signature.size() > 150 ? 17 : 1;
  for (size_t i = 0; i < signature.size(); i += step) {
    Octets changed = signature;
    changed[i] = static_cast<uint8_t>(changed[i] ^ (1u << (i % 8)));
    EXPECT_EQ(Verify(message_, changed, form(), key().Spki()),
              ErrorCode::kBadSignature)
        << i;
  }
}

TEST_P(EveryScheme, RefusesAnotherMessageAndOtherLengths) {
  const Octets signature = key().Sign(message_, form());
  Octets other = message_;
  other.back() ^= 1;
  const Octets spki = key().Spki();
  EXPECT_EQ(Verify(other, signature, form(), spki), ErrorCode::kBadSignature);
  EXPECT_EQ(Verify({}, signature, form(), spki), ErrorCode::kBadSignature);
  EXPECT_EQ(Verify(message_, {}, form(), spki), ErrorCode::kBadSignature);
  Octets longer = signature;
  longer.push_back(0);
  EXPECT_EQ(Verify(message_, longer, form(), spki), ErrorCode::kBadSignature);
  EXPECT_EQ(Verify(message_, Bytes(signature).first(signature.size() - 1),
                   form(), spki),
            ErrorCode::kBadSignature);
}

TEST_P(EveryScheme, RefusesAnotherKeyOfTheSameKind) {
  const std::string& name = GetParam().key;
  const SigningKey other =
      name.starts_with("ED")   ? SigningKey::NewEdwards(name.c_str())
      : name.starts_with("P-") ? SigningKey::NewEc(name.c_str())
      : name.starts_with("GOST")
          ? SigningKey::NewGost(std::stoi(name.substr(5)))
          : SigningKey::Rsa(1024);
  EXPECT_EQ(
      Verify(message_, key().Sign(message_, form()), form(), other.Spki()),
      ErrorCode::kBadSignature);
}

TEST_P(EveryScheme, RefusesKeysOfEveryOtherKind) {
  const Octets signature = key().Sign(message_, form());
  for (const char* other : {"2048", "P-256", "ED25519", "ED448"}) {
    const bool same = GetParam().key == other ||
                      (GetParam().key.starts_with("P-") && other[0] == 'P');
    if (same) continue;
    EXPECT_EQ(Verify(message_, signature, form(), KeyOf(other).Spki()),
              ErrorCode::kUnsupportedKey)
        << other;
  }
}

// Contexts are used again, for the scheme that they were made for alone.
TEST_P(EveryScheme, SaysTheSameWithContextsThatAreKept) {
  static SignatureContexts contexts;  // by all schemes
  const auto public_key = *PublicKey::FromSpki(key().Spki());
  for (int round = 0; round < 3; ++round) {
    const Octets message = test::Ascii("message " + std::to_string(round));
    const auto signed_message =
        *SignedMessage::Create(form().algorithm, message, {});
    const Octets signature = key().Sign(message, form());
    EXPECT_TRUE(signed_message.Verify(public_key, signature, &contexts).ok());
    EXPECT_EQ(ErrorCodeOf(signed_message.Verify(
                  public_key, key().Sign(message_, form()), &contexts)),
              ErrorCode::kBadSignature);
    EXPECT_TRUE(signed_message.Verify(public_key, signature, &contexts).ok());
  }
}

TEST(SignatureContexts, AcceptsWithMoreKeysThanAreKept) {
  SignatureContexts contexts;
  const SignatureForm form = test::Ecdsa("SHA256");
  const Octets message = test::Ascii("the signed part");
  const auto signed_message =
      *SignedMessage::Create(form.algorithm, message, {});
  std::vector<PublicKey> keys;
  std::vector<Octets> signatures;
  for (size_t i = 0; i < SignatureContexts::kMaxContexts + 6; ++i) {
    const SigningKey key = SigningKey::NewEc("P-256");
    keys.push_back(*PublicKey::FromSpki(key.Spki()));
    signatures.push_back(key.Sign(message, form));
  }
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < keys.size(); ++i) {
      EXPECT_TRUE(
          signed_message.Verify(keys[i], signatures[i], &contexts).ok());
      EXPECT_FALSE(
          signed_message
              .Verify(keys[i], signatures[(i + 1) % keys.size()], &contexts)
              .ok());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Signature, EveryScheme, ::testing::ValuesIn(Schemes()),
                         [](const auto& info) {
                           std::string name =
                               info.param.form.name + info.param.key;
                           std::erase(name, '-');
                           return name;
                         });

TEST(SignatureOfAnotherForm, IsBadEvenWithTheRightKey) {
  const Octets message = test::Ascii("message");
  const SigningKey& rsa = SigningKey::Rsa(2048);
  const std::vector<SignatureForm> forms = {
      test::Pkcs1("SHA256"), test::Pkcs1("SHA384"), test::Pss("SHA256", 32),
      test::Pss("SHA256", 20), test::Pss("SHA384", 32)};
  for (const SignatureForm& made : forms) {
    for (const SignatureForm& claimed : forms) {
      EXPECT_EQ(
          Verify(message, rsa.Sign(message, made), claimed, rsa.Spki()),
          made.name == claimed.name ? ErrorCode::kOk : ErrorCode::kBadSignature)
          << made.name << " as " << claimed.name;
    }
  }
}

TEST(PssSignature, MayHaveAnotherMaskDigest) {
  const Octets mgf = test::Seq(
      {test::Oid("1.2.840.113549.1.1.8"), test::DigestAlgorithm("SHA512")});
  SignatureForm form = test::Pss("SHA256", 32);
  form.mgf1 = "SHA512";
  form.algorithm = test::PssAlgorithm(
      test::Seq({test::Nest(der::ContextConstructed(0),
                            {test::DigestAlgorithm("SHA256")}),
                 test::Nest(der::ContextConstructed(1), {mgf}),
                 test::Nest(der::ContextConstructed(2), {test::Integer(32)})}));
  const Octets message = test::Ascii("message");
  const SigningKey& rsa = SigningKey::Rsa(2048);
  const Octets signature = rsa.Sign(message, form);
  EXPECT_EQ(Verify(message, signature, form, rsa.Spki()), ErrorCode::kOk);
  EXPECT_EQ(Verify(message, signature, test::Pss("SHA256", 32), rsa.Spki()),
            ErrorCode::kBadSignature);
}

TEST(WeakDigests, AreRefusedBeforeAnythingIsHashed) {
  const Octets message = test::Ascii("message");
  const SigningKey& rsa = SigningKey::Rsa(2048);
  const SigningKey& ec = SigningKey::Ec("P-256");
  SignaturePolicy allow;
  allow.weak_digest = WeakDigest::kAllowSha1;
  const auto expect = [&](const SigningKey& key, const SignatureForm& form,
                          ErrorCode with_sha1_allowed) {
    const Octets signature = key.Sign(message, form);
    EXPECT_EQ(Verify(message, signature, form, key.Spki()),
              ErrorCode::kWeakAlgorithm)
        << form.name;
    EXPECT_EQ(Verify(message, signature, form, key.Spki(), allow),
              with_sha1_allowed)
        << form.name;
  };
  expect(rsa, test::Pkcs1("SHA1"), ErrorCode::kOk);
  expect(rsa, test::Pss("SHA1", 20), ErrorCode::kOk);
  expect(ec, test::Ecdsa("SHA1"), ErrorCode::kOk);
  expect(rsa, test::Pkcs1("MD5"), ErrorCode::kWeakAlgorithm);
}

TEST(WeakDigests, AreRefusedAsMaskDigestToo) {
  // hashAlgorithm SHA-256, mask by default with SHA-1.
  const Octets algorithm = test::PssAlgorithm(test::Seq({test::Nest(
      der::ContextConstructed(0), {test::DigestAlgorithm("SHA256")})}));
  EXPECT_EQ(test::CodeOf(SignedMessage::Create(algorithm, {}, {})),
            ErrorCode::kWeakAlgorithm);
}

TEST(Sha256, IsTheStandards) {
  EXPECT_EQ(ToHex(Sha256(test::Ascii("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace revstat
