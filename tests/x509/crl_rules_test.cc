// What an entry may say depends on the CRL it stands in.
#include <gtest/gtest.h>

#include "engine/index/crl_index.h"
#include "tests/support/crl_text.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::CrlText;
using test::Entry;
using test::Integer;
using test::Octets;
using test::Reason;

constexpr HashKey kKey = {{1, 2, 3, 4, 5, 6}};
const Octets kDate = test::UtcTime("260102030405Z");
const Octets kOther = test::CertificateIssuer(test::CommonName("Other CA"));
const Octets kIndirect =
    test::IssuingPoint({test::True(der::ContextPrimitive(4))});
const Octets kDelta =
    test::MakeExtension("2.5.29.27", Integer(6), Criticality::kCritical);

absl::StatusOr<CrlIndex> Index(const CrlText& text,
                               const IndexLimits& limits = {}) {
  const Octets der = text.Der();
  const auto crl = CrlView::Parse(der);
  EXPECT_TRUE(crl.ok()) << crl.status();
  return IndexCrl(*crl, kKey, limits);
}

// Code and octet, which must be that of the entry.
void ExpectRefused(const CrlText& text, const Octets& entry, ErrorCode code,
                   std::string_view field, const IndexLimits& limits = {}) {
  const auto index = Index(text, limits);
  EXPECT_EQ(ErrorCodeOf(index.status()), code);
  const std::string message(MessageOf(index.status()));
  EXPECT_TRUE(message.starts_with(field)) << message;
  const std::string place = Concat(
      {"(octet ", std::to_string(test::OffsetOf(entry, text.Der())), ")"});
  EXPECT_NE(message.find(place), std::string::npos) << message;
}

TEST(CrlRules, RemoveFromCrlInACompleteCrlIsRefused) {
  CrlText text;
  text.entries = {Entry(Integer(1)), Entry(Integer(2), kDate, {Reason(8)})};
  ExpectRefused(text, text.entries[1], ErrorCode::kExtensionNotAllowed,
                "reasonCode removeFromCRL");
}

TEST(CrlRules, RemoveFromCrlInADeltaCrlIsRead) {
  CrlText text;
  text.extensions.push_back(kDelta);
  text.entries = {Entry(Integer(2), kDate, {Reason(8)})};
  const auto index = Index(text);
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->statistics.by_reason[8], 1u);
}

TEST(CrlRules, CertificateIssuerInADirectCrlIsRefused) {
  CrlText text;
  text.entries = {Entry(Integer(1)), Entry(Integer(2), kDate, {kOther})};
  ExpectRefused(text, text.entries[1], ErrorCode::kExtensionNotAllowed,
                "certificateIssuer");
}

TEST(CrlRules, CertificateIssuerInAnIndirectCrlHoldsForTheEntriesAfterIt) {
  CrlText text;
  text.extensions.push_back(kIndirect);
  text.entries = {Entry(Integer(1)), Entry(Integer(1), kDate, {kOther}),
                  Entry(Integer(2))};
  const auto index = Index(text);
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->issuers.size(), 2u);
  EXPECT_EQ(index->statistics.entries, 3u);
  EXPECT_EQ(index->statistics.duplicates, 0u);
}

TEST(CrlRules, CertificateIssuerWithoutADirectoryNameIsRefused) {
  CrlText text;
  text.extensions.push_back(kIndirect);
  text.entries = {Entry(
      Integer(1), kDate,
      {test::MakeExtension(
          "2.5.29.29",
          test::Seq({test::Text(der::ContextPrimitive(6), "http://x")}))})};
  ExpectRefused(text, text.entries[0], ErrorCode::kUnexpectedTag,
                "certificateIssuer");
}

TEST(CrlRules, DuplicateSerialsAreCounted) {
  CrlText text;
  text.entries = {Entry(Integer(1)), Entry(Integer(2)),
                  Entry(Integer(1), kDate, {Reason(1)})};
  const auto index = Index(text);
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->statistics.entries, 3u);
  EXPECT_EQ(index->statistics.duplicates, 1u);
}

TEST(CrlRules, EntriesOfAllKindsAreCounted) {
  CrlText text;
  text.entries = {
      Entry(Integer(1), test::UtcTime("200101000000Z")),
      Entry(Integer(2), test::UtcTime("300101000000Z"), {Reason(0)}),
      Entry(Integer(3), kDate, {Reason(10)}),
      Entry(Integer(4), kDate,
            {test::MakeExtension("1.2.3", {}, Criticality::kCritical)})};
  const auto index = Index(text);
  ASSERT_TRUE(index.ok()) << index.status();
  const CrlStatistics& statistics = index->statistics;
  EXPECT_EQ(statistics.without_reason, 2u);
  EXPECT_EQ(statistics.by_reason[0], 1u);
  EXPECT_EQ(statistics.by_reason[10], 1u);
  EXPECT_EQ(FormatTime(*statistics.oldest_revocation), "2020-01-01T00:00:00Z");
  EXPECT_EQ(FormatTime(*statistics.newest_revocation), "2030-01-01T00:00:00Z");
  EXPECT_EQ(statistics.unsupported_entry,
            test::OffsetOf(text.entries[3], text.Der()));
}

TEST(CrlRules, AnEmptyListIsAnEmptyIndex) {
  CrlText text;
  text.revoked_certificates = Octets{};
  const auto index = Index(text);
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->statistics.entries, 0u);
  EXPECT_FALSE(index->statistics.oldest_revocation.has_value());
}

TEST(CrlRules, MoreEntriesThanTheLimitAreRefused) {
  CrlText text;
  text.entries = {Entry(Integer(1)), Entry(Integer(2)), Entry(Integer(3))};
  IndexLimits limits;
  limits.max_entries = 3;
  EXPECT_TRUE(Index(text, limits).ok());
  limits.max_entries = 2;
  ExpectRefused(text, text.entries[2], ErrorCode::kTooMany,
                "revokedCertificates", limits);
}

TEST(CrlRules, MoreCertificateIssuersThanTheLimitAreRefused) {
  CrlText text;
  text.extensions.push_back(kIndirect);
  text.entries = {Entry(Integer(1), kDate, {kOther})};
  IndexLimits limits;
  limits.max_certificate_issuers = 1;
  ExpectRefused(text, text.entries[0], ErrorCode::kTooMany, "certificateIssuer",
                limits);
}

TEST(CrlRules, AnEntryThatCannotBeReadRefusesTheCrl) {
  CrlText text;
  const Octets bad = Entry(Integer(2), test::UtcTime("2601020304Z"));
  text.entries = {Entry(Integer(1)), bad, Entry(Integer(3))};
  EXPECT_EQ(ErrorCodeOf(Index(text).status()), ErrorCode::kBadTime);
}

}  // namespace
}  // namespace revstat
