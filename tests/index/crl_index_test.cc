// IndexCrl: what it counts, what it refuses, and indirect CRLs.
#include "engine/index/crl_index.h"

#include <gtest/gtest.h>

#include "engine/x509/name_text.h"
#include "tests/index/listed_crl.h"

namespace revstat::test {
namespace {

absl::StatusOr<CrlIndex> IndexOf(const Octets& der,
                                 const IndexLimits& limits = {}) {
  const auto crl = CrlView::Parse(der);
  EXPECT_TRUE(crl.ok()) << crl.status();
  return IndexCrl(*crl, TestKey(), limits);
}

Octets Serial(uint32_t number) { return Integer(number); }
Octets Day(unsigned day) {
  return UtcTime("2601" + std::to_string(100 + day).substr(1) + "000000Z");
}
Octets UnknownCritical() {
  return MakeExtension("1.3.6.1.4.1.32473.1", Tlv(der::kNull, {}),
                       Criticality::kCritical);
}

TEST(IndexCrl, CountsEntriesReasonsAndTimes) {
  CrlText text;
  text.entries = {
      Entry(Serial(1), Day(5)),
      Entry(Serial(2), Day(9), {Reason(1)}),
      Entry(Serial(3), Day(2), {Reason(6)}),
      // Not of the usual form: another extension, GeneralizedTime.
      Entry(Serial(4), Day(3),
            {Reason(1), InvalidityDate(GeneralizedTime("20250101000000Z"))}),
      Entry(Serial(5), GeneralizedTime("20260120000000Z"), {Reason(0)}),
      Entry(Serial(1), Day(6)),
  };
  const auto index = IndexOf(text.Der());
  ASSERT_TRUE(index.ok()) << index.status();
  const CrlStatistics& statistics = index->statistics;
  EXPECT_EQ(statistics.entries, 6u);
  EXPECT_EQ(statistics.duplicates, 1u);
  EXPECT_EQ(statistics.without_reason, 2u);
  EXPECT_EQ(statistics.by_reason[0], 1u);
  EXPECT_EQ(statistics.by_reason[1], 2u);
  EXPECT_EQ(statistics.by_reason[6], 1u);
  EXPECT_EQ(FormatTime(*statistics.oldest_revocation), "2026-01-02T00:00:00Z");
  EXPECT_EQ(FormatTime(*statistics.newest_revocation), "2026-01-20T00:00:00Z");
  EXPECT_FALSE(statistics.unsupported_entry.has_value());
}

TEST(IndexCrl, EmptyCrlHasNoTimes) {
  CrlText text;
  text.entries.clear();
  for (const auto& content :
       {std::optional<Octets>(), std::optional(Octets())}) {
    text.revoked_certificates = content;
    const auto index = IndexOf(text.Der());
    ASSERT_TRUE(index.ok()) << index.status();
    EXPECT_EQ(index->statistics.entries, 0u);
    EXPECT_FALSE(index->statistics.oldest_revocation.has_value());
    EXPECT_FALSE(index->statistics.newest_revocation.has_value());
    ASSERT_EQ(index->issuers.size(), 1u);
  }
}

TEST(IndexCrl, NotesTheFirstUnsupportedEntry) {
  CrlText text;
  const Octets first = Entry(Serial(2), Day(1), {UnknownCritical()});
  text.entries = {Entry(Serial(1)), first,
                  Entry(Serial(3), Day(1), {UnknownCritical()})};
  const Octets der = text.Der();
  const auto index = IndexOf(der);
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(index->statistics.unsupported_entry, OffsetOf(first, der));
}

TEST(IndexCrl, RefusesMoreEntriesThanTheLimit) {
  CrlText text;
  text.entries = {Entry(Serial(1)), Entry(Serial(2)), Entry(Serial(3))};
  EXPECT_EQ(CodeOf(IndexOf(text.Der(), {.max_entries = 3})), ErrorCode::kOk);
  EXPECT_EQ(CodeOf(IndexOf(text.Der(), {.max_entries = 2})),
            ErrorCode::kTooMany);
  EXPECT_EQ(CodeOf(IndexOf(text.Der(), {.max_entries = 0})),
            ErrorCode::kTooMany);
  // The one too many is not of the usual form.
  text.entries[2] = Entry(Serial(3), GeneralizedTime("20260101000000Z"));
  EXPECT_EQ(CodeOf(IndexOf(text.Der(), {.max_entries = 2})),
            ErrorCode::kTooMany);
}

TEST(IndexCrl, ReportsABrokenEntryWithItsPlace) {
  CrlText text;
  const Octets broken = Entry(Serial(2), UtcTime("260101000060Z"));
  text.entries = {Entry(Serial(1)), broken, Entry(Serial(3))};
  const auto index = IndexOf(text.Der());
  EXPECT_EQ(CodeOf(index), ErrorCode::kBadTime);
  EXPECT_NE(MessageOf(index.status()).find("revocationDate"),
            std::string_view::npos);
}

TEST(IndexCrl, RemoveFromCrlIsForDeltaCrls) {
  CrlText text;
  text.entries = {Entry(Serial(1), Day(1), {Reason(8)})};
  EXPECT_EQ(CodeOf(IndexOf(text.Der())), ErrorCode::kExtensionNotAllowed);
  text.extensions.push_back(
      MakeExtension("2.5.29.27", Integer(1), Criticality::kCritical));
  const auto index = IndexOf(text.Der());
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->statistics.by_reason[8], 1u);
}

TEST(IndexCrl, CertificateIssuerIsForIndirectCrls) {
  CrlText text;
  text.entries = {
      Entry(Serial(1), Day(1), {CertificateIssuer(CommonName("Other CA"))})};
  EXPECT_EQ(CodeOf(IndexOf(text.Der())), ErrorCode::kExtensionNotAllowed);
}

class Indirect : public testing::Test {
 protected:
  Indirect() {
    text_.extensions.push_back(
        IssuingPoint({True(der::ContextPrimitive(4))}));  // indirectCRL
  }

  // Whether the set of this issuer lists the serial.
  static bool Lists(const CrlIndex& index, const Octets& der,
                    std::string_view issuer, uint8_t serial) {
    const auto name = CanonicalNameOfText(issuer);
    const CrlView crl = *CrlView::Parse(der);
    for (const IssuerIndex& one : index.issuers) {
      if (one.certificate_issuer != *name) continue;
      const auto set = SerialSet::Open(one.index.bytes(), crl.der());
      EXPECT_TRUE(set.ok());
      return set->Find(*SerialNumber::FromContent(Octets{serial})) !=
             SerialSet::kNotListed;
    }
    ADD_FAILURE() << "no such issuer: " << issuer;
    return false;
  }

  CrlText text_;
};

// RFC 5280 5.3.3: an entry without certificateIssuer has that of the entry
// before it; before the first one, the CRL's own.
TEST_F(Indirect, IssuersMayTakeTurns) {
  const auto from = [](std::string_view name) {
    return std::vector<Octets>{CertificateIssuer(CommonName(name))};
  };
  text_.entries = {
      Entry(Serial(1)),
      Entry(Serial(2), Day(1), from("A")),
      Entry(Serial(3)),
      Entry(Serial(1), Day(2), from("B")),
      Entry(Serial(4), Day(2), from("A")),
      Entry(Serial(5)),
      Entry(Serial(6), Day(2), from("Test CA")),
      Entry(Serial(7)),
  };
  const Octets der = text_.Der();
  const auto index = IndexOf(der);
  ASSERT_TRUE(index.ok()) << index.status();
  ASSERT_EQ(index->issuers.size(), 3u);
  EXPECT_EQ(index->statistics.entries, 8u);
  EXPECT_EQ(index->statistics.duplicates, 0u);
  EXPECT_EQ(index->issuers.front().certificate_issuer,
            *CanonicalNameOfText("CN=Test CA"));
  const std::map<std::string, std::set<uint8_t>> wanted = {
      {"CN=Test CA", {1, 6, 7}}, {"CN=A", {2, 3, 4, 5}}, {"CN=B", {1}}};
  for (const auto& [issuer, listed] : wanted) {
    for (uint8_t serial = 1; serial < 10; ++serial)
      EXPECT_EQ(Lists(*index, der, issuer, serial), listed.contains(serial))
          << issuer << " " << int{serial};
  }
}

TEST_F(Indirect, RefusesMoreIssuersThanTheLimit) {
  text_.entries.clear();
  for (char c = 'A'; c < 'F'; ++c) {
    text_.entries.push_back(
        Entry(Serial(1), Day(1),
              {CertificateIssuer(CommonName(std::string_view(&c, 1)))}));
  }
  IndexLimits limits;
  limits.max_certificate_issuers = 6;  // the CRL's own is one
  EXPECT_EQ(CodeOf(IndexOf(text_.Der(), limits)), ErrorCode::kOk);
  limits.max_certificate_issuers = 5;
  EXPECT_EQ(CodeOf(IndexOf(text_.Der(), limits)), ErrorCode::kTooMany);
}

TEST_F(Indirect, CertificateIssuerMustBeADirectoryName) {
  const Octets uri = MakeExtension(
      "2.5.29.29", Seq({Text(der::ContextPrimitive(6), "http://ca.example")}),
      Criticality::kCritical);
  text_.entries = {Entry(Serial(1), Day(1), {uri})};
  EXPECT_EQ(CodeOf(IndexOf(text_.Der())), ErrorCode::kUnexpectedTag);
}

}  // namespace
}  // namespace revstat::test
