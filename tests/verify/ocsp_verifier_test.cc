// What an OCSP response says of a certificate: which answer, and whether it is
// current.
#include "engine/verify/ocsp_verifier.h"

#include <gtest/gtest.h>

#include "tests/support/expect.h"
#include "tests/verify/ocsp_world.h"

namespace revstat::test {
namespace {

using Singles = std::vector<Octets>;

Octets Answers(const Singles& singles) {
  const OcspWorld world;
  ResponseText text = world.Response();
  text.responses = singles;
  return world.ByCa(text);
}

ErrorCode CodeAt(const Octets& der, const OcspPolicy& policy) {
  return CodeOf(Verify(der, policy));
}

TEST(OcspVerifier, GoodRevokedOnHoldAndUnknown) {
  const OcspWorld world;
  const std::vector<std::pair<Octets, OcspStatus>> cases = {
      {Good(), OcspStatus::kGood},
      {Unknown(), OcspStatus::kUnknown},
      {Revoked(), OcspStatus::kRevoked},
      {Revoked("20260102030405Z", 1), OcspStatus::kRevoked},
      {Revoked("20260102030405Z", 8), OcspStatus::kRevoked},
      {Revoked("20260102030405Z", 6), OcspStatus::kOnHold}};
  for (const auto& [status, expected] : cases) {
    for (const char* digest : {"SHA1", "SHA256", "SHA384", "SHA512"}) {
      const Octets der = Answers({world.Single(status, digest).Der()});
      const auto verified = Verify(der);
      ASSERT_TRUE(verified.ok()) << verified.status();
      EXPECT_EQ(verified->status(), expected);
      EXPECT_FALSE(verified->is_never_issued());
    }
  }
}

TEST(OcspVerifier, InvalidEveryOtherResponseStatus) {
  const std::vector<std::pair<uint8_t, ErrorCode>> cases = {
      {1, ErrorCode::kOcspMalformedRequest},
      {2, ErrorCode::kOcspInternalError},
      {3, ErrorCode::kOcspTryLater},
      {5, ErrorCode::kOcspSigRequired},
      {6, ErrorCode::kOcspUnauthorized}};
  const OcspWorld world;
  for (const auto& [status, code] : cases) {
    ResponseText text = world.Response();
    text.status = Tlv(der::kEnumerated, Octets{status});
    // A good answer under an error is none.
    EXPECT_EQ(CodeOf(Verify(world.ByCa(text))), code);
    text.response_bytes = Octets{};
    EXPECT_EQ(CodeOf(Verify(text.Der())), code);
  }
}

TEST(OcspVerifier, InvalidOfAnotherType) {
  ResponseText text;
  text.type = Oid("1.2.3");
  EXPECT_EQ(CodeOf(Verify(text.Der())), ErrorCode::kOcspNotBasic);
}

TEST(OcspVerifier, InvalidAboutAnother) {
  const OcspWorld world;
  SingleText single = world.Single();
  single.cert_id = CertIdFor("SHA1", CommonName("Test CA"), world.ca.key.Spki(),
                             IntegerOf("0124"))
                       .Der();
  EXPECT_EQ(CodeOf(Verify(Answers({single.Der()}))), ErrorCode::kOcspNoAnswer);
  EXPECT_EQ(CodeOf(Verify(Answers({}))), ErrorCode::kOcspNoAnswer);
  single.cert_id =
      CertIdFor("SHA1", CommonName("Other"), world.ca.key.Spki()).Der();
  EXPECT_EQ(CodeOf(Verify(Answers({single.Der()}))),
            ErrorCode::kOcspOtherIssuer);
  single.cert_id =
      CertIdFor("SHA256", CommonName("Test CA"), world.delegate.key.Spki())
          .Der();
  EXPECT_EQ(CodeOf(Verify(Answers({single.Der()}))),
            ErrorCode::kOcspOtherIssuer);
  CertIdText id;
  id.hash_algorithm = Seq({Oid("1.2.3")});
  single.cert_id = id.Der();
  EXPECT_EQ(CodeOf(Verify(Answers({single.Der()}))),
            ErrorCode::kOcspUnsupportedCertId);
}

TEST(OcspVerifier, GoodWithTheIssuersNameAsTheCertificateSpellsIt) {
  const OcspWorld world;
  const Octets spelled =
      NameOf({Attribute("2.5.4.3", Text(der::kPrintableString, "Test CA"))});
  SingleText single = world.Single();
  single.cert_id = CertIdFor("SHA1", spelled, world.ca.key.Spki()).Der();
  const Octets der = Answers({single.Der()});
  EXPECT_EQ(CodeOf(Verify(der)), ErrorCode::kOcspOtherIssuer);
  der::Trace trace(spelled);
  der::Cursor cursor(spelled, &trace);
  OcspQuestion question = WorldQuestion();
  question.issuer_name = NameView::Read(cursor, "issuer");
  OcspVerifier verifier;
  const auto response = *OcspResponseView::Parse(der);
  EXPECT_EQ(CodeOf(verifier.Verify(response, world.Issuer(), question,
                                   AtWorldTime())),
            ErrorCode::kOk);
  // Not with the name of somebody else.
  const Octets other = CommonName("Other");
  single.cert_id = CertIdFor("SHA1", other, world.ca.key.Spki()).Der();
  const Octets about_other = Answers({single.Der()});
  der::Cursor other_cursor(other, &trace);
  question.issuer_name = NameView::Read(other_cursor, "issuer");
  EXPECT_EQ(CodeOf(verifier.Verify(*OcspResponseView::Parse(about_other),
                                   world.Issuer(), question, AtWorldTime())),
            ErrorCode::kOcspOtherIssuer);
}

// Another CA may have issued a certificate with the same serial; the response
// is about this issuer's.
TEST(OcspVerifier, InvalidForACertificateWhoseIssuerHasAnotherName) {
  const OcspWorld world;
  const auto code_with = [&](const Octets& name) {
    der::Trace trace(name);
    der::Cursor cursor(name, &trace);
    OcspQuestion question = WorldQuestion();
    question.issuer_name = NameView::Read(cursor, "issuer");
    const Octets der = world.ByCa(world.Response());
    const auto answer = OcspVerifier().Verify(
        *OcspResponseView::Parse(der), world.Issuer(), question, AtWorldTime());
    return NameOf(ErrorCodeOf(answer.status()));
  };
  EXPECT_EQ(code_with(CommonName("Test CA")), "ok");
  EXPECT_EQ(code_with(CommonName("Other CA")), "ocsp_other_issuer");
}

TEST(OcspVerifier, RevokedOfSeveralAnswersTheStrictest) {
  const OcspWorld world;
  const Octets good = world.Single().Der();
  const Octets good256 = world.Single(Good(), "SHA256").Der();
  const Octets unknown = world.Single(Unknown()).Der();
  const Octets hold = world.Single(Revoked("20260102030405Z", 6)).Der();
  const Octets revoked = world.Single(Revoked(), "SHA256").Der();
  SingleText other;
  other.status = Revoked();
  const std::vector<std::pair<Singles, OcspStatus>> cases = {
      {{good, good256}, OcspStatus::kGood},
      {{other.Der(), good}, OcspStatus::kGood},
      {{good, unknown}, OcspStatus::kUnknown},
      {{unknown, good}, OcspStatus::kUnknown},
      {{unknown, hold, good}, OcspStatus::kOnHold},
      {{good, revoked, hold}, OcspStatus::kRevoked},
      {{revoked, good, unknown}, OcspStatus::kRevoked}};
  for (const auto& [singles, expected] : cases) {
    const Octets der = Answers(singles);
    const auto verified = Verify(der);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->status(), expected);
  }
  // Of two that say the same, the current one.
  SingleText old = world.Single();
  old.next_update = GeneralizedTime("20260111000000Z");
  EXPECT_EQ(CodeOf(Verify(Answers({old.Der(), good}))), ErrorCode::kOk);
  EXPECT_EQ(CodeOf(Verify(Answers({good, old.Der()}))), ErrorCode::kOk);
  EXPECT_EQ(CodeOf(Verify(Answers({old.Der()}))), ErrorCode::kOcspStale);
}

TEST(OcspVerifier, OnHoldOfACertificateThatWasNeverIssued) {
  const OcspWorld world;
  ResponseText text = world.Response(Revoked("19700101000000Z", 6));
  EXPECT_FALSE(Verify(world.ByCa(text))->is_never_issued());
  text.extensions = {
      MakeExtension("1.3.6.1.5.5.7.48.1.9", Tlv(der::kNull, {}))};
  const Octets der = world.ByCa(text);
  const auto verified = Verify(der);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->status(), OcspStatus::kOnHold);
  EXPECT_TRUE(verified->is_never_issued());
}

TEST(OcspVerifier, InvalidCriticalExtensions) {
  const OcspWorld world;
  const Octets unknown =
      MakeExtension("1.2.3", Hex("0500"), Criticality::kCritical);
  ResponseText text = world.Response();
  text.extensions = {unknown};
  EXPECT_EQ(CodeOf(Verify(world.ByCa(text))),
            ErrorCode::kUnsupportedCriticalExtension);
  for (const Octets& status : {Good(), Revoked()}) {
    SingleText single = world.Single(status);
    single.extensions = {unknown};
    EXPECT_EQ(CodeOf(Verify(Answers({world.Single().Der(), single.Der()}))),
              ErrorCode::kUnsupportedCriticalExtension);
  }
  // Of another certificate's answer it does not matter, nor where it is not
  // critical.
  SingleText other;
  other.extensions = {unknown};
  SingleText own = world.Single();
  own.extensions = {MakeExtension("1.2.3", Hex("0500"))};
  EXPECT_EQ(CodeOf(Verify(Answers({other.Der(), own.Der()}))), ErrorCode::kOk);
}

TEST(OcspVerifier, NonceIsThatOfTheRequest) {
  const OcspWorld world;
  const Octets nonce(32, 1), other(32, 2);
  const Octets without = world.ByCa(world.Response());
  ResponseText text = world.Response();
  text.extensions = {NonceExtension(nonce)};
  const Octets with = world.ByCa(text);
  const auto code = [&](const Octets& der, OcspNonce rule,
                        const Octets& expected) {
    OcspPolicy policy = AtWorldTime();
    policy.nonce = rule;
    policy.expected_nonce = expected;
    return CodeAt(der, policy);
  };
  using N = OcspNonce;
  EXPECT_EQ(code(with, N::kIgnored, {}), ErrorCode::kOk);
  EXPECT_EQ(code(with, N::kIfPresent, nonce), ErrorCode::kOk);
  EXPECT_EQ(code(with, N::kIfPresent, other), ErrorCode::kOcspNonceMismatch);
  EXPECT_EQ(code(with, N::kRequired, nonce), ErrorCode::kOk);
  EXPECT_EQ(code(with, N::kRequired, other), ErrorCode::kOcspNonceMismatch);
  EXPECT_EQ(code(with, N::kRequired, Octets(31, 1)),
            ErrorCode::kOcspNonceMismatch);
  EXPECT_EQ(code(without, N::kIgnored, nonce), ErrorCode::kOk);
  EXPECT_EQ(code(without, N::kIfPresent, nonce), ErrorCode::kOk);
  EXPECT_EQ(code(without, N::kRequired, nonce), ErrorCode::kOcspNonceMissing);
}

// thisUpdate 10 January, nextUpdate 20 January.
TEST(OcspVerifier, WindowsIncludeTheirEndsAndTheSkew) {
  const Octets der = Answers({OcspWorld().Single().Der()});
  const auto code = [&](const char* at, int skew, int max_age = -1) {
    OcspPolicy policy;
    policy.at = *ParseTime(at);
    policy.clock_skew = std::chrono::seconds(skew);
    if (max_age >= 0) policy.max_age = std::chrono::seconds(max_age);
    return CodeAt(der, policy);
  };
  EXPECT_EQ(code("2026-01-10T00:00:00Z", 0), ErrorCode::kOk);
  EXPECT_EQ(code("2026-01-09T23:59:59Z", 0), ErrorCode::kOcspNotYetCurrent);
  EXPECT_EQ(code("2026-01-09T23:59:59Z", 1), ErrorCode::kOk);
  EXPECT_EQ(code("2026-01-09T23:59:58Z", 1), ErrorCode::kOcspNotYetCurrent);
  EXPECT_EQ(code("2026-01-20T00:00:00Z", 0), ErrorCode::kOk);
  EXPECT_EQ(code("2026-01-20T00:00:01Z", 0), ErrorCode::kOcspStale);
  EXPECT_EQ(code("2026-01-20T00:00:01Z", 1), ErrorCode::kOk);
  EXPECT_EQ(code("2026-01-20T00:00:02Z", 1), ErrorCode::kOcspStale);
  EXPECT_EQ(code("2026-01-10T01:00:00Z", 0, 3600), ErrorCode::kOk);
  EXPECT_EQ(code("2026-01-10T01:00:01Z", 0, 3600), ErrorCode::kOcspTooOld);
  EXPECT_EQ(code("2026-01-10T01:00:01Z", 1, 3600), ErrorCode::kOk);
}

TEST(OcspVerifier, ProducedAtIsNotInTheFuture) {
  const OcspWorld world;
  ResponseText text = world.Response();
  text.produced_at = GeneralizedTime("20260115000001Z");
  const Octets der = world.ByCa(text);
  OcspPolicy policy = AtWorldTime();
  EXPECT_EQ(CodeAt(der, policy), ErrorCode::kOcspNotYetCurrent);
  policy.clock_skew = std::chrono::seconds(1);
  EXPECT_EQ(CodeAt(der, policy), ErrorCode::kOk);
}

TEST(OcspVerifier, WithoutNextUpdateOnlyTheCallersLimitOnAgeServes) {
  SingleText single = OcspWorld().Single();
  single.next_update = {};
  const Octets der = Answers({single.Der()});
  OcspPolicy policy = AtWorldTime();
  EXPECT_EQ(CodeAt(der, policy), ErrorCode::kOcspNoNextUpdate);
  policy.max_age = std::chrono::hours(24 * 30);
  EXPECT_EQ(CodeAt(der, policy), ErrorCode::kOk);
  policy.next_update = OcspNextUpdate::kIgnored;
  policy.max_age.reset();
  EXPECT_EQ(CodeAt(der, policy), ErrorCode::kOk);
}

TEST(OcspVerifier, RevokedIsBelievedWhenOldAndSaysSo) {
  const OcspWorld world;
  for (const Octets& status : {Revoked(), Revoked("20260102030405Z", 6)}) {
    const Octets der = Answers({world.Single(status).Der()});
    OcspPolicy policy;
    policy.at = *ParseTime("2026-02-01");
    const auto verified = Verify(der, policy);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->currency(), ErrorCode::kOcspStale);
  }
  OcspPolicy policy;
  policy.at = *ParseTime("2026-02-01");
  EXPECT_EQ(CodeAt(Answers({world.Single(Unknown()).Der()}), policy),
            ErrorCode::kOcspStale);
}

// In two steps: the second takes nothing that the first has not verified.
TEST(OcspVerifier, AnswerOfWhatWasSignedAndForItsIssuerAlone) {
  const OcspWorld world;
  const OcspIssuer issuer = world.Issuer();
  OcspVerifier verifier;
  const OcspPolicy policy = AtWorldTime();
  const Octets good = world.ByCa(world.Response());
  const auto response = *OcspResponseView::Parse(good);
  const auto by = verifier.VerifySigner(response, issuer, policy);
  ASSERT_TRUE(by.ok()) << by.status();
  EXPECT_EQ(by->signer(), OcspSigner::kIssuer);
  const auto singles_of = [](const OcspResponseView& view) {
    std::vector<OcspSingleResponse> singles;
    view.ForEachResponse(
        [&](const OcspSingleResponse& single) { singles.push_back(single); });
    return singles;
  };
  const auto code = [&](const OcspIssuer& asked,
                        const std::vector<OcspSingleResponse>& singles) {
    return NameOf(ErrorCodeOf(
        OcspVerifier::AnswerOf(*by, asked, WorldQuestion(), policy, singles)
            .status()));
  };
  const auto mine = singles_of(response);
  const auto answer =
      OcspVerifier::AnswerOf(*by, issuer, WorldQuestion(), policy, mine);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status(), OcspStatus::kGood);
  // Of a response that nobody has verified, though it says the same.
  const Octets other = world.ByCa(world.Response(Revoked()));
  EXPECT_EQ(code(issuer, singles_of(*OcspResponseView::Parse(other))),
            "ocsp_no_answer");
  EXPECT_EQ(code(issuer, {}), "ocsp_no_answer");
  // For another issuer, of the same key even.
  OcspWorld renamed;
  CertificateText text = renamed.CaText();
  text.subject = CommonName("Another CA");
  const auto another = *OcspIssuer::Create(
      BufferOf(renamed.ca.key.Signed(text, renamed.ca.form)));
  EXPECT_EQ(code(another, mine), "ocsp_other_issuer");
}

TEST(OcspIssuer, NamesItsCertificatesInEveryHash) {
  const OcspWorld world;
  const OcspIssuer issuer = world.Issuer();
  for (const auto& [digest, hash] :
       {std::pair("SHA1", CertIdHash::kSha1),
        std::pair("SHA256", CertIdHash::kSha256),
        std::pair("SHA384", CertIdHash::kSha384),
        std::pair("SHA512", CertIdHash::kSha512)}) {
    EXPECT_EQ(
        issuer.CertIdOf(hash, *SerialNumber::FromText("0123")),
        CertIdFor(digest, CommonName("Test CA"), world.ca.key.Spki()).Der());
  }
  EXPECT_EQ(CodeOf(OcspIssuer::Create(BufferOf(Hex("3000")))),
            ErrorCode::kTruncated);
}

}  // namespace
}  // namespace revstat::test
