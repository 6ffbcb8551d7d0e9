#include <gtest/gtest.h>

#include "engine/x509/crl.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"
#include "tests/support/crl_text.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::CrlText;
using test::Failure;
using test::GeneralizedTime;
using test::Hex;
using test::Integer;
using test::MakeExtension;
using test::Nest;
using test::Octets;
using test::OffsetOf;
using test::Seq;

// A parsed CRL with the octets it borrows.
struct Parsed {
  explicit Parsed(const std::vector<Octets>& extensions) {
    CrlText text;
    text.extensions = extensions;
    der = text.Der();
    crl = CrlView::Parse(der);
    EXPECT_TRUE(crl.ok()) << crl.status();
  }
  Octets der;
  absl::StatusOr<CrlView> crl = absl::UnknownError("");
};

// The failure of a CRL with these extensions; offsets from `part` on.
Failure FailureOf(const std::vector<Octets>& extensions, const Octets& part) {
  CrlText text;
  text.extensions = extensions;
  const Octets der = text.Der();
  Failure failure = test::FailureOf<CrlView>(der);
  failure.offset -= OffsetOf(part, der);
  return failure;
}

TEST(CrlExtensions, AreReadWhereTheyAreKnown) {
  const Octets points = Seq({Seq({Nest(
      der::ContextConstructed(0),
      {Nest(der::ContextConstructed(0),
            {test::Text(der::ContextPrimitive(6), "http://x/d.crl")})})})});
  const Parsed parsed({
      MakeExtension("2.5.29.35",
                    Seq({test::Tlv(der::ContextPrimitive(0), Hex("a1b2c3"))})),
      MakeExtension("2.5.29.20", Integer(500)),
      MakeExtension("2.5.29.27", Integer(499), Criticality::kCritical),
      MakeExtension("2.5.29.46", points),
      MakeExtension("2.5.29.60", GeneralizedTime("20200102030405Z")),
      test::IssuingPoint({test::True(der::ContextPrimitive(4))}),
  });
  const CrlView& crl = *parsed.crl;
  EXPECT_EQ(ToHex(crl.authority_key_identifier().key_identifier), "a1b2c3");
  EXPECT_EQ(ToHex(crl.crl_number()->magnitude()), "01f4");
  EXPECT_EQ(ToHex(crl.base_crl_number()->magnitude()), "01f3");
  EXPECT_FALSE(crl.freshest_crl().empty());
  EXPECT_EQ(FormatTime(*crl.expired_certs_on_crl()), "2020-01-02T03:04:05Z");
  EXPECT_TRUE(crl.is_delta());
  EXPECT_TRUE(crl.is_indirect());
  EXPECT_TRUE(crl.unsupported_critical_extension().empty());
}

TEST(CrlExtensions, MayBeAbsentAltogether) {
  const Parsed parsed({});
  EXPECT_FALSE(parsed.crl->crl_number().has_value());
  EXPECT_TRUE(parsed.crl->extensions().empty());
}

TEST(CrlExtensions, UnknownOnesAreKeptToBeWalked) {
  const Parsed parsed({MakeExtension("1.2.3.4", Hex("0500")),
                       MakeExtension("2.5.29.20", Integer(1))});
  der::Trace trace(parsed.crl->extensions());
  der::Cursor cursor(parsed.crl->extensions(), &trace);
  std::string seen;
  ReadExtensions(cursor, "crlExtensions", [&](const Extension& extension) {
    seen += oid::NameOfExtension(extension.oid) + " ";
  });
  EXPECT_EQ(seen, "1.2.3.4 cRLNumber ");
}

TEST(CrlExtensions, AnUnknownCriticalOneIsReportedNotRefused) {
  const Parsed parsed(
      {MakeExtension("1.2.3.4", Hex("0500")),
       MakeExtension("1.2.3.5", Hex("ff"), Criticality::kCritical),
       MakeExtension("1.2.3.6", {}, Criticality::kCritical)});
  EXPECT_EQ(oid::ToDotted(parsed.crl->unsupported_critical_extension()),
            "1.2.3.5");
}

TEST(CrlExtensions, AnExtensionThatOccursTwiceIsRefused) {
  const Octets first = MakeExtension("2.5.29.20", Integer(1));
  const Octets second = MakeExtension("2.5.29.20", Integer(2));
  EXPECT_EQ(FailureOf({first, second}, second),
            (Failure{ErrorCode::kDuplicateExtension, 0, "crlExtensions"}));
  const Octets unknown = MakeExtension("1.2.3", Hex("01"));
  const Octets again = MakeExtension("1.2.3", Hex("02"));
  EXPECT_EQ(FailureOf({unknown, first, again}, again),
            (Failure{ErrorCode::kDuplicateExtension, 0, "crlExtensions"}));
}

TEST(CrlExtensions, UpToSixtyFourAreRead) {
  std::vector<Octets> extensions;
  for (uint32_t i = 0; i < kMaxExtensions; ++i)
    extensions.push_back(MakeExtension("1.2." + std::to_string(i), {}));
  const Parsed parsed(extensions);
  const Octets more = MakeExtension("1.3.1", {});
  extensions.push_back(more);
  EXPECT_EQ(FailureOf(extensions, more),
            (Failure{ErrorCode::kTooMany, 0, "crlExtensions"}));
}

TEST(CrlExtensions, AnEmptyListIsRefused) {
  CrlText text;
  text.extensions = {};
  text.after_extensions = Hex("a0023000");
  const Octets der = text.Der();
  EXPECT_EQ(
      test::FailureOf<CrlView>(der),
      (Failure{ErrorCode::kEmptySequence,
               OffsetOf(text.after_extensions, der) + 4, "crlExtensions"}));
}

TEST(CrlExtensions, DataAfterTheListIsRefused) {
  CrlText text;
  const Octets list = Seq(text.extensions);
  text.extensions = {};
  text.after_extensions = Nest(der::ContextConstructed(0), {list, Hex("0500")});
  EXPECT_EQ(test::FailureOf<CrlView>(text.Der()).code,
            ErrorCode::kTrailingData);
}

TEST(CrlExtensions, AMalformedExtensionIsRefusedAtItsPlace) {
  const Octets oid = test::Oid("1.2.3");
  const std::vector<std::tuple<Octets, ErrorCode, const char*>> cases = {
      {Seq({test::Tlv(der::kOid, {}), test::OctetString({})}),
       ErrorCode::kBadOid, "extnID"},
      {Seq({oid, Hex("010101"), test::OctetString({})}), ErrorCode::kBadBoolean,
       "critical"},
      {Seq({oid}), ErrorCode::kTruncated, "extnValue"},
      {Seq({oid, Hex("0500")}), ErrorCode::kUnexpectedTag, "extnValue"},
      {Seq({oid, test::OctetString({}), Hex("0500")}), ErrorCode::kTrailingData,
       "Extension"},
      {Seq({}), ErrorCode::kTruncated, "extnID"},
      {test::Tlv(der::kSet, {}), ErrorCode::kUnexpectedTag, "Extension"}};
  for (const auto& [extension, code, field] : cases) {
    const Failure failure = FailureOf({extension}, extension);
    EXPECT_EQ(failure.code, code) << field;
    EXPECT_EQ(failure.field, field);
    EXPECT_LE(failure.offset, extension.size());
  }
}

TEST(CrlExtensions, CriticalFalseMayBeEncoded) {
  const Parsed parsed(
      {Seq({test::Oid("1.2.3"), Hex("010100"), test::OctetString({})})});
  EXPECT_TRUE(parsed.crl->unsupported_critical_extension().empty());
}

TEST(CrlExtensions, MalformedValuesAreRefusedAtTheirPlace) {
  struct Case {
    const char* oid;
    Octets value;
    Failure failure;  // offset from the value on
  };
  const std::vector<Case> cases = {
      {"2.5.29.20",
       test::IntegerOf("ff"),
       {ErrorCode::kIntegerOutOfRange, 0, "cRLNumber"}},
      {"2.5.29.20",
       test::IntegerOf("0001"),
       {ErrorCode::kNonMinimalInteger, 0, "cRLNumber"}},
      {"2.5.29.20",
       test::IntegerOf(""),
       {ErrorCode::kEmptyInteger, 0, "cRLNumber"}},
      {"2.5.29.20",
       Hex("02010505"),
       {ErrorCode::kTrailingData, 3, "extnValue"}},
      {"2.5.29.27",
       test::IntegerOf("80"),
       {ErrorCode::kIntegerOutOfRange, 0, "BaseCRLNumber"}},
      {"2.5.29.60",
       GeneralizedTime("202001020304Z"),
       {ErrorCode::kBadTime, 0, "expiredCertsOnCRL"}},
      {"2.5.29.35",
       Hex("310305aabb"),
       {ErrorCode::kUnexpectedTag, 0, "authorityKeyIdentifier"}},
      {"2.5.29.35",
       Hex("3003040101"),
       {ErrorCode::kTrailingData, 2, "authorityKeyIdentifier"}},
      {"2.5.29.46", Hex("3000"), {ErrorCode::kEmptySequence, 2, "freshestCRL"}},
      {"2.5.29.28",
       Hex("3003810101"),
       {ErrorCode::kBadBoolean, 2, "onlyContainsUserCerts"}},
  };
  for (const Case& item : cases) {
    const Octets extension = MakeExtension(item.oid, item.value);
    Failure failure = FailureOf({extension}, extension);
    failure.offset -= extension.size() - item.value.size();
    EXPECT_EQ(failure, item.failure) << item.oid << " " << ToHex(item.value);
  }
}

TEST(CrlExtensions, CrlNumberMayHaveTwentyOctetsAndMore) {
  const Parsed parsed(
      {MakeExtension("2.5.29.20", test::Tlv(der::kInteger, Octets(40, 0x7f)))});
  EXPECT_EQ(parsed.crl->crl_number()->magnitude().size(), 40u);
}

// ChamberSign France writes it so.
TEST(CrlExtensions, ExpiredCertsOnCrlMayBeUtcTime) {
  const Parsed parsed(
      {MakeExtension("2.5.29.60", test::UtcTime("201210160200Z"))});
  EXPECT_EQ(FormatTime(*parsed.crl->expired_certs_on_crl()),
            "2020-12-10T16:02:00Z");
}

}  // namespace
}  // namespace revstat
