// Certificates asked of OCSP responses, alone and beside CRLs.
#include "engine/check/ocsp_checker.h"

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "engine/snapshot/snapshot_builder.h"
#include "tests/verify/ocsp_world.h"

namespace revstat::test {
namespace {

// The world's CA as the only issuer, with CRLs it signs.
std::unique_ptr<const Snapshot> SnapshotWith(const std::vector<CrlText>& crls) {
  const OcspWorld world;
  SnapshotBuilder builder;
  EXPECT_TRUE(builder.AddIssuer(BufferOf(world.CaCertificate())).ok());
  for (const CrlText& crl : crls) {
    const absl::Status status = builder.IngestCrl(
        BufferOf(world.ca.key.Signed(crl, world.ca.form)), {});
    EXPECT_TRUE(status.ok()) << status;
  }
  return builder.Build();
}

OcspCheckPolicy PolicyOf(SourcePolicy sources) {
  OcspCheckPolicy policy;
  policy.sources = sources;
  policy.lookup.at = kWorldTime;
  return policy;
}

Question WorldCertificate() {
  Question question;
  question.key.issuer = 0;
  question.key.serial = *SerialNumber::FromText("0123");
  question.not_before = *ParseTime("2025-01-01");
  question.not_after = *ParseTime("2027-01-01");
  return question;
}

struct Asked {
  Verdict verdict;
  std::string text;  // "revoked contradicted", "unknown stale"
};

Asked Ask(const Snapshot& snapshot, const std::vector<Octets>& responses,
          OcspCheckPolicy policy,
          const Question& question = WorldCertificate()) {
  OcspSet set;
  for (const Octets& response : responses) {
    const absl::Status added = set.Add(BufferOf(response));
    EXPECT_TRUE(added.ok()) << added;
  }
  const LookupPolicy lookup = policy.lookup;
  const auto checker = OcspChecker::Create(snapshot, set, std::move(policy));
  EXPECT_TRUE(checker.ok()) << checker.status();
  const Verdict verdict =
      (*checker)->Join(question, {}, Check(snapshot, lookup, question));
  std::string text(NameOf(verdict.status));
  if (verdict.cause != Cause::kNone)
    text += Concat({" ", NameOf(verdict.cause)});
  if ((verdict.flags & Verdict::kContradicted) != 0) text += " contradicted";
  if (verdict.is_stale()) text += " stale";
  const OcspEvidence evidence = set.Explain(question.key, verdict);
  EXPECT_EQ(evidence.source != nullptr, verdict.is_from_ocsp());
  return {verdict, text};
}

CrlText CrlListing(std::string_view serial) {
  CrlText crl;
  crl.entries = {Entry(IntegerOf(serial))};
  return crl;
}

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

TEST(OcspChecker, DelegatesStatusIsThatOfTheCrls) {
  const OcspWorld world;
  CertificateText certificate = world.DelegateText();
  certificate.extensions = {KeyPurposes({kOcspSigningOid})};
  const Octets unchecked = world.ByDelegate(world.Response(), certificate);
  const Octets nocheck = world.ByDelegate(world.Response());
  const auto policy = PolicyOf(SourcePolicy::kOcspOnly);
  const auto revoked = SnapshotWith({CrlListing("0d")});
  const auto absent = SnapshotWith({CrlListing("0456")});
  EXPECT_EQ(Ask(*absent, {unchecked}, policy).text, "active");
  EXPECT_EQ(Ask(*revoked, {unchecked}, policy).text,
            "unknown responder_revoked");
  EXPECT_EQ(Ask(*revoked, {nocheck}, policy).text, "unknown responder_revoked");
  EXPECT_EQ(Ask(*SnapshotWith({}), {nocheck}, policy).text, "active");
}

TEST(OcspChecker, StapledResponseIsLookedAtFirst) {
  const OcspWorld world;
  const auto snapshot = SnapshotWith({});
  OcspSet set;
  const Octets revoked = world.ByCa(world.Response(Revoked()));
  ASSERT_TRUE(set.Add(BufferOf(revoked)).ok());
  const auto checker =
      *OcspChecker::Create(*snapshot, set, PolicyOf(SourcePolicy::kPreferOcsp));
  Question question = WorldCertificate();
  question.stapling = CertificateView::Stapling::kRequired;
  const Verdict crl = Check(*snapshot, PolicyOf({}).lookup, question);
  const Octets good = world.ByCa(world.Response());
  const auto staple = *OcspResponseView::Parse(good);
  Verdict verdict = checker->JoinStapled(question, {}, crl, &staple);
  EXPECT_EQ(verdict.status, Status::kActive);
  EXPECT_EQ(verdict.source, OcspChecker::kStapled);
  EXPECT_EQ(verdict.flags, Verdict::kFromOcsp | Verdict::kMustStaple);
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

// An intermediate that nobody vouches for: its responder is believed while its
// own certificate is known to be active.
TEST(OcspChecker, IssuerIsBelievedWhileItIsActive) {
  const OcspWorld world;
  const SigningKey& root_key = SigningKey::Edwards("ED25519");
  CertificateText root;
  root.issuer = root.subject = CommonName("Root");
  root.public_key = root_key.Spki();
  CertificateText intermediate = world.CaText();
  intermediate.issuer = root.subject;
  intermediate.serial = IntegerOf("0a");
  const auto snapshot = [&](const char* listed) {
    SnapshotBuilder builder;
    const auto anchor =
        builder.AddIssuer(BufferOf(root_key.Signed(root, Ed25519())));
    EXPECT_TRUE(anchor.ok());
    EXPECT_TRUE(
        builder
            .AddValidatedIssuer(
                BufferOf(root_key.Signed(intermediate, Ed25519())), *anchor)
            .ok());
    if (*listed != 0) {
      CrlText crl = CrlListing(listed);
      crl.issuer = root.subject;
      EXPECT_TRUE(
          builder.IngestCrl(BufferOf(root_key.Signed(crl, Ed25519())), {})
              .ok());
    }
    return builder.Build();
  };
  Question question = WorldCertificate();
  question.key.issuer = 1;
  const Octets good = world.ByCa(world.Response());
  const auto policy = PolicyOf(SourcePolicy::kPreferOcsp);
  EXPECT_EQ(Ask(*snapshot("0b"), {good}, policy, question).text, "active");
  EXPECT_EQ(Ask(*snapshot("0a"), {good}, policy, question).text,
            "unknown signer_not_trusted");
  EXPECT_EQ(Ask(*snapshot(""), {good}, policy, question).text,
            "unknown signer_not_trusted");
  // The root's own OCSP response about the intermediate serves as well.
  ResponseText about = world.Response();
  SingleText single = world.Single();
  single.cert_id =
      CertIdFor("SHA256", root.subject, root_key.Spki(), IntegerOf("0a")).Der();
  about.responses = {single.Der()};
  about.responder = ByName(root.subject);
  const Octets by_root = OcspWorld::Signed(about, {root_key, Ed25519()});
  EXPECT_EQ(Ask(*snapshot(""), {good, by_root}, policy, question).text,
            "active");
}

}  // namespace
}  // namespace revstat::test
