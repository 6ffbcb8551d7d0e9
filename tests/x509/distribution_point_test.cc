#include "engine/x509/distribution_point.h"

#include <gtest/gtest.h>

#include "tests/support/der_writer.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::Failure;
using test::Hex;
using test::Nest;
using test::Octets;
using test::Seq;

const Octets kUriName = test::Text(kUri, "http://ca/1.crl");
const Octets kFullName = Nest(der::ContextConstructed(0),
                              {Nest(der::ContextConstructed(0), {kUriName})});

std::pair<IssuingDistributionPoint, Failure> ReadIdp(
    const std::vector<Octets>& fields) {
  IssuingDistributionPoint point;
  const Failure failure = test::FailureOfRead(Seq(fields), [&](der::Cursor& c) {
    point = ReadIssuingDistributionPoint(c);
  });
  return {point, failure};
}

Octets Flag(unsigned number, uint8_t value = 0xff) {
  return test::Tlv(der::ContextPrimitive(number), Octets{value});
}

Failure FailureOfPoints(const Octets& der) {
  return test::FailureOfRead(der, [](der::Cursor& c) {
    ReadDistributionPoints(c, "cRLDistributionPoints");
  });
}

TEST(IssuingDistributionPoint, EmptyCoversAllDirectly) {
  const auto [point, failure] = ReadIdp({});
  EXPECT_EQ(failure, Failure{});
  EXPECT_EQ(point.kinds, CertificateKinds::kAll);
  EXPECT_EQ(point.issuance, CrlIssuance::kDirect);
  EXPECT_FALSE(point.name.present());
  EXPECT_FALSE(point.only_some_reasons.has_value());
}

TEST(IssuingDistributionPoint, ReadsEachKind) {
  EXPECT_EQ(ReadIdp({Flag(1)}).first.kinds, CertificateKinds::kUser);
  EXPECT_EQ(ReadIdp({Flag(2)}).first.kinds, CertificateKinds::kCa);
  EXPECT_EQ(ReadIdp({Flag(5)}).first.kinds, CertificateKinds::kAttribute);
  EXPECT_EQ(ReadIdp({Flag(4)}).first.issuance, CrlIssuance::kIndirect);
  EXPECT_EQ(ReadIdp({Flag(1, 0)}).first.kinds, CertificateKinds::kAll);
}

TEST(IssuingDistributionPoint, WithTwoOnlyContainsFlagsIsRefused) {
  for (const auto& fields :
       std::vector<std::vector<Octets>>{{Flag(1), Flag(2)},
                                        {Flag(1), Flag(5)},
                                        {Flag(2), Flag(5)},
                                        {Flag(1), Flag(2), Flag(5)}})
    EXPECT_EQ(ReadIdp(fields).second, (Failure{ErrorCode::kExtensionNotAllowed,
                                               2, "onlyContains flags"}));
  EXPECT_EQ(ReadIdp({Flag(1, 0), Flag(2)}).second, Failure{});
}

TEST(IssuingDistributionPoint, ReadsNameAndReasons) {
  const auto [point, failure] = ReadIdp({kFullName, Hex("83020560"), Flag(4)});
  EXPECT_EQ(failure, Failure{});
  EXPECT_EQ(point.only_some_reasons, ReasonMask{0x06});
  EXPECT_TRUE(point.name.present());
}

TEST(IssuingDistributionPoint, WithFieldsOutOfOrderIsRefused) {
  EXPECT_EQ(ReadIdp({Flag(4), Flag(1)}).second,
            (Failure{ErrorCode::kTrailingData, 5, "issuingDistributionPoint"}));
  EXPECT_EQ(ReadIdp({Flag(1), Flag(1)}).second.code, ErrorCode::kTrailingData);
  EXPECT_EQ(ReadIdp({Flag(6)}).second.code, ErrorCode::kTrailingData);
}

TEST(IssuingDistributionPoint, WithBadValuesNamesTheField) {
  EXPECT_EQ(ReadIdp({Flag(1, 1)}).second,
            (Failure{ErrorCode::kBadBoolean, 2, "onlyContainsUserCerts"}));
  EXPECT_EQ(ReadIdp({Hex("8300")}).second,
            (Failure{ErrorCode::kBadBitString, 2, "onlySomeReasons"}));
  EXPECT_EQ(ReadIdp({Hex("a000")}).second,
            (Failure{ErrorCode::kTruncated, 4, "fullName"}));
  EXPECT_EQ(ReadIdp({Hex("a002a000")}).second,
            (Failure{ErrorCode::kEmptySequence, 6, "fullName"}));
  EXPECT_EQ(ReadIdp({Hex("a002a100")}).second,
            (Failure{ErrorCode::kEmptySequence, 6, "nameRelativeToCRLIssuer"}));
}

TEST(DistributionPoints, ReadNamesReasonsAndIssuer) {
  const Octets relative =
      Nest(der::ContextConstructed(0),
           {Nest(der::ContextConstructed(1),
                 {test::Attribute("2.5.4.3", test::Utf8("CRL1"))})});
  const Octets issuer =
      Nest(der::ContextConstructed(2),
           {Nest(der::ContextConstructed(4), {test::CommonName("X")})});
  const Octets der = Seq(
      {Seq({kFullName}), Seq({relative, Hex("81020780"), issuer}), Seq({})});
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  const Bytes content = ReadDistributionPoints(cursor, "points");
  ASSERT_TRUE(cursor.ok());
  der::Cursor points(content, &trace);
  const DistributionPoint first = ReadDistributionPoint(points);
  std::string uri;
  ForEachGeneralName(first.name.full_name, [&](const der::Element& name) {
    if (name.tag == kUri) uri = TextOf(name.value);
  });
  EXPECT_EQ(uri, "http://ca/1.crl");
  const DistributionPoint second = ReadDistributionPoint(points);
  EXPECT_FALSE(second.name.relative_name.empty());
  EXPECT_EQ(second.reasons, ReasonMask{0x01});
  EXPECT_FALSE(second.crl_issuer.empty());
  const DistributionPoint third = ReadDistributionPoint(points);
  EXPECT_FALSE(third.name.present());
  EXPECT_TRUE(points.AtEnd());
  EXPECT_TRUE(trace.ok());
}

TEST(DistributionPoints, MustHaveAPoint) {
  EXPECT_EQ(FailureOfPoints(Seq({})),
            (Failure{ErrorCode::kEmptySequence, 2, "cRLDistributionPoints"}));
}

TEST(DistributionPoints, AreCheckedInFull) {
  EXPECT_EQ(FailureOfPoints(Seq({Seq({kFullName}), Hex("0500")})).code,
            ErrorCode::kUnexpectedTag);
  EXPECT_EQ(FailureOfPoints(Seq({Seq({kFullName, kFullName})})).code,
            ErrorCode::kTrailingData);
  EXPECT_EQ(FailureOfPoints(Seq({Seq({Hex("a200")})})).field, "cRLIssuer");
}

TEST(GeneralNames, OfUnknownFormsAndBrokenDirectoryNamesAreRefused) {
  const auto check = [](const Octets& content) {
    const test::Exact exact(content);
    der::Trace trace(exact.bytes());
    der::Cursor cursor(exact.bytes(), &trace);
    CheckGeneralNames(cursor, "names");
    return trace.error().code;
  };
  EXPECT_EQ(check({}), ErrorCode::kEmptySequence);
  EXPECT_EQ(check(kUriName), ErrorCode::kOk);
  EXPECT_EQ(check(Hex("8902aabb")), ErrorCode::kUnexpectedTag);
  EXPECT_EQ(check(Hex("1602aabb")), ErrorCode::kUnexpectedTag);
  EXPECT_EQ(check(Hex("a4020500")), ErrorCode::kUnexpectedTag);
  EXPECT_EQ(check(Hex("a40430000500")), ErrorCode::kTrailingData);
  EXPECT_EQ(check(Nest(der::ContextConstructed(4), {test::CommonName("X")})),
            ErrorCode::kOk);
}

}  // namespace
}  // namespace revstat
