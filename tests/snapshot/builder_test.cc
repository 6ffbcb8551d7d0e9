// Which CRLs a snapshot holds: newer and older, refused, of CAs of one name.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/base/error.h"
#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

CrlText Version(uint32_t number, std::string_view this_update,
                std::string_view serial) {
  CrlText text;
  text.this_update = UtcTime(this_update);
  text.extensions = {Number(number)};
  text.entries = {Entry(IntegerOf(serial), UtcTime("251201000000Z"))};
  return text;
}

ErrorCode Ingest(SnapshotBuilder* builder, std::shared_ptr<const Buffer> crl) {
  return ErrorCodeOf(builder->IngestCrl(std::move(crl), {}));
}

Octets WithBrokenSignature(const Buffer& crl) {
  Octets broken(crl.bytes().begin(), crl.bytes().end());
  broken.back() ^= 1;
  return broken;
}

TEST(Builder, NewerReplacesOlderInAnyOrder) {
  const TestAuthority authority;
  const CrlText older = Version(1, "260101000000Z", "0111");
  const CrlText newer = Version(2, "260102000000Z", "0222");
  for (const bool newer_first : {false, true}) {
    SnapshotBuilder builder;
    ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
    EXPECT_EQ(Ingest(&builder, authority.Crl(newer_first ? newer : older)),
              ErrorCode::kOk);
    EXPECT_EQ(Ingest(&builder, authority.Crl(newer_first ? older : newer)),
              newer_first ? ErrorCode::kOlderThanHeld : ErrorCode::kOk);
    const auto snapshot = builder.Build();
    EXPECT_EQ(snapshot->sources().size(), 1u);
    EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0111")).status,
              Status::kActive);
    EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0222")).status,
              Status::kRevoked);
  }
}

TEST(Builder, ConflictingCrlsOfOneNumberBothCount) {
  const auto snapshot =
      SnapshotOf(TestAuthority(), {Version(1, "260101000000Z", "0111"),
                                   Version(1, "260101000000Z", "0222")});
  EXPECT_EQ(snapshot->sources().size(), 2u);
  EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0111")).status,
            Status::kRevoked);
  EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0222")).status,
            Status::kRevoked);
  EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0333")).status, Status::kActive);
}

TEST(Builder, TheSameCrlTwiceIsOne) {
  const TestAuthority authority;
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  EXPECT_EQ(Ingest(&builder, authority.Crl({})), ErrorCode::kOk);
  EXPECT_EQ(Ingest(&builder, authority.Crl({})), ErrorCode::kOk);
  EXPECT_EQ(builder.Build()->sources().size(), 1u);
}

// Numbers and times that contradict each other, CRLs without a number, a
// partition: whatever comes first, the answers are the same.
TEST(Builder, OrderNeverChangesAnAnswer) {
  const TestAuthority authority;
  std::vector<CrlText> crls = {
      Version(5, "260101000000Z", "0111"), Version(4, "260103000000Z", "0222"),
      Version(6, "260102000000Z", "0333"), Version(6, "260102000000Z", "0444")};
  CrlText numberless = Version(0, "260102120000Z", "0555");
  numberless.extensions = {MakeExtension("2.5.29.18", Integer(1))};
  crls.push_back(numberless);
  CrlText partition = Version(9, "260104000000Z", "0666");
  partition.extensions.push_back(
      IssuingPoint({True(der::ContextPrimitive(1))}));
  crls.push_back(partition);

  const auto answers = [&](const std::vector<CrlText>& order) {
    SnapshotBuilder builder;
    EXPECT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
    for (const CrlText& crl : order)
      builder.IngestCrl(authority.Crl(crl), {}).IgnoreError();
    const auto snapshot = builder.Build();
    std::string text;
    for (const char* serial :
         {"0111", "0222", "0333", "0444", "0555", "0666", "0777"}) {
      const Verdict verdict = snapshot->Lookup(At(kDuring), Key(serial));
      text += Concat({NameOf(verdict.status), " ", NameOf(verdict.cause), ";"});
    }
    return text;
  };
  const std::string expected = answers(crls);
  std::mt19937 random(7);
  for (int i = 0; i < 100; ++i) {
    std::shuffle(crls.begin(), crls.end(), random);
    ASSERT_EQ(answers(crls), expected) << "permutation " << i;
  }
}

// For an earlier time the CRL of that time answers; a later one only adds.
TEST(Builder, SnapshotOfAnEarlierTimeIsNotSpoiledByALaterCrl) {
  const TestAuthority authority;
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  EXPECT_EQ(
      Ingest(&builder, authority.Crl(Version(1, "260101000000Z", "0111"))),
      ErrorCode::kOk);
  EXPECT_EQ(
      Ingest(&builder, authority.Crl(Version(2, "260110000000Z", "0222"))),
      ErrorCode::kOk);
  SnapshotBuilder::BuildOptions options;
  options.as_of = *ParseTime("2026-01-05");
  const auto snapshot = builder.Build(options);
  const auto status = [&](std::string_view serial) {
    return snapshot->Lookup(At("2026-01-05"), Key(serial)).status;
  };
  EXPECT_EQ(status("0111"), Status::kRevoked);
  EXPECT_EQ(status("0222"), Status::kRevoked);  // in December 2025
  EXPECT_EQ(status("0333"), Status::kActive);
}

TEST(Builder, RefusedCrlGivesItsCause) {
  const TestAuthority authority;
  const Octets broken = WithBrokenSignature(*authority.Crl({}));
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  EXPECT_EQ(Ingest(&builder, AsBuffer(broken)), ErrorCode::kBadSignature);
  const auto snapshot = builder.Build();
  const Verdict verdict = snapshot->Lookup(At(kDuring), Key("0123"));
  EXPECT_EQ(verdict.status, Status::kUnknown);
  EXPECT_EQ(NameOf(verdict.cause), NameOf(Cause::kBadSignature));
}

TEST(Builder, RefusedCrlDoesNotHideAGoodOne) {
  const TestAuthority authority;
  const Octets broken = WithBrokenSignature(*authority.Crl({}));
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  EXPECT_EQ(Ingest(&builder, AsBuffer(broken)), ErrorCode::kBadSignature);
  EXPECT_EQ(Ingest(&builder, authority.Crl({})), ErrorCode::kOk);
  EXPECT_EQ(builder.Build()->Lookup(At(kDuring), Key("0456")).status,
            Status::kActive);
}

TEST(Builder, CrlOfAnUnknownIssuerIsRefused) {
  const TestAuthority authority;
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  EXPECT_EQ(Ingest(&builder, TestAuthority("Another CA").Crl({})),
            ErrorCode::kNoIssuer);
}

TEST(Builder, CasOfOneNameNeverMix) {
  const TestAuthority first("One name");
  const TestAuthority second("One name");
  SnapshotBuilder builder;
  const auto first_id = builder.AddIssuer(first.Certificate());
  const auto second_id = builder.AddIssuer(second.Certificate());
  ASSERT_TRUE(first_id.ok() && second_id.ok());
  ASSERT_NE(*first_id, *second_id);
  EXPECT_EQ(Ingest(&builder, second.Crl({})), ErrorCode::kOk);
  const auto snapshot = builder.Build();
  EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0123", *second_id)).status,
            Status::kRevoked);
  EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0456", *second_id)).status,
            Status::kActive);
  const Verdict other = snapshot->Lookup(At(kDuring), Key("0123", *first_id));
  EXPECT_EQ(NameOf(other.cause), NameOf(Cause::kNoSource));
}

TEST(Builder, CertificatesOfOneNameAndKeyAreOneIssuer) {
  const TestAuthority authority;
  CertificateText renewed;
  renewed.serial = IntegerOf("0999");
  renewed.subject = authority.name();
  renewed.public_key = authority.key().Spki();
  SnapshotBuilder builder;
  const auto first = builder.AddIssuer(authority.Certificate());
  const auto renewal = AsBuffer(authority.key().Signed(renewed, Ed25519()));
  const auto second = builder.AddIssuer(renewal);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second);
  const auto snapshot = builder.Build();
  EXPECT_EQ(snapshot->IssuerWithCertificate(Sha256(renewal->bytes())), *first);
}

}  // namespace
}  // namespace revstat::test
