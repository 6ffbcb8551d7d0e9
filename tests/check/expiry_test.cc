// Certificates that expire about when the CRL is issued (RFC 5280 3.3, X.509
// expiredCertsOnCRL).
#include <gtest/gtest.h>

#include "engine/check/checker.h"
#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

// Asked on 2026-01-10, with a skew of five days, about a certificate that
// expires on the 12th.
std::string Answer(const CrlText& crl, std::string_view serial = "0456",
                   std::string_view not_after = "2026-01-12") {
  const auto snapshot = SnapshotOf(TestAuthority(), {crl});
  Question question;
  question.key = Key(serial);
  question.not_before = *ParseTime("2025-01-01");
  question.not_after = *ParseTime(not_after);
  LookupPolicy policy = At("2026-01-10");
  policy.clock_skew = std::chrono::days(5);
  const Verdict single = Check(*snapshot, policy, question);
  Verdict in_batch;
  Check(*snapshot, policy, {&question, 1}, {&in_batch, 1});
  EXPECT_EQ(single.status, in_batch.status);
  EXPECT_EQ(single.cause, in_batch.cause);
  return Concat({NameOf(single.status), single.cause == Cause::kNone ? "" : " ",
                 NameOf(single.cause)});
}

CrlText IssuedOn(std::string_view day) {
  CrlText crl;
  crl.this_update = UtcTime(Concat({"2601", day, "000000Z"}));
  return crl;
}

CrlText Keeping(CrlText crl, std::string_view since) {
  crl.extensions.push_back(MakeExtension("2.5.29.60", GeneralizedTime(since)));
  return crl;
}

TEST(Expiry, CrlFromBeforeItProvesActive) {
  EXPECT_EQ(Answer(IssuedOn("09")), "active");
  EXPECT_EQ(Answer(IssuedOn("11")), "active");
  EXPECT_EQ(Answer(IssuedOn("12")), "active");
}

TEST(Expiry, CrlFromAfterItProvesNothing) {
  EXPECT_EQ(Answer(IssuedOn("13")), "unknown not_yet_current");
  EXPECT_EQ(Answer(IssuedOn("13"), "0456", "2026-06-01"), "active");
}

// Then it has nothing to say of the sources.
TEST(Expiry, ExpiredIsExpired) {
  EXPECT_EQ(Answer(IssuedOn("13"), "0456", "2026-01-09"), "expired");
  EXPECT_EQ(Answer(IssuedOn("13"), "0123", "2026-01-09"), "revoked");
}

TEST(Expiry, ListingStandsAllTheSame) {
  EXPECT_EQ(Answer(IssuedOn("13"), "0123"), "revoked");
}

TEST(Expiry, CrlThatKeepsTheExpiredProvesActive) {
  EXPECT_EQ(Answer(Keeping(IssuedOn("13"), "20250101000000Z")), "active");
  EXPECT_EQ(Answer(Keeping(IssuedOn("13"), "20260112000000Z")), "active");
  EXPECT_EQ(Answer(Keeping(IssuedOn("13"), "20260112000001Z")),
            "unknown not_yet_current");
  EXPECT_EQ(Answer(Keeping(IssuedOn("13"), "20250101000000Z"), "0123"),
            "revoked");
}

}  // namespace
}  // namespace revstat::test
