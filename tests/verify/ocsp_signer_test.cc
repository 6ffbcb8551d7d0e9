// Who may sign an OCSP response, and in which ways they may not.
#include <gtest/gtest.h>

#include "tests/support/expect.h"
#include "tests/verify/ocsp_world.h"

namespace revstat::test {
namespace {

ErrorCode CodeOfVerify(const Octets& der, OcspVerifierOptions options = {}) {
  return CodeOf(Verify(der, AtWorldTime(), std::move(options)));
}

TEST(OcspSigner, GoodIssuerByNameAndByKey) {
  const OcspWorld world;
  ResponseText text = world.Response();
  for (const Octets& responder :
       {ByName(CommonName("Test CA")), ByKey(KeyHash(world.ca.key.Spki())),
        // RFC 5280 7.1: the same name in another case and encoding.
        ByName(NameOf({Attribute("2.5.4.3",
                                 Text(der::kPrintableString, "TEST  ca"))}))}) {
    text.responder = responder;
    const Octets der = world.ByCa(text);
    const auto verified = Verify(der);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->signer(), OcspSigner::kIssuer);
    EXPECT_EQ(verified->status(), OcspStatus::kGood);
    EXPECT_EQ(verified->currency(), ErrorCode::kOk);
    EXPECT_EQ(verified->algorithm().name, "ecdsa-with-SHA256");
  }
}

TEST(OcspSigner, GoodDelegateByNameAndByKey) {
  const OcspWorld world;
  const Octets by_name = world.ByDelegate(world.Response());
  ResponseText text = world.Response();
  text.responder = ByKey(KeyHash(world.delegate.key.Spki()));
  // The issuer's own certificate, and rubbish, come along before it.
  text.certificates = {
      world.CaCertificate(), Seq({Integer(1)}),
      world.ca.key.Signed(world.DelegateText(), world.ca.form)};
  const Octets by_key = world.Signed(text, world.delegate);
  for (const Octets& der : {by_name, by_key}) {
    const auto verified = Verify(der);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->signer(), OcspSigner::kDelegate);
  }
}

TEST(OcspSigner, GoodKeysOfEveryKind) {
  const OcspKey keys[] = {{SigningKey::Rsa(2048), Pkcs1("SHA512")},
                          {SigningKey::Rsa(2048), Pss("SHA256", 32)},
                          {SigningKey::Ec("P-384"), Ecdsa("SHA384")},
                          {SigningKey::Edwards("ED25519"), Ed25519()}};
  const OcspWorld world;
  for (const OcspKey& key : keys) {
    CertificateText certificate = world.DelegateText();
    certificate.public_key = key.key.Spki();
    ResponseText text = world.Response();
    text.responder = ByKey(KeyHash(key.key.Spki()));
    text.certificates = {world.ca.key.Signed(certificate, world.ca.form)};
    EXPECT_EQ(CodeOfVerify(world.Signed(text, key)), ErrorCode::kOk)
        << key.form.name;
  }
}

TEST(OcspSigner, GoodGostWhereItsModuleIsInstalled) {
  if (!RequireGost(GostSupport::kWhereInstalled).ok())
    GTEST_SKIP() << "skipped: no GOST module";
  const OcspWorld world;
  for (int bits : {256, 512}) {
    const OcspKey key{SigningKey::Gost(bits), Gost(bits)};
    CertificateText certificate = world.DelegateText();
    certificate.public_key = key.key.Spki();
    ResponseText text = world.Response();
    text.responder = ByKey(KeyHash(key.key.Spki()));
    text.certificates = {world.ca.key.Signed(certificate, world.ca.form)};
    const Octets der = world.Signed(text, key);
    EXPECT_EQ(CodeOfVerify(der), ErrorCode::kOk) << bits;
    OcspVerifierOptions without;
    without.signature.gost = GostSupport::kNone;
    EXPECT_EQ(CodeOfVerify(der, without), ErrorCode::kUnsupportedAlgorithm);
  }
}

TEST(OcspSigner, InvalidUnknown) {
  const OcspWorld world;
  ResponseText text = world.Response();
  text.responder = ByName(CommonName("Somebody"));
  EXPECT_EQ(CodeOfVerify(world.ByCa(text)), ErrorCode::kOcspSignerUnknown);
  text.responder = ByKey(Octets(20, 1));
  EXPECT_EQ(CodeOfVerify(world.ByCa(text)), ErrorCode::kOcspSignerUnknown);
  // A delegate whose certificate did not come along.
  text.responder = ByName(CommonName("Responder"));
  EXPECT_EQ(CodeOfVerify(world.Signed(text, world.delegate)),
            ErrorCode::kOcspSignerUnknown);
}

TEST(OcspSigner, InvalidDelegateOfAnotherCa) {
  const OcspWorld world;
  CertificateText certificate = world.DelegateText();
  certificate.issuer = CommonName("Other CA");
  EXPECT_EQ(CodeOfVerify(world.ByDelegate(world.Response(), certificate)),
            ErrorCode::kOcspSignerNotIssued);
  // Of a CA of the same name with another key.
  const SigningKey other = SigningKey::NewEc("P-256");
  ResponseText text = world.Response();
  text.responder = ByName(CommonName("Responder"));
  text.certificates = {other.Signed(world.DelegateText(), Ecdsa("SHA256"))};
  EXPECT_EQ(CodeOfVerify(world.Signed(text, world.delegate)),
            ErrorCode::kOcspSignerNotIssued);
  // 4.2.2.2: issued directly. A delegate of a delegate is none.
  certificate = world.DelegateText();
  certificate.issuer = CommonName("Responder");
  text.certificates = {
      world.delegate.key.Signed(certificate, world.delegate.form),
      world.ca.key.Signed(world.DelegateText(), world.ca.form)};
  const SigningKey end = SigningKey::NewEc("P-256");
  certificate.public_key = end.Spki();
  certificate.subject = CommonName("Below");
  text.certificates[0] =
      world.delegate.key.Signed(certificate, world.delegate.form);
  text.responder = ByName(CommonName("Below"));
  EXPECT_EQ(CodeOfVerify(world.Signed(text, {end, Ecdsa("SHA256")})),
            ErrorCode::kOcspSignerNotIssued);
}

TEST(OcspSigner, InvalidWithoutThePurpose) {
  const OcspWorld world;
  for (const std::vector<Octets>& extensions :
       {std::vector<Octets>{NoCheck()},
        std::vector<Octets>{KeyPurposes({"1.3.6.1.5.5.7.3.1"})},
        std::vector<Octets>{KeyPurposes({"2.5.29.37.0"})},  // any
        std::vector<Octets>{MakeExtension("2.5.29.37", Seq({}))},
        std::vector<Octets>{MakeExtension("2.5.29.37", Oid(kOcspSigningOid))},
        std::vector<Octets>{MakeExtension(
            "2.5.29.37", Join({Seq({Oid(kOcspSigningOid)}), Integer(1)}))}}) {
    CertificateText certificate = world.DelegateText();
    certificate.extensions = extensions;
    EXPECT_EQ(CodeOfVerify(world.ByDelegate(world.Response(), certificate)),
              ErrorCode::kOcspSigningMissing);
  }
  // A certificate of the CA that anybody holds must not do.
  CertificateText leaf = world.DelegateText();
  leaf.extensions = {};
  EXPECT_EQ(CodeOfVerify(world.ByDelegate(world.Response(), leaf)),
            ErrorCode::kOcspSigningMissing);
}

TEST(OcspSigner, InvalidWhereItsKeyMayNotSign) {
  const OcspWorld world;
  // Of keyUsage with this one bit.
  const auto code_with = [&](uint8_t bit) {
    CertificateText certificate = world.DelegateText();
    certificate.extensions.push_back(MakeExtension(
        "2.5.29.15", Tlv(der::kBitString, {static_cast<uint8_t>(7 - bit),
                                           static_cast<uint8_t>(128 >> bit)})));
    return CodeOfVerify(world.ByDelegate(world.Response(), certificate));
  };
  EXPECT_EQ(code_with(0), ErrorCode::kOk);  // digitalSignature
  EXPECT_EQ(code_with(1), ErrorCode::kOk);  // nonRepudiation
  EXPECT_EQ(code_with(2), ErrorCode::kOcspSigningMissing);
}

TEST(OcspSigner, InvalidOutsideItsValidity) {
  const OcspWorld world;
  CertificateText certificate = world.DelegateText();
  certificate.not_after = UtcTime("260114235959Z");
  EXPECT_EQ(CodeOfVerify(world.ByDelegate(world.Response(), certificate)),
            ErrorCode::kOcspSignerExpired);
  certificate = world.DelegateText();
  certificate.not_before = UtcTime("260115000001Z");
  EXPECT_EQ(CodeOfVerify(world.ByDelegate(world.Response(), certificate)),
            ErrorCode::kOcspSignerNotYetValid);
  certificate.not_before = UtcTime("260115000000Z");
  certificate.not_after = UtcTime("260115000000Z");
  EXPECT_EQ(CodeOfVerify(world.ByDelegate(world.Response(), certificate)),
            ErrorCode::kOk);
}

TEST(OcspSigner, InvalidWithACriticalExtensionNobodyReads) {
  const OcspWorld world;
  CertificateText certificate = world.DelegateText();
  certificate.extensions.push_back(
      MakeExtension("1.2.3", {}, Criticality::kCritical));
  EXPECT_EQ(CodeOfVerify(world.ByDelegate(world.Response(), certificate)),
            ErrorCode::kUnsupportedCriticalExtension);
}

TEST(OcspSigner, OwnStatusIsAskedAndNocheckSettlesOnlyWhatIsNotKnown) {
  const OcspWorld world;
  CertificateText unchecked = world.DelegateText();
  unchecked.extensions = {KeyPurposes({kOcspSigningOid})};
  // A nocheck that is not NULL is none.
  CertificateText broken = unchecked;
  broken.extensions.push_back(
      MakeExtension("1.3.6.1.5.5.7.48.1.5", Integer(1)));
  const auto code = [&](const CertificateText& certificate,
                        OcspSignerStatus status, UncheckedSigner policy) {
    OcspVerifierOptions options;
    options.unchecked_signer = policy;
    options.signer_status = [status](const CertificateView& delegate) {
      EXPECT_EQ(delegate.serial().ToText(), "0d");
      return status;
    };
    return CodeOfVerify(world.ByDelegate(world.Response(), certificate),
                        options);
  };
  using enum UncheckedSigner;
  using S = OcspSignerStatus;
  EXPECT_EQ(code(unchecked, S::kActive, kRefuse), ErrorCode::kOk);
  EXPECT_EQ(code(unchecked, S::kUnknown, kRefuse),
            ErrorCode::kOcspSignerUnchecked);
  EXPECT_EQ(code(broken, S::kUnknown, kRefuse),
            ErrorCode::kOcspSignerUnchecked);
  EXPECT_EQ(code(unchecked, S::kUnknown, kAccept), ErrorCode::kOk);
  EXPECT_EQ(code(unchecked, S::kRevoked, kAccept),
            ErrorCode::kOcspSignerRevoked);
  EXPECT_EQ(code(world.DelegateText(), S::kUnknown, kRefuse), ErrorCode::kOk);
  EXPECT_EQ(code(world.DelegateText(), S::kRevoked, kRefuse),
            ErrorCode::kOcspSignerRevoked);
}

TEST(OcspSigner, InvalidSignature) {
  const OcspWorld world;
  for (Octets der :
       {world.ByCa(world.Response()), world.ByDelegate(world.Response())}) {
    // An octet of tbsResponseData: producedAt.
    const uint64_t at = OffsetOf(GeneralizedTime("20260110000000Z"), der);
    der[at + 15] = '1';
    EXPECT_EQ(CodeOfVerify(der), ErrorCode::kBadSignature);
  }
  ResponseText text = world.Response();
  text.responder = ByName(CommonName("Test CA"));
  EXPECT_EQ(CodeOfVerify(world.Signed(
                text, {SigningKey::NewEc("P-256"), Ecdsa("SHA256")})),
            ErrorCode::kBadSignature);
  EXPECT_EQ(CodeOfVerify(world.Signed(text, world.delegate)),
            ErrorCode::kUnsupportedKey);
}

TEST(OcspSigner, InvalidWeakOrUnknownAlgorithm) {
  const OcspWorld world;
  const OcspKey weak{world.ca.key, Ecdsa("SHA1")};
  const Octets der = world.Signed(world.Response(), weak);
  EXPECT_EQ(CodeOfVerify(der), ErrorCode::kWeakAlgorithm);
  OcspVerifierOptions options;
  options.signature.weak_digest = WeakDigest::kAllowSha1;
  EXPECT_EQ(CodeOfVerify(der, options), ErrorCode::kOk);
  // The delegate's own certificate.
  ResponseText text = world.Response();
  text.responder = ByName(CommonName("Responder"));
  text.certificates = {world.ca.key.Signed(world.DelegateText(), weak.form)};
  EXPECT_EQ(CodeOfVerify(world.Signed(text, world.delegate)),
            ErrorCode::kWeakAlgorithm);
  text = world.Response();
  text.algorithm = Seq({Oid("1.2.3")});
  EXPECT_EQ(CodeOfVerify(text.Der()), ErrorCode::kUnsupportedAlgorithm);
}

TEST(OcspSigner, GoodTrustedResponderWhileItIsValid) {
  const OcspWorld world;
  CertificateText certificate;
  certificate.issuer = CommonName("Elsewhere");
  certificate.subject = CommonName("Our responder");
  certificate.public_key = world.delegate.key.Spki();
  ResponseText text = world.Response();
  text.responder = ByName(certificate.subject);
  const Octets der = world.Signed(text, world.delegate);
  const auto verify = [&](const CertificateText& trusted) {
    OcspVerifier verifier;
    EXPECT_TRUE(verifier.AddTrustedResponder(BufferOf(trusted.Der())).ok());
    return verifier.Verify(*OcspResponseView::Parse(der), world.Issuer(),
                           WorldQuestion(), AtWorldTime());
  };
  ASSERT_TRUE(verify(certificate).ok());
  EXPECT_EQ(verify(certificate)->signer(), OcspSigner::kTrusted);
  EXPECT_EQ(CodeOfVerify(der), ErrorCode::kOcspSignerUnknown);
  certificate.not_after = UtcTime("260101000000Z");
  EXPECT_EQ(CodeOf(verify(certificate)), ErrorCode::kOcspSignerExpired);
}

TEST(OcspSigner, WorkIsBounded) {
  const OcspWorld world;
  ResponseText text = world.Response();
  text.responder = ByName(CommonName("Responder"));
  for (uint8_t i = 0; i < 10; ++i) {
    CertificateText certificate = world.DelegateText();
    certificate.serial = Integer(i);
    certificate.public_key = SigningKey::NewEc("P-256").Spki();
    text.certificates.push_back(
        world.ca.key.Signed(certificate, world.ca.form));
  }
  EXPECT_EQ(CodeOfVerify(world.Signed(text, world.delegate)),
            ErrorCode::kTooMany);
}

TEST(OcspSigner, RememberedDelegateIsJudgedAnewEachTime) {
  const OcspWorld world;
  OcspVerifier verifier;
  const OcspIssuer issuer = world.Issuer();
  const Octets der = world.ByDelegate(world.Response());
  const auto response = *OcspResponseView::Parse(der);
  OcspPolicy policy = AtWorldTime();
  policy.max_age = std::chrono::hours(1000000);
  policy.next_update = OcspNextUpdate::kIgnored;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(
        CodeOf(verifier.Verify(response, issuer, WorldQuestion(), policy)),
        ErrorCode::kOk);
  policy.at = *ParseTime("2036-01-01");
  EXPECT_EQ(CodeOf(verifier.Verify(response, issuer, WorldQuestion(), policy)),
            ErrorCode::kOcspSignerExpired);
  // Remembered for its own issuer only: another CA of that name has not issued
  // it, and its CertIDs are others.
  OcspWorld other_world;
  const SigningKey key = SigningKey::NewEc("P-256");
  CertificateText text = world.CaText();
  text.public_key = key.Spki();
  const auto other =
      *OcspIssuer::Create(BufferOf(key.Signed(text, Ecdsa("SHA256"))));
  ResponseText about_other = world.Response();
  SingleText single = world.Single();
  single.cert_id = CertIdFor("SHA1", CommonName("Test CA"), key.Spki()).Der();
  about_other.responses = {single.Der()};
  const Octets other_der = world.ByDelegate(about_other);
  EXPECT_EQ(CodeOf(verifier.Verify(*OcspResponseView::Parse(other_der), other,
                                   WorldQuestion(), AtWorldTime())),
            ErrorCode::kOcspSignerNotIssued);
}

}  // namespace
}  // namespace revstat::test
