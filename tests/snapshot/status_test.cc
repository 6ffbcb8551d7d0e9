// What a snapshot answers for one CRL: every status and cause, by time.
#include <gtest/gtest.h>

#include <array>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

Verdict Ask(const Snapshot& snapshot, std::string_view serial,
            const LookupPolicy& policy) {
  const Verdict one = snapshot.Lookup(policy, Key(serial));
  // Batches answer the same.
  const std::vector<LookupKey> keys(3, Key(serial));
  std::vector<Verdict> batch(3);
  snapshot.Lookup(policy, keys, batch);
  for (const Verdict& verdict : batch) {
    EXPECT_EQ(std::memcmp(&verdict, &one, sizeof(one)), 0);
  }
  return one;
}

Verdict AskOne(const CrlText& crl, std::string_view serial,
               const LookupPolicy& policy) {
  return Ask(*SnapshotOf(TestAuthority(), {crl}), serial, policy);
}

CrlText CrlWith(const std::vector<Octets>& entries) {
  CrlText text;
  text.entries = entries;
  return text;
}

void ExpectUnknown(const Verdict& verdict, Cause cause) {
  EXPECT_EQ(NameOf(verdict.status), "unknown");
  EXPECT_EQ(NameOf(verdict.cause), NameOf(cause));
}

TEST(Status, ActiveWhenNotListedInACurrentCrl) {
  const Verdict verdict = AskOne({}, "0456", At(kDuring));
  EXPECT_EQ(verdict.status, Status::kActive);
  EXPECT_EQ(verdict.cause, Cause::kNone);
  EXPECT_EQ(verdict.source, 0u);
}

TEST(Status, RevokedWithReasonAndTime) {
  const CrlText crl = CrlWith(
      {Entry(IntegerOf("0123"), UtcTime("260102030405Z"), {Reason(1)})});
  const Verdict verdict = AskOne(crl, "0123", At(kDuring));
  EXPECT_EQ(verdict.status, Status::kRevoked);
  EXPECT_EQ(verdict.reason, ReasonCode::kKeyCompromise);
  EXPECT_EQ(FormatTime(verdict.revocation_time()), "2026-01-02T03:04:05Z");
  EXPECT_FALSE(verdict.is_stale());
}

TEST(Status, OnHoldWhenTheReasonIsCertificateHold) {
  const CrlText crl = CrlWith(
      {Entry(IntegerOf("0123"), UtcTime("260102030405Z"), {Reason(6)})});
  EXPECT_EQ(AskOne(crl, "0123", At(kDuring)).status, Status::kOnHold);
}

TEST(Status, EmptyCrlMakesAllActive) {
  EXPECT_EQ(AskOne(CrlWith({}), "0123", At(kDuring)).status, Status::kActive);
}

TEST(Status, StaleCrlStillProvesRevokedAndNeverActive) {
  const LookupPolicy later = At("2026-02-01T00:00:01Z");
  const Verdict revoked = AskOne({}, "0123", later);
  EXPECT_EQ(revoked.status, Status::kRevoked);
  EXPECT_TRUE(revoked.is_stale());
  ExpectUnknown(AskOne({}, "0456", later), Cause::kStale);
  EXPECT_EQ(AskOne({}, "0456", At("2026-02-01T00:00:00Z")).status,
            Status::kActive);
}

TEST(Status, ClockSkewWidensTheWindowOnBothSides) {
  LookupPolicy policy = At("2026-02-01T00:05:00Z");
  policy.clock_skew = std::chrono::minutes(5);
  EXPECT_EQ(AskOne({}, "0456", policy).status, Status::kActive);
  policy.at += std::chrono::seconds(1);
  ExpectUnknown(AskOne({}, "0456", policy), Cause::kStale);
  policy.at = *ParseTime("2025-12-31T23:55:00Z");
  EXPECT_EQ(AskOne({}, "0456", policy).status, Status::kActive);
  policy.at -= std::chrono::seconds(1);
  ExpectUnknown(AskOne({}, "0456", policy), Cause::kNotYetCurrent);
}

TEST(Status, IgnoringNextUpdateLetsAnOldCrlProveActive) {
  LookupPolicy policy = At("2030-01-01T00:00:00Z");
  policy.next_update = NextUpdatePolicy::kIgnore;
  EXPECT_EQ(AskOne({}, "0456", policy).status, Status::kActive);
}

TEST(Status, MaximumAgeCountsFromThisUpdate) {
  LookupPolicy policy = At("2026-01-02T00:00:00Z");
  policy.max_age = std::chrono::hours(24);
  EXPECT_EQ(AskOne({}, "0456", policy).status, Status::kActive);
  policy.at += std::chrono::seconds(1);
  ExpectUnknown(AskOne({}, "0456", policy), Cause::kStale);
  policy.next_update = NextUpdatePolicy::kIgnore;
  ExpectUnknown(AskOne({}, "0456", policy), Cause::kStale);
}

TEST(Status, WithoutNextUpdateOnlyAMaximumAgeMakesACrlCurrent) {
  CrlText crl;
  crl.next_update = {};
  ExpectUnknown(AskOne(crl, "0456", At(kDuring)), Cause::kNoNextUpdate);
  EXPECT_EQ(AskOne(crl, "0123", At(kDuring)).status, Status::kRevoked);
  LookupPolicy policy = At(kDuring);
  policy.max_age = std::chrono::hours(24 * 30);
  EXPECT_EQ(AskOne(crl, "0456", policy).status, Status::kActive);
}

TEST(Status, RevocationAfterTheAskedTimeIsNeitherRevokedNorActive) {
  const CrlText crl =
      CrlWith({Entry(IntegerOf("0123"), UtcTime("260120000000Z"))});
  ExpectUnknown(AskOne(crl, "0123", At("2026-01-19T23:59:59Z")),
                Cause::kRevokedLater);
  EXPECT_EQ(AskOne(crl, "0123", At("2026-01-20T00:00:00Z")).status,
            Status::kRevoked);
  // Who is listed is never let through for want of knowledge, also where the
  // CRL is from after the asked time.
  ExpectUnknown(AskOne(crl, "0123", At("2025-12-01T00:00:00Z")),
                Cause::kRevokedLater);
  // Unless the CA's clock may be that much ahead.
  LookupPolicy skewed = At("2026-01-19T23:55:00Z");
  skewed.clock_skew = std::chrono::minutes(5);
  EXPECT_EQ(AskOne(crl, "0123", skewed).status, Status::kRevoked);
  skewed.at -= std::chrono::seconds(1);
  ExpectUnknown(AskOne(crl, "0123", skewed), Cause::kRevokedLater);
}

// A list for an earlier time, and a later one that lists from even later on.
TEST(Status, unknown_ListedLaterWhereNothingProvesItActiveNow) {
  const TestAuthority authority;
  CrlText later = CrlWith({Entry(IntegerOf("0123"), UtcTime("260125000000Z"))});
  later.this_update = UtcTime("260120000000Z");
  later.extensions = {Number(8)};
  const auto ask = [&](std::string_view next_update) {
    CrlText now = CrlWith({});
    now.next_update = UtcTime(next_update);
    SnapshotBuilder builder;
    EXPECT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
    EXPECT_TRUE(builder.IngestCrl(authority.Crl(now), {}).ok());
    EXPECT_TRUE(builder.IngestCrl(authority.Crl(later), {}).ok());
    SnapshotBuilder::BuildOptions options;
    options.as_of = *ParseTime(kDuring);
    return Ask(*builder.Build(options), "0123", At(kDuring));
  };
  EXPECT_EQ(ask("260116000000Z").status, Status::kActive);
  ExpectUnknown(ask("260112000000Z"), Cause::kRevokedLater);
}

// In two scopes, whichever is asked first: revoked before on hold, then the
// earlier time.
TEST(Status, revoked_OrOnHoldSinceTheEarliestOfTwoLists) {
  const auto listed = [](const char* time, uint8_t reason) {
    return CrlWith({Entry(IntegerOf("0123"), UtcTime(time), {Reason(reason)})});
  };
  const auto ask = [](const CrlText& of_all, CrlText of_users) {
    const TestAuthority authority;
    of_users.extensions.push_back(
        IssuingPoint({True(der::ContextPrimitive(1))}));
    SnapshotBuilder builder;
    EXPECT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
    EXPECT_TRUE(builder.IngestCrl(authority.Crl(of_all), {}).ok());
    EXPECT_TRUE(builder.IngestCrl(authority.Crl(of_users), {}).ok());
    const Verdict verdict = Ask(*builder.Build(), "0123", At(kDuring));
    return Concat(
        {NameOf(verdict.status), " ", FormatTime(verdict.revocation_time())});
  };
  const CrlText hold = listed("260105000000Z", 6);
  const CrlText later_hold = listed("260106000000Z", 6);
  const CrlText revoked = listed("260107000000Z", 1);
  const CrlText later_revoked = listed("260108000000Z", 4);
  const std::vector<std::array<CrlText, 2>> pairs = {
      {hold, later_hold}, {revoked, later_revoked}, {revoked, hold}};
  const std::vector<std::string> expected = {"on_hold 2026-01-05T00:00:00Z",
                                             "revoked 2026-01-07T00:00:00Z",
                                             "revoked 2026-01-07T00:00:00Z"};
  for (size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_EQ(ask(pairs[i][0], pairs[i][1]), expected[i]);
    EXPECT_EQ(ask(pairs[i][1], pairs[i][0]), expected[i]);
  }
}

// kUnsupportedCriticalExtension comes after kRevokedLater in the list.
TEST(Status, unknown_ListedLaterIsTheCauseBeforeAnyOther) {
  const Octets later = Entry(IntegerOf("0123"), UtcTime("260120000000Z"));
  CrlText of_users = CrlWith({later});
  of_users.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(1))}));
  CrlText of_all = CrlWith({later});
  of_all.extensions.push_back(
      MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical));
  const TestAuthority authority;
  for (const auto& crls :
       {std::vector<CrlText>{of_all}, std::vector<CrlText>{of_users, of_all},
        std::vector<CrlText>{of_all, of_users}}) {
    ExpectUnknown(Ask(*SnapshotOf(authority, crls), "0123", At(kDuring)),
                  Cause::kRevokedLater);
  }
}

TEST(Status, CrlNewerThanTheAskedTimeProvesAnEarlierRevocation) {
  const CrlText crl =
      CrlWith({Entry(IntegerOf("0123"), UtcTime("251101000000Z"))});
  EXPECT_EQ(AskOne(crl, "0123", At("2025-12-01T00:00:00Z")).status,
            Status::kRevoked);
}

TEST(Status, UnknownCriticalExtensionProvesRevokedAndNeverActive) {
  CrlText crl;
  crl.extensions.push_back(
      MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical));
  EXPECT_EQ(AskOne(crl, "0123", At(kDuring)).status, Status::kRevoked);
  ExpectUnknown(AskOne(crl, "0456", At(kDuring)),
                Cause::kUnsupportedCriticalExtension);
}

TEST(Status, UnknownCriticalEntryExtensionProvesRevokedAndNeverActive) {
  const CrlText crl = CrlWith(
      {Entry(IntegerOf("0123"), UtcTime("260102030405Z"),
             {MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical)})});
  EXPECT_EQ(AskOne(crl, "0123", At(kDuring)).status, Status::kRevoked);
  ExpectUnknown(AskOne(crl, "0456", At(kDuring)),
                Cause::kUnsupportedCriticalExtension);
}

TEST(Status, DeltaAloneProvesRevokedAndNeverActive) {
  CrlText crl;
  crl.extensions.push_back(
      MakeExtension("2.5.29.27", Integer(1), Criticality::kCritical));
  EXPECT_EQ(AskOne(crl, "0123", At(kDuring)).status, Status::kRevoked);
  ExpectUnknown(AskOne(crl, "0456", At(kDuring)), Cause::kOutOfScope);
}

TEST(Status, PartitionProvesRevokedAndNeverActive) {
  CrlText crl;
  crl.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(1))}));
  EXPECT_EQ(AskOne(crl, "0123", At(kDuring)).status, Status::kRevoked);
  ExpectUnknown(AskOne(crl, "0456", At(kDuring)), Cause::kIncomplete);
}

TEST(Status, IndirectCrlSpeaksOfItsIssuersOwnCertificates) {
  CrlText crl;
  crl.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(4))}));
  crl.entries = {Entry(IntegerOf("0123"), UtcTime("260102030405Z"),
                       {CertificateIssuer(CommonName("Other CA"))})};
  // Listed is the other CA's 0123, not ours.
  EXPECT_EQ(AskOne(crl, "0123", At(kDuring)).status, Status::kActive);
  EXPECT_EQ(AskOne(crl, "0456", At(kDuring)).status, Status::kActive);
}

TEST(Status, UnknownIssuerAndNoSource) {
  const auto snapshot = SnapshotOf(TestAuthority(), {});
  ExpectUnknown(Ask(*snapshot, "0123", At(kDuring)), Cause::kNoSource);
  ExpectUnknown(snapshot->Lookup(At(kDuring), Key("0123", kUnknownIssuer)),
                Cause::kNoIssuer);
  ExpectUnknown(snapshot->Lookup(At(kDuring), Key("0123", kAmbiguousIssuer)),
                Cause::kAmbiguousIssuer);
}

TEST(Status, DuplicateEntriesAnswerWithTheStricter) {
  const Octets hold =
      Entry(IntegerOf("0123"), UtcTime("250101000000Z"), {Reason(6)});
  const Octets revoked =
      Entry(IntegerOf("0123"), UtcTime("260102000000Z"), {Reason(1)});
  const Octets later =
      Entry(IntegerOf("0123"), UtcTime("260103000000Z"), {Reason(4)});
  for (const auto& entries : {std::vector<Octets>{hold, revoked, later},
                              std::vector<Octets>{later, revoked, hold}}) {
    const Verdict verdict = AskOne(CrlWith(entries), "0123", At(kDuring));
    EXPECT_EQ(verdict.status, Status::kRevoked);
    EXPECT_EQ(verdict.reason, ReasonCode::kKeyCompromise);
  }
}

TEST(Status, EvidenceNamesTheCrlAndTheEntry) {
  const auto snapshot = SnapshotOf(
      TestAuthority(),
      {CrlWith({Entry(
          IntegerOf("0123"), UtcTime("260102030405Z"),
          {Reason(1), InvalidityDate(GeneralizedTime("20251231000000Z"))})})});
  const Verdict verdict = snapshot->Lookup(At(kDuring), Key("0123"));
  const Evidence evidence = snapshot->Explain(Key("0123"), verdict);
  ASSERT_NE(evidence.crl, nullptr);
  ASSERT_TRUE(evidence.entry.has_value());
  EXPECT_EQ(FormatTime(*evidence.entry->invalidity_date),
            "2025-12-31T00:00:00Z");
  EXPECT_EQ(evidence.crl->sha256(), Sha256(evidence.crl->crl().der()));
  const Evidence absent = snapshot->Explain(
      Key("0456"), snapshot->Lookup(At(kDuring), Key("0456")));
  EXPECT_NE(absent.crl, nullptr);
  EXPECT_FALSE(absent.entry.has_value());
}

}  // namespace
}  // namespace revstat::test
