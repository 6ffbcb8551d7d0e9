// CRLs and OCSP joined: every pair of statuses under every policy.
#include "engine/check/source_policy.h"

#include <gtest/gtest.h>

#include "engine/base/bytes.h"

namespace revstat::test {
namespace {

Verdict Of(Status status, Cause cause = Cause::kNone) {
  Verdict verdict;
  verdict.status = status;
  verdict.cause = cause;
  return verdict;
}

// The status and what is marked.
std::string Joined(SourcePolicy policy, const Verdict& crl,
                   const Verdict& ocsp) {
  const Verdict verdict = Join(policy, crl, ocsp);
  return Concat(
      {NameOf(verdict.status), verdict.cause == Cause::kNone ? "" : " ",
       NameOf(verdict.cause),
       (verdict.flags & Verdict::kContradicted) != 0 ? " contradicted" : ""});
}

using enum SourcePolicy;
const Verdict kActive = Of(Status::kActive);
const Verdict kRevokedVerdict = Of(Status::kRevoked);
const Verdict kHold = Of(Status::kOnHold);
const Verdict kExpired = Of(Status::kExpired);
const Verdict kNone = Of(Status::kUnknown, Cause::kNoSource);
const Verdict kStale = Of(Status::kUnknown, Cause::kStale);
const Verdict kNeedsNone = Of(Status::kActive, Cause::kNoRevocationInfo);
const Verdict kLater = Of(Status::kUnknown, Cause::kRevokedLater);
const Verdict kNotKnown = Of(Status::kUnknown, Cause::kResponderUnknown);

TEST(SourcePolicy, RevokedPrevailsWhicheverIsPreferred) {
  for (SourcePolicy policy : {kPreferCrl, kPreferOcsp, kBoth}) {
    EXPECT_EQ(Joined(policy, kRevokedVerdict, kActive), "revoked contradicted");
    EXPECT_EQ(Joined(policy, kActive, kRevokedVerdict), "revoked contradicted");
    EXPECT_EQ(Joined(policy, kHold, kActive), "on_hold contradicted");
    EXPECT_EQ(Joined(policy, kActive, kHold), "on_hold contradicted");
    EXPECT_EQ(Joined(policy, kHold, kRevokedVerdict), "revoked");
    EXPECT_EQ(Joined(policy, kRevokedVerdict, kNone), "revoked");
    EXPECT_EQ(Joined(policy, kNotKnown, kRevokedVerdict), "revoked");
    EXPECT_EQ(Joined(policy, kExpired, kRevokedVerdict), "revoked");
    EXPECT_EQ(Joined(policy, kActive, kActive), "active");
  }
}

TEST(SourcePolicy, OneAloneIsAskedAlone) {
  EXPECT_EQ(Joined(kCrlOnly, kActive, kRevokedVerdict), "active");
  EXPECT_EQ(Joined(kOcspOnly, kRevokedVerdict, kActive), "active");
  EXPECT_EQ(Joined(kOcspOnly, kActive, kNone), "unknown no_source");
}

TEST(SourcePolicy, WhatIsNotPreferredServesWhereTheOtherIsUnknown) {
  for (SourcePolicy policy : {kPreferCrl, kPreferOcsp}) {
    EXPECT_EQ(Joined(policy, kActive, kNone), "active");
    EXPECT_EQ(Joined(policy, kNone, kActive), "active");
    EXPECT_EQ(Joined(policy, kNotKnown, kActive), "active");
    EXPECT_EQ(Joined(policy, kStale, kNone), "unknown stale");
    EXPECT_EQ(Joined(policy, kNone, kStale), "unknown stale");
    EXPECT_EQ(Joined(policy, kNone, kNone), "unknown no_source");
    EXPECT_EQ(Joined(policy, kExpired, kNone), "expired");
  }
  EXPECT_EQ(Joined(kPreferCrl, kStale, kNotKnown), "unknown responder_unknown");
  // Which `--unknown accept` must hear of, whatever else is wrong.
  const Verdict untrusted = Of(Status::kUnknown, Cause::kSignerNotTrusted);
  for (SourcePolicy policy : {kPreferCrl, kPreferOcsp, kBoth}) {
    EXPECT_EQ(Joined(policy, kLater, untrusted), "unknown revoked_later");
    EXPECT_EQ(Joined(policy, untrusted, kLater), "unknown revoked_later");
  }
}

// noRevAvail and short lives make up for sources that are missing.
TEST(SourcePolicy, UnknownAgainstOneThatNeedsNoSource) {
  for (SourcePolicy policy : {kPreferCrl, kPreferOcsp, kBoth}) {
    EXPECT_EQ(Joined(policy, kNeedsNone, kNeedsNone),
              "active no_revocation_info");
    EXPECT_EQ(Joined(policy, kNeedsNone, kNotKnown),
              "unknown responder_unknown");
    EXPECT_EQ(Joined(policy, kNotKnown, kNeedsNone),
              "unknown responder_unknown");
    EXPECT_EQ(Joined(policy, kLater, kNeedsNone), "unknown revoked_later");
    EXPECT_EQ(Joined(policy, kNeedsNone, kLater), "unknown revoked_later");
    EXPECT_EQ(Joined(policy, kNeedsNone, kActive), "active");
    EXPECT_EQ(Joined(policy, kActive, kNeedsNone), "active");
  }
  EXPECT_EQ(Joined(kPreferOcsp, kNeedsNone, kStale),
            "active no_revocation_info");
}

TEST(SourcePolicy, BothMustSayActive) {
  EXPECT_EQ(Joined(kBoth, kActive, kNone), "unknown no_source");
  EXPECT_EQ(Joined(kBoth, kStale, kActive), "unknown stale");
  EXPECT_EQ(Joined(kBoth, kActive, kNotKnown), "unknown responder_unknown");
  EXPECT_EQ(Joined(kBoth, kExpired, kNone), "expired");
}

// Expired by both: the one whose source shows that it was not revoked before.
TEST(SourcePolicy, OfTwoThatSayTheSameTheOneThatIsProven) {
  const Verdict unproven = Of(Status::kExpired, Cause::kNotArchived);
  for (SourcePolicy policy : {kPreferCrl, kPreferOcsp, kBoth}) {
    EXPECT_EQ(Joined(policy, kExpired, unproven), "expired");
    EXPECT_EQ(Joined(policy, unproven, kExpired), "expired");
    EXPECT_EQ(Joined(policy, unproven, unproven), "expired not_archived");
  }
}

TEST(SourcePolicy, FlagsOfTheCertificateAreKept) {
  Verdict crl = kActive;
  Verdict ocsp = kRevokedVerdict;
  ocsp.flags = Verdict::kFromOcsp | Verdict::kStaleSource;
  crl.flags = Verdict::kIsExpired | Verdict::kMustStaple;
  EXPECT_EQ(Join(kPreferCrl, crl, ocsp).flags,
            Verdict::kFromOcsp | Verdict::kStaleSource | Verdict::kIsExpired |
                Verdict::kMustStaple | Verdict::kContradicted);
  // A source's own flags stay its own.
  ocsp = kNone;
  ocsp.flags = Verdict::kFromOcsp;
  EXPECT_FALSE(Join(kPreferCrl, crl, ocsp).is_from_ocsp());
}

TEST(SourcePolicy, NamesAreReadBack) {
  for (SourcePolicy policy :
       {kCrlOnly, kOcspOnly, kPreferCrl, kPreferOcsp, kBoth})
    EXPECT_EQ(SourcePolicyNamed(NameOf(policy)), policy);
  EXPECT_EQ(SourcePolicyNamed("prefer-ocsp"), kPreferOcsp);
  EXPECT_EQ(SourcePolicyNamed("prefer_both"), std::nullopt);
  EXPECT_EQ(SourcePolicyNamed(""), std::nullopt);
}

}  // namespace
}  // namespace revstat::test
