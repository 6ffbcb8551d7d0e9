// Scopes: distribution points, kinds, reasons and indirect CRLs (RFC 5280
// 6.3.3), for certificates and for bare serials.
#include "engine/snapshot/scope.h"

#include <gtest/gtest.h>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

Octets Uri(std::string_view text) { return Text(kUri, text); }
Octets Directory(const Octets& name) { return Nest(kDirectoryName, {name}); }
// DistributionPointName with fullName.
Octets FullName(const std::vector<Octets>& names) {
  return Nest(der::ContextConstructed(0),
              {Nest(der::ContextConstructed(0), names)});
}
// ReasonFlags with these bits, as [1] or [3].
Octets Reasons(uint8_t tag, std::string_view bits_hex) {
  return Tlv(der::ContextPrimitive(tag), Hex(bits_hex));
}
constexpr std::string_view kKeyCompromiseOnly = "0640";      // bit 1
constexpr std::string_view kAllButKeyCompromise = "073f80";  // bits 2 to 8

struct Asker {
  std::vector<Octets> points;
  CertificateView::Kind kind = CertificateView::Kind::kUser;
};

std::string StatusOf(const Snapshot& snapshot, const Asker& asker,
                     std::string_view serial = "0456", IssuerId issuer = 0,
                     const Octets& issuer_name = CommonName("Test CA")) {
  CertificateText text;
  text.issuer = issuer_name;
  if (asker.kind == CertificateView::Kind::kCa) {
    text.extensions.push_back(
        MakeExtension("2.5.29.19", Seq({True()}), Criticality::kCritical));
  }
  if (!asker.points.empty())
    text.extensions.push_back(MakeExtension("2.5.29.31", Seq(asker.points)));
  const Octets der = text.Der();
  const auto certificate = CertificateView::Parse(der);
  EXPECT_TRUE(certificate.ok()) << certificate.status();
  const Coverage coverage =
      snapshot.CoverageOf(issuer, CertificateScope::Of(*certificate));
  const Verdict verdict =
      snapshot.Lookup(At(kDuring), coverage, Serial(serial));
  return Concat({NameOf(verdict.status),
                 verdict.cause == Cause::kNone ? "" : " ",
                 NameOf(verdict.cause)});
}

std::string BareStatusOf(const Snapshot& snapshot, std::string_view serial) {
  const Verdict verdict = snapshot.Lookup(At(kDuring), Key(serial));
  return Concat({NameOf(verdict.status),
                 verdict.cause == Cause::kNone ? "" : " ",
                 NameOf(verdict.cause)});
}

CrlText Partition(const std::vector<Octets>& fields,
                  std::string_view serial = "0123") {
  CrlText text;
  text.extensions.push_back(IssuingPoint(fields));
  text.entries = {Entry(IntegerOf(serial))};
  return text;
}

TEST(Scope, CertificateIsAskedInItsOwnPartition) {
  const auto snapshot =
      SnapshotOf(TestAuthority(),
                 {Partition({FullName({Uri("http://ca/1.crl")})}, "0111"),
                  Partition({FullName({Uri("http://ca/2.crl")})}, "0222")});
  const Asker first{{Seq({FullName({Uri("http://ca/1.crl")})})}};
  const Asker second{{Seq({FullName({Uri("http://ca/2.crl")})})}};
  const Asker third{{Seq({FullName({Uri("http://ca/3.crl")})})}};
  EXPECT_EQ(StatusOf(*snapshot, first, "0111"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, first), "active");
  EXPECT_EQ(StatusOf(*snapshot, second, "0222"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, third), "unknown out_of_scope");
  EXPECT_EQ(StatusOf(*snapshot, Asker{}), "unknown out_of_scope");
}

TEST(Scope, OneCommonNameOfAPointIsEnough) {
  const auto snapshot = SnapshotOf(
      TestAuthority(),
      {Partition({FullName({Uri("http://a/1"), Uri("ldap://b/1")})})});
  EXPECT_EQ(
      StatusOf(*snapshot,
               {{Seq({FullName({Uri("ldap://c/1"), Uri("ldap://b/1")})})}}),
      "active");
}

TEST(Scope, DirectoryNamesAreComparedByRfc5280) {
  const auto snapshot =
      SnapshotOf(TestAuthority(),
                 {Partition({FullName({Directory(CommonName("Point A"))})})});
  EXPECT_EQ(StatusOf(*snapshot,
                     {{Seq({FullName({Directory(CommonName("POINT  a"))})})}}),
            "active");
}

TEST(Scope, RelativeNameStandsForTheFullOne) {
  const Octets rdn =
      Nest(der::ContextConstructed(1), {Attribute("2.5.4.3", Utf8("Part 1"))});
  const Octets relative = Nest(der::ContextConstructed(0), {rdn});
  const auto snapshot = SnapshotOf(TestAuthority(), {Partition({relative})});
  EXPECT_EQ(StatusOf(*snapshot, {{Seq({relative})}}), "active");
  const Octets full = NameOf({Attribute("2.5.4.3", Utf8("Test CA")),
                              Attribute("2.5.4.3", Utf8("part 1"))});
  EXPECT_EQ(StatusOf(*snapshot, {{Seq({FullName({Directory(full)})})}}),
            "active");
}

TEST(Scope, KindsOfCertificates) {
  const Octets users = True(der::ContextPrimitive(1));
  const Octets cas = True(der::ContextPrimitive(2));
  const Octets attributes = True(der::ContextPrimitive(5));
  const Asker user;
  const Asker ca{{}, CertificateView::Kind::kCa};
  const TestAuthority authority;
  const auto for_users = SnapshotOf(authority, {Partition({users})});
  EXPECT_EQ(StatusOf(*for_users, user), "active");
  EXPECT_EQ(StatusOf(*for_users, ca), "unknown out_of_scope");
  EXPECT_EQ(BareStatusOf(*for_users, "0456"), "unknown incomplete");
  const auto for_cas = SnapshotOf(authority, {Partition({cas})});
  EXPECT_EQ(StatusOf(*for_cas, ca), "active");
  EXPECT_EQ(StatusOf(*for_cas, user), "unknown out_of_scope");
  const auto both =
      SnapshotOf(authority, {Partition({users}), Partition({cas}, "0222")});
  EXPECT_EQ(BareStatusOf(*both, "0456"), "active");
  EXPECT_EQ(BareStatusOf(*both, "0222"), "revoked");
  const auto for_attributes = SnapshotOf(authority, {Partition({attributes})});
  EXPECT_EQ(StatusOf(*for_attributes, user), "unknown out_of_scope");
}

TEST(Scope, AllReasonsMustBeCovered) {
  const CrlText compromise =
      Partition({Reasons(3, kKeyCompromiseOnly)}, "0111");
  const CrlText others = Partition({Reasons(3, kAllButKeyCompromise)}, "0222");
  const TestAuthority authority;
  const auto half = SnapshotOf(authority, {compromise});
  EXPECT_EQ(StatusOf(*half, {}), "unknown incomplete");
  EXPECT_EQ(StatusOf(*half, {}, "0111"), "revoked");
  EXPECT_EQ(BareStatusOf(*half, "0456"), "unknown incomplete");
  const auto whole = SnapshotOf(authority, {compromise, others});
  EXPECT_EQ(StatusOf(*whole, {}), "active");
  EXPECT_EQ(BareStatusOf(*whole, "0456"), "active");
  EXPECT_EQ(BareStatusOf(*whole, "0222"), "revoked");
}

TEST(Scope, ReasonsOfThePointCount) {
  const auto snapshot = SnapshotOf(
      TestAuthority(), {Partition({FullName({Uri("http://ca/1")})})});
  const Octets name = FullName({Uri("http://ca/1")});
  EXPECT_EQ(
      StatusOf(*snapshot, {{Seq({name, Reasons(1, kKeyCompromiseOnly)})}}),
      "unknown incomplete");
  EXPECT_EQ(
      StatusOf(*snapshot, {{Seq({name, Reasons(1, kKeyCompromiseOnly)}),
                            Seq({name, Reasons(1, kAllButKeyCompromise)})}}),
      "active");
}

TEST(Scope, BareSerialNeedsAllPartitionsDeclaredAndCurrent) {
  const TestAuthority authority;
  std::vector<CrlText> crls = {
      Partition({FullName({Uri("http://ca/1")})}, "0111"),
      Partition({FullName({Uri("http://ca/2")})}, "0222")};
  const auto status = [&](std::string_view serial) {
    SnapshotBuilder builder;
    EXPECT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
    builder.DeclareAllPartitionsHeld();
    for (const CrlText& crl : crls)
      EXPECT_TRUE(builder.IngestCrl(authority.Crl(crl), {}).ok());
    return BareStatusOf(*builder.Build(), serial);
  };
  EXPECT_EQ(BareStatusOf(*SnapshotOf(authority, crls), "0456"),
            "unknown incomplete");
  EXPECT_EQ(BareStatusOf(*SnapshotOf(authority, crls), "0222"), "revoked");
  EXPECT_EQ(status("0456"), "active");
  EXPECT_EQ(status("0222"), "revoked");
  crls[1].next_update = UtcTime("260112000000Z");
  EXPECT_EQ(status("0456"), "unknown stale");
  EXPECT_EQ(status("0222"), "revoked");
}

// What is refused, or cannot serve, is a partition that is not held.
TEST(Scope, AllPartitionsIsNotBelievedWhereOneDoesNotServe) {
  const TestAuthority authority;
  const CrlText first = Partition({FullName({Uri("http://ca/1")})}, "0111");
  const CrlText second = Partition({FullName({Uri("http://ca/2")})}, "0222");
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  builder.DeclareAllPartitionsHeld();
  ASSERT_TRUE(builder.IngestCrl(authority.Crl(first), {}).ok());
  EXPECT_EQ(BareStatusOf(*builder.Build(), "0222"), "active");
  const auto good = authority.Crl(second);
  Octets broken(good->bytes().begin(), good->bytes().end());
  broken.back() ^= 1;
  EXPECT_FALSE(builder.IngestCrl(AsBuffer(broken), {}).ok());
  EXPECT_EQ(BareStatusOf(*builder.Build(), "0222"), "unknown bad_signature");
}

TEST(Scope, AllPartitionsOfCasSayNothingOfUsers) {
  const TestAuthority authority;
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  builder.DeclareAllPartitionsHeld();
  const CrlText cas = Partition({True(der::ContextPrimitive(2))});
  ASSERT_TRUE(builder.IngestCrl(authority.Crl(cas), {}).ok());
  EXPECT_EQ(BareStatusOf(*builder.Build(), "0456"), "unknown incomplete");
}

TEST(Scope, ListingInAnotherPartitionStands) {
  const auto snapshot = SnapshotOf(
      TestAuthority(), {Partition({FullName({Uri("http://ca/1")})}, "0111"),
                        Partition({FullName({Uri("http://ca/2")})}, "0222")});
  EXPECT_EQ(
      StatusOf(*snapshot, {{Seq({FullName({Uri("http://ca/1")})})}}, "0222"),
      "revoked");
}

TEST(Scope, CoverageOfAnotherSnapshotIsRefused) {
  const TestAuthority authority;
  const auto first = SnapshotOf(authority, {CrlText{}});
  const auto second = SnapshotOf(authority, {CrlText{}});
  const Verdict verdict =
      second->Lookup(At(kDuring), first->BareCoverage(0), Serial("0456"));
  EXPECT_EQ(NameOf(verdict.cause), "no_issuer");
}

class IndirectTest : public testing::Test {
 protected:
  // A CRL of the service that lists 0123 of "Test CA" and 0999 of its own.
  CrlText Indirect() const {
    CrlText text;
    text.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(4))}));
    text.entries = {Entry(IntegerOf("0999")),
                    Entry(IntegerOf("0123"), UtcTime("260102030405Z"),
                          {CertificateIssuer(CommonName("Test CA"))}),
                    Entry(IntegerOf("0124"))};  // still of Test CA
    return text;
  }
  std::unique_ptr<const Snapshot> Both(const CrlText& crl) const {
    SnapshotBuilder builder;
    EXPECT_TRUE(builder.AddIssuer(ca_.Certificate()).ok());
    EXPECT_TRUE(builder.AddIssuer(service_.Certificate()).ok());
    EXPECT_TRUE(builder.IngestCrl(service_.Crl(crl), {}).ok());
    return builder.Build();
  }
  const TestAuthority ca_;
  const TestAuthority service_{"CRL service"};
  const Asker named_{{Seq({Nest(der::ContextConstructed(2),
                                {Directory(CommonName("CRL service"))})})}};
};

TEST_F(IndirectTest, AnswersForCertificatesThatNameItsIssuer) {
  const auto snapshot = Both(Indirect());
  EXPECT_EQ(StatusOf(*snapshot, named_, "0123"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, named_, "0124"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, named_, "0999"), "active");
  // A certificate that does not name the service says nothing of it.
  EXPECT_EQ(StatusOf(*snapshot, Asker{}, "0123"), "unknown no_source");
}

TEST_F(IndirectTest, AnswersForAnIssuerThatItDoesNotList) {
  CrlText text = Indirect();
  text.entries = {Entry(IntegerOf("0123"))};
  const auto snapshot = Both(text);
  EXPECT_EQ(StatusOf(*snapshot, named_, "0123"), "active");
}

TEST_F(IndirectTest, MustSayThatItIsIndirect) {
  const auto snapshot = Both(CrlText{});
  EXPECT_EQ(StatusOf(*snapshot, named_, "0456"), "unknown no_source");
}

TEST_F(IndirectTest, RevokesABareSerialAndNeverProvesItActive) {
  const auto snapshot = Both(Indirect());
  EXPECT_EQ(BareStatusOf(*snapshot, "0123"), "revoked");
  EXPECT_EQ(BareStatusOf(*snapshot, "0456"), "unknown no_source");
  const Verdict verdict = snapshot->Lookup(At(kDuring), Key("0123"));
  const Evidence evidence = snapshot->Explain(Key("0123"), verdict);
  ASSERT_TRUE(evidence.entry.has_value());
  EXPECT_EQ(evidence.entry->serial, Serial("0123"));
}

TEST_F(IndirectTest, AnotherCaOfTheIssuersNameIsNotBelieved) {
  const TestAuthority stranger("Test CA");
  CrlText empty;
  empty.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(4))}));
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(ca_.Certificate()).ok());
  ASSERT_TRUE(builder.AddIssuer(stranger.Certificate()).ok());
  ASSERT_TRUE(builder.IngestCrl(stranger.Crl(empty), {}).ok());
  const Asker asker{{Seq(
      {Nest(der::ContextConstructed(2), {Directory(CommonName("Test CA"))})})}};
  EXPECT_EQ(StatusOf(*builder.Build(), asker), "unknown no_source");
}

TEST_F(IndirectTest, NameOfTwoCasIsNotEnoughForABareSerial) {
  const TestAuthority other("Test CA");
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(ca_.Certificate()).ok());
  ASSERT_TRUE(builder.AddIssuer(other.Certificate()).ok());
  ASSERT_TRUE(builder.AddIssuer(service_.Certificate()).ok());
  ASSERT_TRUE(builder.IngestCrl(service_.Crl(Indirect()), {}).ok());
  EXPECT_EQ(BareStatusOf(*builder.Build(), "0123"), "unknown no_source");
}

TEST_F(IndirectTest, EntryOfSeveralNamesProvesNothingActive) {
  CrlText text;
  text.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(4))}));
  const Octets names =
      Seq({Directory(CommonName("Alias")), Directory(CommonName("Test CA"))});
  text.entries = {
      Entry(IntegerOf("0123"), UtcTime("260102030405Z"),
            {MakeExtension("2.5.29.29", names, Criticality::kCritical)})};
  EXPECT_EQ(StatusOf(*Both(text), named_, "0123"),
            "unknown unsupported_critical_extension");
}

TEST_F(IndirectTest, OfAnotherAnchorIsNotBelieved) {
  const TestAuthority anchor("Anchor");
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(ca_.Certificate()).ok());
  const auto id = builder.AddIssuer(anchor.Certificate());
  ASSERT_TRUE(id.ok());
  CertificateText text;  // the service's certificate, below the other anchor
  text.subject = service_.name();
  text.issuer = anchor.name();
  text.public_key = service_.key().Spki();
  text.extensions = {MakeExtension("2.5.29.15", Hex("03020102"))};
  const auto below = AsBuffer(anchor.key().Signed(text, Ed25519()));
  ASSERT_TRUE(builder.AddValidatedIssuer(below, *id).ok());
  ASSERT_TRUE(builder.IngestCrl(service_.Crl(Indirect()), {}).ok());
  const auto snapshot = builder.Build();
  EXPECT_EQ(StatusOf(*snapshot, named_, "0123"), "unknown no_source");
  EXPECT_EQ(BareStatusOf(*snapshot, "0123"), "unknown no_source");
}

}  // namespace
}  // namespace revstat::test
