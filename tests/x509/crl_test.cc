#include "engine/x509/crl.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "tests/support/crl_text.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::CrlText;
using test::Failure;
using test::Integer;
using test::Octets;
using test::OffsetOf;
using test::UtcTime;

Failure FailureOf(const CrlText& text) {
  return test::FailureOf<CrlView>(text.Der());
}

TEST(Crl, ReadsEveryFieldWithoutCopying) {
  const CrlText text;
  const Octets der = text.Der();
  const auto crl = CrlView::Parse(der);
  ASSERT_TRUE(crl.ok()) << crl.status();
  EXPECT_EQ(crl->version(), 2);
  EXPECT_TRUE(Equal(crl->der(), der));
  EXPECT_EQ(crl->der().data(), der.data());
  EXPECT_TRUE(Equal(crl->tbs_tlv(), text.Tbs()));
  EXPECT_TRUE(Equal(crl->signature_algorithm_tlv(), text.algorithm));
  EXPECT_TRUE(Equal(crl->signature(), Octets(64, 0xa5)));
  EXPECT_TRUE(Equal(crl->issuer().tlv(), text.issuer));
  EXPECT_EQ(FormatTime(crl->this_update()), "2026-01-01T00:00:00Z");
  EXPECT_EQ(FormatTime(*crl->next_update()), "2026-02-01T00:00:00Z");
  EXPECT_TRUE(Equal(crl->entries(), text.entries[0]));
  EXPECT_EQ(ToHex(crl->crl_number()->magnitude()), "07");
  EXPECT_FALSE(crl->is_delta());
  EXPECT_FALSE(crl->is_indirect());
}

TEST(Crl, OfVersionOneHasNoVersionFieldAndNoExtensions) {
  CrlText text;
  text.version = {};
  text.extensions = {};
  const Octets der = text.Der();
  const auto crl = CrlView::Parse(der);
  ASSERT_TRUE(crl.ok()) << crl.status();
  EXPECT_EQ(crl->version(), 1);
}

TEST(Crl, OfVersionOneWithExtensionsIsRefused) {
  CrlText text;
  text.version = {};
  const Octets der = text.Der();
  const Octets field =
      test::Nest(der::ContextConstructed(0), {test::Seq(text.extensions)});
  EXPECT_EQ(
      test::FailureOf<CrlView>(der),
      (Failure{ErrorCode::kBadVersion, OffsetOf(field, der), "crlExtensions"}));
}

TEST(Crl, VersionIsTwoWhereItIsPresent) {
  const std::vector<std::pair<Octets, ErrorCode>> cases = {
      {Integer(0), ErrorCode::kBadVersion},
      {Integer(2), ErrorCode::kIntegerOutOfRange},
      {Integer(255), ErrorCode::kIntegerOutOfRange},
      {test::IntegerOf("ff"), ErrorCode::kIntegerOutOfRange},
      {test::IntegerOf("0001"), ErrorCode::kNonMinimalInteger},
      {test::IntegerOf(""), ErrorCode::kEmptyInteger}};
  for (const auto& [version, code] : cases) {
    CrlText text;
    text.version = version;
    const Octets der = text.Der();
    EXPECT_EQ(test::FailureOf<CrlView>(der),
              (Failure{code, OffsetOf(version, der), "version"}));
  }
}

TEST(Crl, CutAtAnyOctetIsTruncated) {
  const Octets der = CrlText().Der();
  for (size_t size = 0; size < der.size(); ++size)
    EXPECT_EQ(test::FailureOf<CrlView>(Bytes(der).first(size)),
              (Failure{ErrorCode::kTruncated, 0, "CertificateList"}))
        << size;
}

TEST(Crl, CutAtAnyOctetUnderACorrectOuterLengthIsRefused) {
  const CrlText text;
  const Octets content =
      test::Join({text.Tbs(), text.algorithm, text.signature});
  for (size_t size = 0; size < content.size(); ++size) {
    const Octets part(content.begin(),
                      content.begin() + static_cast<long>(size));
    const Failure failure =
        test::FailureOf<CrlView>(test::Tlv(der::kSequence, part));
    EXPECT_EQ(failure.code, ErrorCode::kTruncated) << size;
    EXPECT_LE(failure.offset, size + 3);
  }
}

TEST(Crl, CutInsideTheTbsUnderCorrectLengthsIsRefusedOrAnotherCrl) {
  const CrlText text;
  const Octets tbs = text.Tbs();
  ASSERT_LT(tbs[1], 0x80);
  const Octets content(tbs.begin() + 2, tbs.end());
  for (size_t size = 0; size < content.size(); ++size) {
    const Octets part(content.begin(),
                      content.begin() + static_cast<long>(size));
    const Octets der = test::Seq(
        {test::Tlv(der::kSequence, part), text.algorithm, text.signature});
    const Failure failure = test::FailureOf<CrlView>(der);
    // Whole optional fields may be missing from the end.
    const bool whole = size >= test::Join({text.version, text.algorithm,
                                           text.issuer, text.this_update})
                                   .size() &&
                       failure.code == ErrorCode::kOk;
    if (!whole) {
      EXPECT_EQ(failure.code, ErrorCode::kTruncated) << size;
    }
  }
}

TEST(Crl, WithTrailingDataAnywhereIsRefused) {
  const Octets extra = {0x05, 0x00};
  const CrlText good;
  {
    const Octets der = test::Join({good.Der(), extra});
    EXPECT_EQ(
        test::FailureOf<CrlView>(der),
        (Failure{ErrorCode::kTrailingData, der.size() - 2, "CertificateList"}));
  }
  {
    const Octets der =
        test::Seq({good.Tbs(), good.algorithm, good.signature, extra});
    EXPECT_EQ(
        test::FailureOf<CrlView>(der),
        (Failure{ErrorCode::kTrailingData, der.size() - 2, "CertificateList"}));
  }
  CrlText text;
  text.after_extensions = extra;
  const Octets der = text.Der();
  EXPECT_EQ(
      test::FailureOf<CrlView>(der),
      (Failure{ErrorCode::kTrailingData, OffsetOf(extra, der), "tbsCertList"}));
}

TEST(Crl, WithAnotherTagNamesTheField) {
  const Octets wrong = test::Text(der::kIa5String, "wrong");
  const std::vector<std::pair<Octets CrlText::*, const char*>> fields = {
      {&CrlText::algorithm, "signature"},
      {&CrlText::issuer, "issuer"},
      {&CrlText::this_update, "thisUpdate"},
      {&CrlText::signature, "signatureValue"}};
  for (const auto& [member, field] : fields) {
    CrlText text;
    text.*member = wrong;
    const Octets der = text.Der();
    EXPECT_EQ(test::FailureOf<CrlView>(der),
              (Failure{ErrorCode::kUnexpectedTag, OffsetOf(wrong, der), field}))
        << field;
  }
  CrlText text;
  text.outer_algorithm = wrong;
  EXPECT_EQ(FailureOf(text).field, "signatureAlgorithm");
  const Octets set = test::Tlv(der::kSet, {});
  EXPECT_EQ(test::FailureOf<CrlView>(set),
            (Failure{ErrorCode::kUnexpectedTag, 0, "CertificateList"}));
}

TEST(Crl, WithLengthsThatDerForbidsIsRefused) {
  const Octets der = CrlText().Der();
  ASSERT_EQ(der[1], 0x81);
  const Octets content(der.begin() + 3, der.end());
  const auto with_header = [&](const Octets& header) {
    return test::FailureOf<CrlView>(test::Join({header, content}));
  };
  const uint8_t size = der[2];
  EXPECT_EQ(with_header({0x30, 0x82, 0x00, size}),
            (Failure{ErrorCode::kNonMinimalLength, 0, "CertificateList"}));
  EXPECT_EQ(with_header({0x30, 0x80}),
            (Failure{ErrorCode::kIndefiniteLength, 0, "CertificateList"}));
  EXPECT_EQ(with_header({0x30, 0x85, 0, 0, 0, 0, size}),
            (Failure{ErrorCode::kLengthTooLarge, 0, "CertificateList"}));
  EXPECT_EQ(with_header({0x30, 0x84, 0xff, 0xff, 0xff, 0xff}),
            (Failure{ErrorCode::kTruncated, 0, "CertificateList"}));
  EXPECT_EQ(with_header({0x3f, 0x81, size}).code, ErrorCode::kUnexpectedTag);
}

TEST(Crl, TimesThatAreNotRfc5280sAreRefused) {
  for (const char* time : {"2601010000Z", "260101000000+0000", "260230000000Z",
                           "26010100000.5Z", ""}) {
    CrlText text;
    text.this_update = UtcTime(time);
    Octets der = text.Der();
    EXPECT_EQ(test::FailureOf<CrlView>(der),
              (Failure{ErrorCode::kBadTime, OffsetOf(text.this_update, der),
                       "thisUpdate"}));
    text = CrlText();
    text.next_update = UtcTime(time);
    der = text.Der();
    EXPECT_EQ(test::FailureOf<CrlView>(der),
              (Failure{ErrorCode::kBadTime, OffsetOf(text.next_update, der),
                       "nextUpdate"}));
  }
}

TEST(Crl, NextUpdateMayBeMissing) {
  CrlText text;
  text.next_update = {};
  const Octets der = text.Der();
  const auto crl = CrlView::Parse(der);
  ASSERT_TRUE(crl.ok()) << crl.status();
  EXPECT_FALSE(crl->next_update().has_value());
  EXPECT_FALSE(crl->entries().empty());
}

TEST(Crl, NextUpdateBeforeThisUpdateIsRefused) {
  CrlText text;
  text.next_update = UtcTime("251231235959Z");
  const Octets der = text.Der();
  EXPECT_EQ(test::FailureOf<CrlView>(der),
            (Failure{ErrorCode::kTimesReversed, OffsetOf(text.next_update, der),
                     "nextUpdate"}));
}

TEST(Crl, NextUpdateMayEqualThisUpdate) {
  CrlText text;
  text.next_update = text.this_update;
  EXPECT_EQ(FailureOf(text), Failure{});
}

TEST(Crl, RevokedCertificatesMayBeAbsentOrEmpty) {
  CrlText absent;
  absent.entries = {};
  CrlText empty;
  empty.revoked_certificates = Octets{};
  for (const CrlText& text : {absent, empty}) {
    const Octets der = text.Der();
    const auto crl = CrlView::Parse(der);
    ASSERT_TRUE(crl.ok()) << crl.status();
    EXPECT_TRUE(crl->entries().empty());
    EXPECT_TRUE(crl->crl_number().has_value());
  }
}

TEST(Crl, AlgorithmsInsideAndOutsideMustBeTheSame) {
  CrlText text;
  text.outer_algorithm =
      test::Seq({test::Oid("1.3.101.112"), test::Tlv(der::kNull, {})});
  const Octets der = text.Der();
  EXPECT_EQ(
      test::FailureOf<CrlView>(der),
      (Failure{ErrorCode::kAlgorithmMismatch,
               OffsetOf(*text.outer_algorithm, der), "signatureAlgorithm"}));
}

TEST(Crl, SignatureIsWholeOctets) {
  for (const char* hex : {"0300", "030201fe", "030208ff"}) {
    CrlText text;
    text.signature = test::Hex(hex);
    const Octets der = text.Der();
    EXPECT_EQ(test::FailureOf<CrlView>(der),
              (Failure{ErrorCode::kBadBitString, OffsetOf(text.signature, der),
                       "signatureValue"}));
  }
}

TEST(Crl, OfFourGibibytesOrMoreIsTooLarge) {
  // Address space that is never read, nor stored anywhere.
  const size_t size = size_t{CrlView::kMaxBytes} + 1;
  void* region = mmap(nullptr, size, PROT_READ,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) GTEST_SKIP() << "no address space";
  const Bytes der(static_cast<const uint8_t*>(region), size);
  der::Trace trace(der);
  CrlView::Parse(der, &trace);
  EXPECT_EQ(test::AsFailure(trace.error()),
            (Failure{ErrorCode::kTooLarge, 0, "CertificateList"}));
  EXPECT_EQ(test::CodeOf(CrlView::Parse(der)), ErrorCode::kTooLarge);
  munmap(region, size);
}

TEST(Crl, ErrorsOfThePublicParserNameFieldAndOffset) {
  CrlText text;
  text.this_update = UtcTime("bad");
  const Octets der = text.Der();
  const auto crl = CrlView::Parse(der);
  EXPECT_EQ(MessageOf(crl.status()),
            Concat({"thisUpdate: ", MeaningOf(ErrorCode::kBadTime), " (octet ",
                    std::to_string(OffsetOf(text.this_update, der)),
                    ") [bad_time]"}));
}

TEST(CrlNumber, IsOrderedByValueWhateverItsLength) {
  const Octets one = {1}, high = {0, 0x80}, two_octets = {1, 0}, zero = {0};
  EXPECT_LT(CrlNumber(zero), CrlNumber(one));
  EXPECT_LT(CrlNumber(one), CrlNumber(high));
  EXPECT_LT(CrlNumber(high), CrlNumber(two_octets));
  EXPECT_EQ(CrlNumber(high).magnitude().size(), 1u);
  EXPECT_EQ(CrlNumber(one), CrlNumber(Bytes(one)));
  const Octets long_one(30, 0x11), longer(31, 0x10);
  EXPECT_LT(CrlNumber(long_one), CrlNumber(longer));
}

}  // namespace
}  // namespace revstat
