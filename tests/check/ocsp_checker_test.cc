// Certificates asked of OCSP responses, alone and beside CRLs.
#include "engine/check/ocsp_checker.h"

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "tests/check/ocsp_asked.h"

namespace revstat::test {
namespace {

TEST(OcspChecker, EachStatusAlone) {
  const OcspWorld world;
  const auto snapshot = SnapshotWith({});
  const auto policy = PolicyOf(SourcePolicy::kOcspOnly);
  const std::vector<std::pair<Octets, std::string>> cases = {
      {Good(), "active"},
      {Unknown(), "unknown responder_unknown"},
      {Revoked("20260102030405Z", 4), "revoked"},
      {Revoked("20260102030405Z", 6), "on_hold"},
      // Listed only after the time asked about.
      {Revoked("20260115000001Z"), "unknown revoked_later"}};
  for (const auto& [status, expected] : cases) {
    const Asked asked =
        Ask(*snapshot, {world.ByCa(world.Response(status))}, policy);
    EXPECT_EQ(asked.text, expected);
    EXPECT_TRUE(asked.verdict.is_from_ocsp());
  }
  EXPECT_EQ(Ask(*snapshot, {}, policy).text, "unknown no_source");
  const Asked revoked =
      Ask(*snapshot,
          {world.ByCa(world.Response(Revoked("20260102030405Z", 4)))}, policy);
  EXPECT_EQ(revoked.verdict.reason, ReasonCode::kSuperseded);
  EXPECT_EQ(FormatTime(revoked.verdict.revocation_time()),
            "2026-01-02T03:04:05Z");
}

TEST(OcspChecker, TheCertificatesOwnValidityCounts) {
  const OcspWorld world;
  const auto snapshot = SnapshotWith({});
  const auto policy = PolicyOf(SourcePolicy::kOcspOnly);
  Question expired = WorldCertificate();
  expired.not_after = *ParseTime("2026-01-14");
  EXPECT_EQ(
      Ask(*snapshot, {world.ByCa(world.Response())}, policy, expired).text,
      "expired");
  const Asked revoked =
      Ask(*snapshot, {world.ByCa(world.Response(Revoked()))}, policy, expired);
  EXPECT_EQ(revoked.text, "revoked");
  EXPECT_TRUE(revoked.verdict.is_expired());
  // A short life needs no source, but not against the responder's word.
  OcspCheckPolicy lenient = policy;
  lenient.lookup.short_lived = std::chrono::hours(24 * 365 * 3);
  EXPECT_EQ(Ask(*snapshot, {}, lenient).text, "active no_revocation_info");
  EXPECT_EQ(
      Ask(*snapshot, {world.ByCa(world.Response(Unknown()))}, lenient).text,
      "unknown responder_unknown");
}

TEST(OcspChecker, UnknownEachRefusalHasItsCause) {
  const OcspWorld world;
  const auto snapshot = SnapshotWith({});
  const auto policy = PolicyOf(SourcePolicy::kPreferOcsp);
  const auto text = [&](const Octets& response) {
    return Ask(*snapshot, {response}, policy).text;
  };
  ResponseText stale = world.Response();
  SingleText single = world.Single();
  single.next_update = GeneralizedTime("20260111000000Z");
  stale.responses = {single.Der()};
  EXPECT_EQ(text(world.ByCa(stale)), "unknown stale");
  single.next_update = {};
  stale.responses = {single.Der()};
  EXPECT_EQ(text(world.ByCa(stale)), "unknown no_next_update");
  single = world.Single();
  single.this_update = GeneralizedTime("20260116000000Z");
  stale.responses = {single.Der()};
  EXPECT_EQ(text(world.ByCa(stale)), "unknown not_yet_current");
  ResponseText stranger = world.Response();
  stranger.responder = ByName(CommonName("Stranger"));
  EXPECT_EQ(text(world.ByCa(stranger)), "unknown responder_not_known");
  ResponseText weak = world.Response();
  EXPECT_EQ(text(OcspWorld::Signed(weak, {world.ca.key, Ecdsa("SHA1")})),
            "unknown weak_algorithm");
  CertificateText delegate = world.DelegateText();
  delegate.extensions = {};
  EXPECT_EQ(text(world.ByDelegate(world.Response(), delegate)),
            "unknown ocsp_signing_missing");
  delegate = world.DelegateText();
  delegate.not_after = UtcTime("260101000000Z");
  EXPECT_EQ(text(world.ByDelegate(world.Response(), delegate)),
            "unknown responder_expired");
  delegate = world.DelegateText();
  delegate.extensions = {KeyPurposes({kOcspSigningOid})};
  EXPECT_EQ(text(world.ByDelegate(world.Response(), delegate)),
            "unknown responder_unchecked");
  Octets forged = world.ByCa(world.Response());
  forged[OffsetOf(GeneralizedTime("20260120000000Z"), forged) + 15] = '1';
  EXPECT_EQ(text(forged), "unknown bad_signature");
}

TEST(OcspChecker, UnusableResponsesAreNotKept) {
  OcspSet set;
  ResponseText text;
  text.status = Tlv(der::kEnumerated, Octets{3});
  text.response_bytes = Octets{};
  EXPECT_EQ(ErrorCodeOf(set.Add(BufferOf(text.Der()))),
            ErrorCode::kOcspTryLater);
  text = {};
  text.type = Oid("1.2.3");
  EXPECT_EQ(ErrorCodeOf(set.Add(BufferOf(text.Der()))),
            ErrorCode::kOcspNotBasic);
  EXPECT_EQ(ErrorCodeOf(set.Add(BufferOf(Hex("3000")))), ErrorCode::kTruncated);
  EXPECT_TRUE(set.empty());
}

TEST(OcspChecker, RevokedOfSeveralResponsesTheStrictest) {
  const OcspWorld world;
  const auto snapshot = SnapshotWith({});
  const auto policy = PolicyOf(SourcePolicy::kOcspOnly);
  const Octets good = world.ByCa(world.Response());
  const Octets revoked = world.ByCa(world.Response(Revoked()));
  Octets forged = revoked;
  forged[OffsetOf(GeneralizedTime("20260120000000Z"), forged) + 15] = '1';
  EXPECT_EQ(Ask(*snapshot, {good, revoked}, policy).text, "revoked");
  EXPECT_EQ(Ask(*snapshot, {revoked, good}, policy).text, "revoked");
  // What does not verify neither revokes nor hides what does.
  EXPECT_EQ(Ask(*snapshot, {forged, good}, policy).text, "active");
  EXPECT_EQ(Ask(*snapshot, {good, forged}, policy).text, "active");
}

TEST(OcspChecker, ContradictionOfCrlAndOcspIsMarked) {
  const OcspWorld world;
  const Octets good = world.ByCa(world.Response());
  const Octets revoked = world.ByCa(world.Response(Revoked()));
  const auto listed = SnapshotWith({CrlListing("0123")});
  const auto absent = SnapshotWith({CrlListing("0456")});
  for (SourcePolicy sources :
       {SourcePolicy::kPreferCrl, SourcePolicy::kPreferOcsp,
        SourcePolicy::kBoth}) {
    const Asked by_crl = Ask(*listed, {good}, PolicyOf(sources));
    EXPECT_EQ(by_crl.text, "revoked contradicted");
    EXPECT_FALSE(by_crl.verdict.is_from_ocsp());
    const Asked by_ocsp = Ask(*absent, {revoked}, PolicyOf(sources));
    EXPECT_EQ(by_ocsp.text, "revoked contradicted");
    EXPECT_TRUE(by_ocsp.verdict.is_from_ocsp());
    EXPECT_EQ(Ask(*absent, {good}, PolicyOf(sources)).text, "active");
  }
  EXPECT_EQ(Ask(*absent, {}, PolicyOf(SourcePolicy::kBoth)).text,
            "unknown no_source");
  EXPECT_EQ(Ask(*listed, {good}, PolicyOf(SourcePolicy::kOcspOnly)).text,
            "active");
  EXPECT_EQ(Ask(*absent, {revoked}, PolicyOf(SourcePolicy::kCrlOnly)).text,
            "active");
}

TEST(OcspChecker, StapledResponseIsLookedAtFirst) {
  const OcspWorld world;
  const auto snapshot = SnapshotWith({});
  const Octets revoked = world.ByCa(world.Response(Revoked()));
  const auto policy = PolicyOf(SourcePolicy::kPreferOcsp);
  Question question = WorldCertificate();
  question.stapling = CertificateView::Stapling::kRequired;
  const Verdict crl = Check(*snapshot, policy.lookup, question);
  const Octets good = world.ByCa(world.Response());
  const auto staple = *OcspResponseView::Parse(good);
  OcspSet unknown;
  ASSERT_TRUE(
      unknown.Add(BufferOf(world.ByCa(world.Response(Unknown())))).ok());
  Verdict verdict = (*OcspChecker::Create(*snapshot, unknown, policy))
                        ->JoinStapled(question, {}, crl, &staple);
  EXPECT_EQ(verdict.status, Status::kActive);
  EXPECT_EQ(verdict.source, OcspSet::kStapled);
  EXPECT_EQ(verdict.flags, Verdict::kFromOcsp | Verdict::kMustStaple);
  // A server may go on sending what is older than a revocation that is held.
  OcspSet set;
  ASSERT_TRUE(set.Add(BufferOf(revoked)).ok());
  const auto checker = *OcspChecker::Create(*snapshot, set, policy);
  verdict = checker->JoinStapled(question, {}, crl, &staple);
  EXPECT_EQ(verdict.status, Status::kRevoked);
  EXPECT_EQ(verdict.source, 0u);
  EXPECT_EQ(verdict.flags & Verdict::kStapleMissing, 0);
  // None, or one that does not verify: what is held answers, and it is said.
  Octets forged = good;
  forged[OffsetOf(GeneralizedTime("20260120000000Z"), forged) + 15] = '1';
  const auto bad = *OcspResponseView::Parse(forged);
  for (const OcspResponseView* sent :
       {static_cast<const OcspResponseView*>(nullptr), &bad}) {
    verdict = checker->JoinStapled(question, {}, crl, sent);
    EXPECT_EQ(verdict.status, Status::kRevoked);
    EXPECT_EQ(verdict.source, 0u);
    EXPECT_NE(verdict.flags & Verdict::kStapleMissing, 0);
  }
  question.stapling = CertificateView::Stapling::kOptional;
  verdict = checker->JoinStapled(question, {}, crl, nullptr);
  EXPECT_EQ(verdict.flags & Verdict::kStapleMissing, 0);
}

// RFC 6960 4.4.4: a `good` from after the certificate's end counts only where
// the responder has kept the status of those that ended then.
TEST(OcspChecker, ExpiredProvenOnlyWithinTheArchiveCutoff) {
  const OcspWorld world;
  const auto snapshot = SnapshotWith({});
  Question question = WorldCertificate();
  question.not_after = *ParseTime("2026-01-05");  // before thisUpdate
  OcspCheckPolicy policy = PolicyOf(SourcePolicy::kOcspOnly);
  const auto response = [&](const char* cutoff, const Octets& status) {
    SingleText single = world.Single(status);
    if (*cutoff != 0) {
      single.extensions = {
          MakeExtension("1.3.6.1.5.5.7.48.1.6", GeneralizedTime(cutoff))};
    }
    ResponseText text;
    text.responses = {single.Der()};
    return world.ByCa(text);
  };
  const auto text = [&](const char* cutoff, const Octets& status = Good()) {
    return Ask(*snapshot, {response(cutoff, status)}, policy, question).text;
  };
  EXPECT_EQ(text(""), "expired not_archived");
  EXPECT_EQ(text("20260105000001Z"), "expired not_archived");
  EXPECT_EQ(text("20260105000000Z"), "expired");
  EXPECT_EQ(text("20190101000000Z"), "expired");
  // What is said counts, whenever.
  EXPECT_EQ(text("", Revoked()), "revoked");
  // Known while it was valid: nothing can have been forgotten.
  question.not_after = *ParseTime("2026-01-10");  // thisUpdate
  EXPECT_EQ(text(""), "expired");
  EXPECT_EQ(text("20260114000000Z"), "expired");
  // Only the clocks' difference makes such a response count for a time at
  // which the certificate was valid; there it proves nothing.
  policy.lookup.clock_skew = std::chrono::hours(48);
  policy.lookup.at = *ParseTime("2026-01-09");
  question.not_after = policy.lookup.at;
  EXPECT_EQ(text(""), "unknown not_archived");
  EXPECT_EQ(text("20260101000000Z"), "active");
}

// 2.2, 4.4.8: on hold from the beginning of time, and said to be.
TEST(OcspChecker, OnHoldOfACertificateThatWasNeverIssued) {
  const OcspWorld world;
  const auto snapshot = SnapshotWith({});
  ResponseText text = world.Response(Revoked("19700101000000Z", 6));
  const auto policy = PolicyOf(SourcePolicy::kBoth);
  EXPECT_EQ(Ask(*snapshot, {world.ByCa(text)}, policy).text, "on_hold");
  text.extensions = {
      MakeExtension("1.3.6.1.5.5.7.48.1.9", Tlv(der::kNull, {}))};
  EXPECT_EQ(Ask(*snapshot, {world.ByCa(text)}, policy).text,
            "on_hold never_issued");
}

// One response about many certificates is verified once, and each answer is
// looked up: the other answers cost nothing.
TEST(OcspChecker, EachOfManyAnswersOfOneResponse) {
  const OcspWorld world;
  const auto snapshot = SnapshotWith({});
  constexpr uint32_t kAnswers = 4000;
  const auto serial_of = [](uint32_t i) {
    const uint8_t octets[] = {1, static_cast<uint8_t>(i >> 8),
                              static_cast<uint8_t>(i)};
    return *SerialNumber::FromContent(octets);
  };
  ResponseText text;
  text.responses.clear();
  for (uint32_t i = 0; i < kAnswers; ++i) {
    const SerialNumber serial = serial_of(i);
    const Bytes content = serial.content();
    SingleText single;
    single.cert_id =
        CertIdFor("SHA1", CommonName("Test CA"), world.ca.key.Spki(),
                  Tlv(der::kInteger, Octets(content.begin(), content.end())))
            .Der();
    single.status = i % 7 == 0 ? Revoked() : Good();
    text.responses.push_back(single.Der());
  }
  // Of another issuer, with a serial that we ask about.
  SingleText other;
  other.cert_id = CertIdFor("SHA1", CommonName("Another CA"),
                            world.ca.key.Spki(), IntegerOf("010001"))
                      .Der();
  other.status = Revoked("20260103000000Z");
  text.responses.push_back(other.Der());
  OcspSet set;
  OcspLimits limits;
  limits.max_responses = kAnswers + 1;
  ASSERT_TRUE(set.Add(BufferOf(world.ByCa(text)), limits).ok());
  const auto checker =
      *OcspChecker::Create(*snapshot, set, PolicyOf(SourcePolicy::kOcspOnly));
  Question question = WorldCertificate();
  for (uint32_t i = 0; i < kAnswers; ++i) {
    question.key.serial = serial_of(i);
    const Verdict verdict = checker->Ask(question, {});
    ASSERT_EQ(verdict.status, i % 7 == 0 ? Status::kRevoked : Status::kActive);
    const OcspEvidence evidence = set.Explain(question.key, verdict);
    ASSERT_EQ(evidence.single->cert_id.serial, question.key.serial);
    ASSERT_EQ(OcspStatusOf(*evidence.single),
              i % 7 == 0 ? OcspStatus::kRevoked : OcspStatus::kGood);
  }
}

}  // namespace
}  // namespace revstat::test
