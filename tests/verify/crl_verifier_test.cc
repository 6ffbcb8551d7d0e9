// RFC 5280 6.3.3 (b), (f) and (g): who may have signed a CRL.
#include "engine/verify/crl_verifier.h"

#include <gtest/gtest.h>

#include <deque>

#include "tests/support/expect.h"
#include "tests/support/signing_key.h"

namespace revstat {
namespace {

using test::CertificateText;
using test::CrlText;
using test::Hex;
using test::MakeExtension;
using test::Octets;
using test::SigningKey;

const Octets kCaName = test::CommonName("Test CA");

Octets SubjectKey(const char* hex) {
  return MakeExtension("2.5.29.14", test::OctetString(Hex(hex)));
}
Octets AuthorityKey(const char* hex) {
  return MakeExtension(
      "2.5.29.35", test::Seq({test::Tlv(der::ContextPrimitive(0), Hex(hex))}));
}
Octets KeyUsage(const char* bits) {
  return MakeExtension("2.5.29.15", Hex(bits), Criticality::kCritical);
}

// A CRL and certificates that may have signed it, with their octets.
class Case {
 public:
  explicit Case(const std::vector<Octets>& extensions = {},
                const SigningKey& key = SigningKey::Edwards("ED25519")) {
    CrlText text;
    text.extensions = extensions;
    crl_ = key.Signed(text, test::Ed25519());
  }

  Case& Add(const SigningKey& key, const std::vector<Octets>& extensions = {},
            const Octets& subject = kCaName, const Octets& issuer = kCaName) {
    CertificateText text;
    text.subject = subject;
    text.issuer = issuer;
    text.public_key = key.Spki();
    text.extensions = extensions;
    certificates_.push_back(text.Der());
    candidates_.push_back(*CertificateView::Parse(certificates_.back()));
    return *this;
  }

  absl::StatusOr<VerifiedCrl> Verify(const SignaturePolicy& policy = {}) const {
    return VerifyCrl(*CrlView::Parse(crl_), candidates_, policy);
  }
  ErrorCode Code() const { return test::CodeOf(Verify()); }

 private:
  Octets crl_;
  std::deque<Octets> certificates_;
  std::vector<CertificateView> candidates_;
};

class CrlVerifierTest : public ::testing::Test {
 protected:
  const SigningKey& right_ = SigningKey::Edwards("ED25519");
  const SigningKey wrong_ = SigningKey::NewEdwards("ED25519");
};

TEST_F(CrlVerifierTest, AcceptsTheIssuersSignature) {
  const Case good = std::move(Case().Add(right_));
  const auto verified = good.Verify();
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->issuer_index(), 0u);
  EXPECT_EQ(verified->algorithm().name, "Ed25519");
}

TEST_F(CrlVerifierTest, WithoutCandidatesThereIsNoIssuer) {
  EXPECT_EQ(Case().Code(), ErrorCode::kNoIssuer);
}

TEST_F(CrlVerifierTest, RefusesASignerOfAnotherName) {
  EXPECT_EQ(Case().Add(right_, {}, test::CommonName("Other CA")).Code(),
            ErrorCode::kNoIssuer);
  EXPECT_EQ(Case().Add(right_, {}, test::NameOf({})).Code(),
            ErrorCode::kNoIssuer);
}

TEST_F(CrlVerifierTest, ComparesNamesByRfc5280) {
  const Octets same = test::NameOf({test::Attribute(
      "2.5.4.3", test::Text(der::kPrintableString, "TEST  ca"))});
  EXPECT_EQ(Case().Add(right_, {}, same).Code(), ErrorCode::kOk);
}

TEST_F(CrlVerifierTest, RefusesAnotherKeyOfTheSameName) {
  EXPECT_EQ(Case().Add(wrong_).Code(), ErrorCode::kBadSignature);
}

TEST_F(CrlVerifierTest, RefusesAnotherKeyIdentifier) {
  EXPECT_EQ(Case({AuthorityKey("aa")}).Add(right_, {SubjectKey("bb")}).Code(),
            ErrorCode::kKeyIdentifierMismatch);
  EXPECT_EQ(Case({AuthorityKey("aa")}).Add(right_, {SubjectKey("aa")}).Code(),
            ErrorCode::kOk);
  EXPECT_EQ(Case({AuthorityKey("aa")}).Add(right_, {SubjectKey("aaaa")}).Code(),
            ErrorCode::kKeyIdentifierMismatch);
}

TEST_F(CrlVerifierTest, AcceptsAKeyIdentifierOnOneSideOnly) {
  EXPECT_EQ(Case({AuthorityKey("aa")}).Add(right_).Code(), ErrorCode::kOk);
  EXPECT_EQ(Case().Add(right_, {SubjectKey("bb")}).Code(), ErrorCode::kOk);
}

TEST_F(CrlVerifierTest, RefusesKeyUsageWithoutCrlSign) {
  // keyCertSign alone; no bit at all; cRLSign among others.
  EXPECT_EQ(Case().Add(right_, {KeyUsage("03020204")}).Code(),
            ErrorCode::kCrlSignMissing);
  EXPECT_EQ(Case().Add(right_, {KeyUsage("030100")}).Code(),
            ErrorCode::kCrlSignMissing);
  EXPECT_EQ(Case().Add(right_, {KeyUsage("03020106")}).Code(), ErrorCode::kOk);
  EXPECT_EQ(Case().Add(right_, {KeyUsage("03020102")}).Code(), ErrorCode::kOk);
}

// RFC 10007; the test's certificates are issued by "Test CA".
TEST_F(CrlVerifierTest, WithoutKeyUsageOnlyASelfIssuedCertificateSigns) {
  EXPECT_EQ(Case().Add(right_).Code(), ErrorCode::kOk);
  EXPECT_EQ(Case().Add(right_, {}, kCaName, test::CommonName("Root")).Code(),
            ErrorCode::kCrlSignMissing);
}

TEST_F(CrlVerifierTest, ChoosesTheRightOneOfTwoOfOneName) {
  const Case second = std::move(Case().Add(wrong_).Add(right_));
  EXPECT_EQ(second.Verify()->issuer_index(), 1u);
  const Case first = std::move(Case().Add(right_).Add(wrong_));
  EXPECT_EQ(first.Verify()->issuer_index(), 0u);
}

TEST_F(CrlVerifierTest, CountsIssuersAmongAllCandidates) {
  const Case third = std::move(Case({AuthorityKey("aa")})
                                   .Add(right_, {}, test::CommonName("Other"))
                                   .Add(wrong_, {SubjectKey("aa")})
                                   .Add(right_, {SubjectKey("aa")}));
  EXPECT_EQ(third.Verify()->issuer_index(), 2u);
}

TEST_F(CrlVerifierTest, ReportsTheCandidateThatCameClosest) {
  EXPECT_EQ(Case({AuthorityKey("aa")})
                .Add(right_, {}, test::CommonName("Other"))
                .Add(right_, {SubjectKey("bb")})
                .Code(),
            ErrorCode::kKeyIdentifierMismatch);
  EXPECT_EQ(Case({AuthorityKey("aa")})
                .Add(right_, {KeyUsage("03020204")})
                .Add(right_, {SubjectKey("bb")})
                .Code(),
            ErrorCode::kCrlSignMissing);
  EXPECT_EQ(Case({AuthorityKey("aa")})
                .Add(wrong_)
                .Add(right_, {SubjectKey("bb")})
                .Code(),
            ErrorCode::kBadSignature);
}

TEST_F(CrlVerifierTest, TriesTheOtherCandidatesAfterAKeyThatDoesNotFit) {
  Case mixed;
  mixed.Add(SigningKey::Ec("P-256")).Add(right_);
  EXPECT_EQ(mixed.Verify()->issuer_index(), 1u);
  EXPECT_EQ(Case().Add(SigningKey::Ec("P-256")).Code(),
            ErrorCode::kUnsupportedKey);
  EXPECT_EQ(Case().Add(SigningKey::Ec("P-256")).Add(wrong_).Code(),
            ErrorCode::kBadSignature);
}

TEST_F(CrlVerifierTest, TriesNoMoreThanSixteenKeys) {
  Case sixteen;
  for (size_t i = 1; i < kMaxCrlSigners; ++i)
    sixteen.Add(SigningKey::NewEdwards("ED25519"));
  sixteen.Add(right_);
  EXPECT_EQ(sixteen.Code(), ErrorCode::kOk);
  // Many certificates of one key are one.
  for (size_t i = 0; i < kMaxCrlSigners; ++i) sixteen.Add(right_);
  EXPECT_EQ(sixteen.Code(), ErrorCode::kOk);
  sixteen.Add(wrong_);
  EXPECT_EQ(sixteen.Code(), ErrorCode::kTooMany);
}

TEST_F(CrlVerifierTest, ReportsUnsupportedAndWeakAlgorithms) {
  CertificateText issuer;
  issuer.subject = kCaName;
  issuer.public_key = SigningKey::Rsa(2048).Spki();
  const Octets issuer_der = issuer.Der();
  const auto candidate = CertificateView::Parse(issuer_der);
  const auto code = [&](const Octets& algorithm) {
    CrlText text;
    text.algorithm = algorithm;
    const Octets der = text.Der();
    return test::CodeOf(VerifyCrl(*CrlView::Parse(der), {&*candidate, 1}, {}));
  };
  EXPECT_EQ(code(test::Pkcs1("SHA1").algorithm), ErrorCode::kWeakAlgorithm);
  EXPECT_EQ(code(test::Pkcs1("MD5").algorithm), ErrorCode::kWeakAlgorithm);
  EXPECT_EQ(code(test::Seq({test::Oid("1.2.643.2.2.3")})),
            ErrorCode::kUnsupportedAlgorithm);
  EXPECT_EQ(code(test::Seq({test::Oid("1.3.101.112"), Hex("0500")})),
            ErrorCode::kTrailingData);
}

TEST_F(CrlVerifierTest, RefusesACrlChangedAtAnyOctetOfItsSignedPart) {
  CrlText text;
  const Octets good = right_.Signed(text, test::Ed25519());
  CertificateText issuer;
  issuer.subject = kCaName;
  issuer.public_key = right_.Spki();
  const Octets issuer_der = issuer.Der();
  const auto candidate = CertificateView::Parse(issuer_der);
  for (size_t i = 0; i < good.size(); ++i) {
    Octets changed = good;
    changed[i] ^= 0x01;
    const auto crl = CrlView::Parse(changed);
    if (!crl.ok()) continue;
    EXPECT_FALSE(VerifyCrl(*crl, {&*candidate, 1}, {}).ok()) << i;
  }
}

TEST_F(CrlVerifierTest, TellsCertificatesOfTwoCasOfOneNameApart) {
  CertificateText ca;
  ca.subject = kCaName;
  ca.public_key = right_.Spki();
  const Octets right_der = ca.Der();
  ca.public_key = wrong_.Spki();
  const Octets wrong_der = ca.Der();
  ca.subject = test::CommonName("Other");
  const Octets other_der = ca.Der();
  const Octets leaf_der = right_.Signed(CertificateText(), test::Ed25519());
  const auto leaf = CertificateView::Parse(leaf_der);
  const auto code = [&](const Octets& issuer) {
    return ErrorCodeOf(
        VerifyIssuedBy(*leaf, *CertificateView::Parse(issuer), {}));
  };
  EXPECT_EQ(code(right_der), ErrorCode::kOk);
  EXPECT_EQ(code(wrong_der), ErrorCode::kBadSignature);
  EXPECT_EQ(code(other_der), ErrorCode::kWrongIssuer);
}

}  // namespace
}  // namespace revstat
