#include "engine/x509/certificate.h"

#include <gtest/gtest.h>

#include "tests/support/crl_text.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::CertificateText;
using test::Failure;
using test::Hex;
using test::Integer;
using test::MakeExtension;
using test::Nest;
using test::Octets;
using test::OffsetOf;
using test::Seq;
using test::UtcTime;

Failure FailureOf(const CertificateText& text) {
  return test::FailureOf<CertificateView>(text.Der());
}

struct Parsed {
  explicit Parsed(const CertificateText& text) : der(text.Der()) {
    certificate = CertificateView::Parse(der);
    EXPECT_TRUE(certificate.ok()) << certificate.status();
  }
  const CertificateView* operator->() const { return &*certificate; }
  Octets der;
  absl::StatusOr<CertificateView> certificate = absl::UnknownError("");
};

Octets Version(uint32_t value) {
  return Nest(der::ContextConstructed(0), {Integer(value)});
}

TEST(Certificate, ReadsEveryFieldWithoutCopying) {
  CertificateText text;
  text.extensions = {
      MakeExtension("2.5.29.14", test::OctetString(Hex("a1a2"))),
      MakeExtension("2.5.29.35",
                    Seq({test::Tlv(der::ContextPrimitive(0), Hex("b1b2")),
                         test::Tlv(der::ContextPrimitive(2), Hex("05"))})),
      MakeExtension("2.5.29.15", Hex("03020106"), Criticality::kCritical),
      MakeExtension("2.5.29.19", Seq({test::True(), Integer(0)}),
                    Criticality::kCritical),
      MakeExtension("2.5.29.31", Seq({Seq({})})),
      MakeExtension("2.5.29.46", Seq({Seq({})})),
      MakeExtension("2.5.29.56", Hex("0500")),
      MakeExtension("1.2.3.4", Hex("ff"), Criticality::kCritical)};
  const Parsed parsed(text);
  EXPECT_EQ(parsed->der().data(), parsed.der.data());
  EXPECT_TRUE(Equal(parsed->tbs_tlv(), text.Tbs()));
  EXPECT_EQ(parsed->serial().ToText(), "0123");
  EXPECT_TRUE(Equal(parsed->signature_algorithm_tlv(), text.algorithm));
  EXPECT_TRUE(Equal(parsed->signature(), Octets(64, 0xa5)));
  EXPECT_TRUE(Equal(parsed->issuer().tlv(), text.issuer));
  EXPECT_TRUE(Equal(parsed->subject().tlv(), text.subject));
  EXPECT_EQ(FormatTime(parsed->not_before()), "2025-01-01T00:00:00Z");
  EXPECT_EQ(FormatTime(parsed->not_after()), "2035-01-01T00:00:00Z");
  EXPECT_TRUE(Equal(parsed->subject_public_key_info_tlv(), text.public_key));
  EXPECT_EQ(ToHex(parsed->subject_key_identifier()), "a1a2");
  EXPECT_EQ(ToHex(parsed->authority_key_identifier().key_identifier), "b1b2");
  EXPECT_EQ(ToHex(parsed->authority_key_identifier().authority_cert_serial),
            "05");
  EXPECT_EQ(parsed->key_usage(), kKeyCertSign | kCrlSign);
  EXPECT_EQ(parsed->kind(), CertificateView::Kind::kCa);
  EXPECT_FALSE(parsed->crl_distribution_points().empty());
  EXPECT_FALSE(parsed->freshest_crl().empty());
  EXPECT_EQ(parsed->revocation_info(),
            CertificateView::RevocationInfo::kNotAvailable);
}

TEST(Certificate, WithoutExtensionsHasTheirDefaults) {
  const Parsed parsed{CertificateText()};
  EXPECT_EQ(parsed->kind(), CertificateView::Kind::kUser);
  EXPECT_FALSE(parsed->key_usage().has_value());
  EXPECT_TRUE(parsed->subject_key_identifier().empty());
  EXPECT_EQ(parsed->revocation_info(),
            CertificateView::RevocationInfo::kExpected);
}

TEST(Certificate, OfVersionsOneAndTwoIsRead) {
  CertificateText text;
  for (const Octets& version : {Octets{}, Version(0), Version(1)}) {
    text.version = version;
    EXPECT_EQ(FailureOf(text), Failure{});
  }
  text.unique_ids = Hex("81020001 82020002");
  EXPECT_EQ(FailureOf(text), Failure{});
}

TEST(Certificate, OfVersionsOneAndTwoWithExtensionsIsRefused) {
  for (const Octets& version : {Octets{}, Version(0), Version(1)}) {
    CertificateText text;
    text.version = version;
    text.extensions = {MakeExtension("1.2.3", {})};
    const Octets der = text.Der();
    const Octets field =
        Nest(der::ContextConstructed(3), {Seq(text.extensions)});
    EXPECT_EQ(
        test::FailureOf<CertificateView>(der),
        (Failure{ErrorCode::kBadVersion, OffsetOf(field, der), "extensions"}));
  }
}

TEST(Certificate, OfAVersionAboveThreeIsRefused) {
  CertificateText text;
  text.version = Version(3);
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kIntegerOutOfRange);
  text.version = Nest(der::ContextConstructed(0), {});
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kTruncated);
  text.version = Nest(der::ContextConstructed(0), {Integer(2), Integer(2)});
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kTrailingData);
}

TEST(Certificate, CutAtAnyOctetIsTruncated) {
  CertificateText text;
  text.extensions = {MakeExtension("2.5.29.15", Hex("03020106"))};
  const Octets der = text.Der();
  for (size_t size = 0; size < der.size(); ++size)
    EXPECT_EQ(test::FailureOf<CertificateView>(Bytes(der).first(size)),
              (Failure{ErrorCode::kTruncated, 0, "Certificate"}))
        << size;
  const Octets content =
      test::Join({text.Tbs(), text.algorithm, text.signature});
  for (size_t size = 0; size < content.size(); ++size) {
    const Octets part(content.begin(),
                      content.begin() + static_cast<long>(size));
    EXPECT_EQ(
        test::FailureOf<CertificateView>(test::Tlv(der::kSequence, part)).code,
        ErrorCode::kTruncated)
        << size;
  }
}

TEST(Certificate, WithTrailingDataIsRefused) {
  const Octets der = test::Join({CertificateText().Der(), Hex("00")});
  EXPECT_EQ(test::FailureOf<CertificateView>(der),
            (Failure{ErrorCode::kTrailingData, der.size() - 1, "Certificate"}));
  CertificateText text;
  text.unique_ids = Hex("0500");
  EXPECT_EQ(FailureOf(text).field, "tbsCertificate");
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kTrailingData);
}

TEST(Certificate, WithAnotherTagNamesTheField) {
  const Octets wrong = test::Text(der::kIa5String, "wrong");
  const std::vector<std::pair<Octets CertificateText::*, const char*>> fields =
      {{&CertificateText::serial, "serialNumber"},
       {&CertificateText::algorithm, "signature"},
       {&CertificateText::issuer, "issuer"},
       {&CertificateText::not_before, "notBefore"},
       {&CertificateText::not_after, "notAfter"},
       {&CertificateText::subject, "subject"},
       {&CertificateText::public_key, "subjectPublicKeyInfo"},
       {&CertificateText::signature, "signatureValue"}};
  for (const auto& [member, field] : fields) {
    CertificateText text;
    text.*member = wrong;
    const Octets der = text.Der();
    EXPECT_EQ(
        test::FailureOf<CertificateView>(der),
        (Failure{ErrorCode::kUnexpectedTag, OffsetOf(wrong, der), field}));
  }
}

TEST(Certificate, AlgorithmsInsideAndOutsideMustBeTheSame) {
  CertificateText text;
  text.outer_algorithm = Seq({test::Oid("1.3.101.113")});
  const Octets der = text.Der();
  EXPECT_EQ(
      test::FailureOf<CertificateView>(der),
      (Failure{ErrorCode::kAlgorithmMismatch,
               OffsetOf(*text.outer_algorithm, der), "signatureAlgorithm"}));
}

TEST(Certificate, SerialsUpToTwentyOneOctetsOfAnySignAreRead) {
  for (const char* hex : {"00", "ff", "0080"}) {
    CertificateText text;
    text.serial = test::IntegerOf(hex);
    EXPECT_EQ(ToHex(Parsed(text)->serial().content()), hex);
  }
  CertificateText text;
  text.serial = test::Tlv(der::kInteger, Octets(21, 0x81));
  EXPECT_EQ(FailureOf(text), Failure{});
  text.serial = test::Tlv(der::kInteger, Octets(22, 0x81));
  const Octets der = text.Der();
  EXPECT_EQ(test::FailureOf<CertificateView>(der),
            (Failure{ErrorCode::kSerialTooLong, OffsetOf(text.serial, der),
                     "serialNumber"}));
}

TEST(Certificate, TimesThatAreNotRfc5280sAreRefused) {
  CertificateText text;
  text.not_after = UtcTime("3501010000Z");
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kBadTime);
  EXPECT_EQ(FailureOf(text).field, "notAfter");
  text.not_after = test::GeneralizedTime("99991231235959Z");
  EXPECT_EQ(FormatTime(Parsed(text)->not_after()), "9999-12-31T23:59:59Z");
}

TEST(Certificate, MalformedExtensionsAreRefused) {
  struct Case {
    const char* oid;
    const char* value;
    Failure failure;  // offset from the value on
  };
  const std::vector<Case> cases = {
      {"2.5.29.14",
       "0500",
       {ErrorCode::kUnexpectedTag, 0, "subjectKeyIdentifier"}},
      {"2.5.29.14", "04010100", {ErrorCode::kTrailingData, 3, "extnValue"}},
      {"2.5.29.15", "0300", {ErrorCode::kBadBitString, 0, "keyUsage"}},
      {"2.5.29.15", "03020107", {ErrorCode::kBadBitString, 0, "keyUsage"}},
      {"2.5.29.19", "3003010101", {ErrorCode::kBadBoolean, 2, "cA"}},
      {"2.5.29.19", "30030101ff", {}},
      {"2.5.29.19",
       "30020500",
       {ErrorCode::kTrailingData, 2, "basicConstraints"}},
      {"2.5.29.31",
       "3000",
       {ErrorCode::kEmptySequence, 2, "cRLDistributionPoints"}},
      {"2.5.29.46", "0500", {ErrorCode::kUnexpectedTag, 0, "freshestCRL"}}};
  for (const Case& item : cases) {
    const Octets value = Hex(item.value);
    const Octets extension = MakeExtension(item.oid, value);
    CertificateText text;
    text.extensions = {extension};
    const Octets der = text.Der();
    Failure failure = test::FailureOf<CertificateView>(der);
    if (failure.code != ErrorCode::kOk)
      failure.offset -=
          OffsetOf(extension, der) + extension.size() - value.size();
    EXPECT_EQ(failure, item.failure) << item.oid << " " << item.value;
  }
}

TEST(Certificate, AnExtensionThatOccursTwiceIsRefused) {
  // id-ce of every size of number, and others.
  for (const char* oid :
       {"1.2.3", "2.5.29.0", "2.5.29.1", "2.5.29.32", "2.5.29.63", "2.5.29.64",
        "2.5.29.127", "2.5.29.128", "1.3.6.1.5.5.7.1.1"}) {
    CertificateText text;
    text.extensions = {MakeExtension(oid, {}), MakeExtension("1.2.4", {}),
                       MakeExtension(oid, {})};
    EXPECT_EQ(FailureOf(text).code, ErrorCode::kDuplicateExtension) << oid;
    EXPECT_EQ(FailureOf(text).field, "extensions") << oid;
  }
}

TEST(Certificate, AllExtensionsOfDifferentTypesAreRead) {
  CertificateText text;
  text.extensions.clear();
  // Those that are read, and so must be well formed, left out.
  for (const unsigned n : {0u, 1u, 2u, 13u, 32u, 33u, 36u, 37u, 54u, 62u, 63u,
                           64u, 65u, 96u, 127u, 128u, 191u, 192u}) {
    text.extensions.push_back(MakeExtension("2.5.29." + std::to_string(n), {}));
    text.extensions.push_back(MakeExtension("2.5.4." + std::to_string(n), {}));
  }
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kOk);
}

// What is read for OCSP and stapling never refuses a certificate.
TEST(Certificate, PurposesNocheckAndStaplingSayNothingWhereMalformed) {
  struct Case {
    const char* oid;
    const char* value;
    bool is_responder, needs_no_check, must_staple;
  };
  const Case cases[] = {
      {"2.5.29.37", "300a 06082b06010505070309", true, false, false},
      {"2.5.29.37", "3014 06082b06010505070301 06082b06010505070309", true,
       false, false},
      {"2.5.29.37", "300a 06082b06010505070301", false, false, false},
      {"2.5.29.37", "3000", false, false, false},
      {"2.5.29.37", "300b 06082b06010505070309", false, false, false},
      {"2.5.29.37", "300a 06082b06010505070309 00", false, false, false},
      {"1.3.6.1.5.5.7.48.1.5", "0500", false, true, false},
      {"1.3.6.1.5.5.7.48.1.5", "", false, false, false},
      {"1.3.6.1.5.5.7.48.1.5", "0101ff", false, false, false},
      {"1.3.6.1.5.5.7.1.24", "3003 020105", false, false, true},
      {"1.3.6.1.5.5.7.1.24", "3006 020109 020111", false, false, true},
      {"1.3.6.1.5.5.7.1.24", "3003 020109", false, false, false},
      {"1.3.6.1.5.5.7.1.24", "3004 020105", false, false, false}};
  const Octets purpose = Hex("2b06010505070309");
  for (const Case& item : cases) {
    CertificateText text;
    text.extensions = {MakeExtension(item.oid, Hex(item.value))};
    const Octets der = text.Der();
    const auto certificate = CertificateView::Parse(der);
    ASSERT_TRUE(certificate.ok()) << item.oid << " " << item.value;
    EXPECT_EQ(certificate->HasKeyPurpose(purpose), item.is_responder)
        << item.value;
    EXPECT_EQ(
        certificate->ocsp_check() == CertificateView::OcspCheck::kNotNeeded,
        item.needs_no_check)
        << item.value;
    EXPECT_EQ(certificate->stapling() == CertificateView::Stapling::kRequired,
              item.must_staple)
        << item.value;
  }
}

TEST(Certificate, TellsACriticalExtensionThatNobodyProcesses) {
  CertificateText text;
  text.extensions = {
      MakeExtension("2.5.29.32", Seq({}), Criticality::kCritical),
      MakeExtension("2.5.29.37", Seq({}), Criticality::kCritical),
      MakeExtension("1.2.4", {}),
      MakeExtension("1.2.3", {}, Criticality::kCritical)};
  const Octets der = text.Der();
  EXPECT_EQ(
      ToHex(CertificateView::Parse(der)->unsupported_critical_extension()),
      "2a03");
  text.extensions.pop_back();
  const Octets without = text.Der();
  EXPECT_TRUE(CertificateView::Parse(without)
                  ->unsupported_critical_extension()
                  .empty());
}

}  // namespace
}  // namespace revstat
