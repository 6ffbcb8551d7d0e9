// Indirect CRLs, and the CRL issuers that a certificate names (RFC 5280 6.3.3).
#include <gtest/gtest.h>

#include <utility>

#include "tests/snapshot/asker.h"

namespace revstat::test {
namespace {

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
    return BothAnd(crl, {});
  }
  // With CRLs of the CA, which may be refused.
  std::unique_ptr<const Snapshot> BothAnd(
      const CrlText& crl,
      const std::vector<std::shared_ptr<const Buffer>>& own) const {
    SnapshotBuilder builder;
    EXPECT_TRUE(builder.AddIssuer(ca_.Certificate()).ok());
    EXPECT_TRUE(builder.AddIssuer(service_.Certificate()).ok());
    EXPECT_TRUE(builder.IngestCrl(service_.Crl(crl), {}).ok());
    for (const auto& of_ca : own) builder.IngestCrl(of_ca, {}).IgnoreError();
    return builder.Build();
  }
  static std::shared_ptr<const Buffer> WithBrokenSignature(const Buffer& crl) {
    Octets broken(crl.bytes().begin(), crl.bytes().end());
    broken.back() ^= 1;
    return AsBuffer(std::move(broken));
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
  EXPECT_EQ(StatusOf(*snapshot, named_, "0456"), "unknown out_of_scope");
}

TEST_F(IndirectTest, unknown_CauseIsThatOfTheCrlIssuersList) {
  CrlText elsewhere = Indirect();
  elsewhere.extensions.back() = IssuingPoint(
      {FullName({Uri("http://y/2")}), True(der::ContextPrimitive(4))});
  EXPECT_EQ(StatusOf(*Both(elsewhere), named_), "unknown out_of_scope");

  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(ca_.Certificate()).ok());
  const auto service = builder.AddIssuer(service_.Certificate());
  ASSERT_TRUE(service.ok());
  SnapshotBuilder refused = builder;
  EXPECT_FALSE(
      refused.IngestCrl(WithBrokenSignature(*service_.Crl(Indirect())), {})
          .ok());
  EXPECT_EQ(StatusOf(*refused.Build(), named_), "unknown bad_signature");
  EXPECT_EQ(StatusOf(*refused.Build(), Asker{}), "unknown no_source");

  ASSERT_TRUE(builder.IngestCrl(service_.Crl(Indirect()), {}).ok());
  SnapshotBuilder::BuildOptions options;
  options.refusal = [&](IssuerId id) {
    return id == *service ? Cause::kSignerNotTrusted : Cause::kNone;
  };
  EXPECT_EQ(StatusOf(*builder.Build(options), named_),
            "unknown signer_not_trusted");
}

// 6.3.3 (e), (l): a point for some reasons is the CA's own, one for the others
// names the service.
TEST_F(IndirectTest, active_ReasonsOfBothTogether) {
  const Octets own = FullName({Uri("http://x/1")});
  const Octets others = FullName({Uri("http://y/1")});
  const Asker asker{{Seq({own, Reasons(1, kKeyCompromiseOnly)}),
                     Seq({others, Reasons(1, kAllButKeyCompromise),
                          Nest(der::ContextConstructed(2),
                               {Directory(CommonName("CRL service"))})})}};
  CrlText by_ca;
  by_ca.extensions.push_back(
      IssuingPoint({own, Reasons(3, kKeyCompromiseOnly)}));
  CrlText by_service = Indirect();
  by_service.extensions.back() =
      IssuingPoint({others, Reasons(3, kAllButKeyCompromise),
                    True(der::ContextPrimitive(4))});
  by_service.entries = {Entry(IntegerOf("0777"), UtcTime("260102030405Z"),
                              {CertificateIssuer(CommonName("Test CA"))})};
  const auto snapshot = BothAnd(by_service, {ca_.Crl(by_ca)});
  EXPECT_EQ(StatusOf(*snapshot, asker), "active");
  EXPECT_EQ(StatusOf(*snapshot, asker, "0123"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, asker, "0777"), "revoked");
  // Each alone does not do.
  EXPECT_EQ(StatusOf(*Both(by_service), asker), "unknown incomplete");
  by_ca.next_update = UtcTime("260112000000Z");
  EXPECT_EQ(StatusOf(*BothAnd(by_service, {ca_.Crl(by_ca)}), asker),
            "unknown stale");
}

// The certificate names the service alone: what its CA's own keys have, or had,
// takes nothing from that.
TEST_F(IndirectTest, active_WhateverTheCasOwnListsAre) {
  CrlText stale;
  stale.next_update = UtcTime("260112000000Z");
  stale.entries = {Entry(IntegerOf("0777"))};
  CrlText delta;
  delta.extensions = {Number(9), MakeExtension("2.5.29.27", Integer(8),
                                               Criticality::kCritical)};
  delta.entries = {Entry(IntegerOf("0888"))};
  const auto forged = WithBrokenSignature(*ca_.Crl({}));
  const std::vector<std::vector<std::shared_ptr<const Buffer>>> own = {
      {ca_.Crl(stale)},
      {ca_.Crl(delta)},
      {forged},
      {forged, ca_.Crl(stale), ca_.Crl(delta)}};
  for (const auto& crls : own) {
    const auto snapshot = BothAnd(Indirect(), crls);
    EXPECT_EQ(StatusOf(*snapshot, named_), "active");
    EXPECT_EQ(StatusOf(*snapshot, named_, "0123"), "revoked");
    EXPECT_NE(StatusOf(*snapshot, Asker{}), "active");
  }
  EXPECT_EQ(StatusOf(*BothAnd(Indirect(), own.back()), named_, "0777"),
            "revoked");
  // Once the service's list is too old, that is the cause.
  CrlText old = Indirect();
  old.next_update = UtcTime("260112000000Z");
  EXPECT_EQ(StatusOf(*BothAnd(old, {}), named_), "unknown stale");
}

// Of the CA's own keys only the certificate's counts beside it.
TEST_F(IndirectTest, unknown_ReasonsThatOnlyAnotherKeyOfTheCaCovers) {
  const TestAuthority new_key("Test CA");
  CertificateText text;
  text.issuer = text.subject = ca_.name();
  text.public_key = new_key.key().Spki();
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(ca_.Certificate()).ok());
  ASSERT_TRUE(
      builder.AddIssuer(AsBuffer(ca_.key().Signed(text, Ed25519()))).ok());
  ASSERT_TRUE(builder.AddIssuer(service_.Certificate()).ok());
  CrlText by_service = Indirect();
  by_service.extensions.back() = IssuingPoint(
      {Reasons(3, kKeyCompromiseOnly), True(der::ContextPrimitive(4))});
  ASSERT_TRUE(builder.IngestCrl(service_.Crl(by_service), {}).ok());
  ASSERT_TRUE(builder.IngestCrl(new_key.Crl({}), {}).ok());
  EXPECT_EQ(StatusOf(*builder.Build(), named_), "active");
  CrlText own;
  own.extensions.push_back(IssuingPoint({Reasons(3, kKeyCompromiseOnly)}));
  ASSERT_TRUE(builder.IngestCrl(ca_.Crl(own), {}).ok());
  EXPECT_EQ(StatusOf(*builder.Build(), named_), "unknown incomplete");
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
