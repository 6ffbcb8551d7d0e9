// Scopes: distribution points, kinds and reasons (RFC 5280 6.3.3), for
// certificates and for bare serials.
#include "engine/snapshot/scope.h"

#include <gtest/gtest.h>

#include "tests/snapshot/asker.h"

namespace revstat::test {
namespace {

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

// The newer ones are held as well: beside each serves one of the asked time.
TEST(Scope, active_AllPartitionsOfATimeBeforeTheNewest) {
  const TestAuthority authority;
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  builder.DeclareAllPartitionsHeld();
  const auto ingest = [&](CrlText text, std::string_view place) {
    text.extensions.push_back(IssuingPoint({FullName({Uri(place)})}));
    EXPECT_TRUE(builder.IngestCrl(authority.Crl(text), {}).ok());
  };
  CrlText newer;
  newer.extensions = {Number(8)};
  newer.this_update = UtcTime("260120000000Z");
  newer.entries = {Entry(IntegerOf("0777"))};
  for (const char* place : {"http://ca/1", "http://ca/2"}) {
    ingest({}, place);
    ingest(newer, place);
  }
  SnapshotBuilder::BuildOptions options;
  options.as_of = *ParseTime(kDuring);
  EXPECT_EQ(BareStatusOf(*builder.Build(options), "0456"), "active");
  EXPECT_EQ(BareStatusOf(*builder.Build(options), "0777"), "revoked");
  // A delta for a base that is not held: then something is not held.
  CrlText waiting;
  waiting.extensions = {Number(13), MakeExtension("2.5.29.27", Integer(12),
                                                  Criticality::kCritical)};
  ingest(waiting, "http://ca/2");
  EXPECT_EQ(BareStatusOf(*builder.Build(options), "0456"),
            "unknown incomplete");
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

}  // namespace
}  // namespace revstat::test
