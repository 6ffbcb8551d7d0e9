// Keys of one certification authority, and CAs that only share a name.
#include <gtest/gtest.h>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

// A certificate for `subject`, signed by `issuer`.
std::shared_ptr<const Buffer> Issue(const TestAuthority& issuer,
                                    const TestAuthority& subject) {
  CertificateText text;
  text.issuer = issuer.name();
  text.subject = subject.name();
  text.public_key = subject.key().Spki();
  text.extensions = {MakeExtension("2.5.29.15", Hex("03020106"))};
  return AsBuffer(issuer.key().Signed(text, Ed25519()));
}

class AuthorityTest : public testing::Test {
 protected:
  IssuerId Vouch(std::shared_ptr<const Buffer> certificate) {
    const auto id = builder_.AddIssuer(std::move(certificate));
    EXPECT_TRUE(id.ok());
    return *id;
  }
  IssuerId Below(IssuerId anchor, std::shared_ptr<const Buffer> certificate) {
    const auto id = builder_.AddValidatedIssuer(std::move(certificate), anchor);
    EXPECT_TRUE(id.ok());
    return *id;
  }
  void Ingest(const TestAuthority& signer, const CrlText& crl = {}) {
    EXPECT_TRUE(builder_.IngestCrl(signer.Crl(crl), {}).ok());
  }
  std::string StatusOf(std::string_view serial, IssuerId issuer) {
    const Verdict verdict =
        builder_.Build()->Lookup(At(kDuring), Key(serial, issuer));
    return Concat({NameOf(verdict.status),
                   verdict.cause == Cause::kNone ? "" : " ",
                   NameOf(verdict.cause)});
  }

  // Of a certificate of that issuer, which names no distribution point.
  std::string CertificateStatusOf(
      const Snapshot& snapshot, std::string_view serial, IssuerId issuer,
      CertificateView::Kind kind = CertificateView::Kind::kUser) {
    CertificateScope scope;
    scope.issuer = snapshot.issuers()[issuer].canonical_name;
    scope.kind = kind;
    const Verdict verdict = snapshot.Lookup(
        At(kDuring), snapshot.CoverageOf(issuer, scope), Serial(serial));
    return Concat({NameOf(verdict.status),
                   verdict.cause == Cause::kNone ? "" : " ",
                   NameOf(verdict.cause)});
  }
  std::string CertificateStatusOf(
      std::string_view serial, IssuerId issuer,
      CertificateView::Kind kind = CertificateView::Kind::kUser) {
    return CertificateStatusOf(*builder_.Build(), serial, issuer, kind);
  }

  const TestAuthority old_{"One CA"};
  const TestAuthority new_{"One CA"};
  const TestAuthority root_{"Root"};
  const TestAuthority other_root_{"Other root"};
  SnapshotBuilder builder_;
};

TEST_F(AuthorityTest, NewKeySignsForCertificatesOfTheOldOne) {
  const IssuerId old_id = Vouch(old_.Certificate());
  Vouch(Issue(old_, new_));  // new with old
  Ingest(new_);
  EXPECT_EQ(StatusOf("0123", old_id), "revoked");
  EXPECT_EQ(StatusOf("0456", old_id), "active");
}

// A bare serial may be of either key; a certificate says of which.
TEST_F(AuthorityTest, OwnKeysListIsTheOneThatProvesActive) {
  const IssuerId old_id = Vouch(old_.Certificate());
  const IssuerId new_id = Vouch(Issue(old_, new_));
  CrlText stale;
  stale.next_update = UtcTime("260112000000Z");
  stale.entries = {Entry(IntegerOf("0777"))};
  Ingest(old_, stale);
  Ingest(new_);
  EXPECT_EQ(StatusOf("0456", old_id), "unknown stale");
  EXPECT_EQ(StatusOf("0456", new_id), "unknown stale");
  EXPECT_EQ(StatusOf("0777", new_id), "revoked");
  EXPECT_EQ(CertificateStatusOf("0456", new_id), "active");
  EXPECT_EQ(CertificateStatusOf("0456", old_id), "unknown stale");
}

TEST_F(AuthorityTest, NewerListOfAnotherKeyLiftsAHoldOfAStaleOne) {
  const IssuerId old_id = Vouch(old_.Certificate());
  Vouch(Issue(old_, new_));
  CrlText stale;
  stale.extensions = {Number(7)};
  stale.next_update = UtcTime("260112000000Z");
  stale.entries = {
      Entry(IntegerOf("0777"), UtcTime("260102030405Z"), {Reason(6)}),
      Entry(IntegerOf("0778"))};
  Ingest(old_, stale);
  EXPECT_EQ(StatusOf("0777", old_id), "on_hold");
  CrlText newer;
  newer.extensions = {Number(8)};
  newer.this_update = UtcTime("260110000000Z");
  Ingest(new_, newer);
  EXPECT_EQ(StatusOf("0777", old_id), "unknown stale");
  EXPECT_EQ(StatusOf("0778", old_id), "revoked");
}

// A hold of a flawed delta outlasts it: its key's own lists are current.
TEST_F(AuthorityTest, on_hold_ByAFlawedDeltaBesideAnotherKeysNewerList) {
  const IssuerId old_id = Vouch(old_.Certificate());
  Vouch(Issue(old_, new_));
  CrlText base;
  base.extensions = {Number(20)};
  base.entries.clear();
  Ingest(old_, base);
  CrlText flawed = base;
  flawed.extensions = {
      Number(23),
      MakeExtension("2.5.29.27", Integer(20), Criticality::kCritical),
      MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical)};
  flawed.next_update = UtcTime("260112000000Z");
  flawed.entries = {
      Entry(IntegerOf("0777"), UtcTime("260102030405Z"), {Reason(6)})};
  Ingest(old_, flawed);
  CrlText newer = base;
  newer.extensions = {Number(25)};
  newer.this_update = UtcTime("260110000000Z");
  Ingest(new_, newer);
  EXPECT_EQ(StatusOf("0777", old_id), "on_hold");
  EXPECT_EQ(StatusOf("0778", old_id), "active");
}

TEST_F(AuthorityTest, CertificateOrderDoesNotMatter) {
  for (const bool swapped : {false, true}) {
    SnapshotBuilder builder;
    const auto id = builder.AddIssuer(old_.Certificate());
    ASSERT_TRUE(id.ok());
    // The new key's own self-signed certificate, and the one the old key
    // signed.
    std::vector<std::shared_ptr<const Buffer>> certificates = {
        new_.Certificate(), Issue(old_, new_)};
    if (swapped) std::swap(certificates[0], certificates[1]);
    for (const auto& certificate : certificates)
      ASSERT_TRUE(builder.AddIssuer(certificate).ok());
    ASSERT_TRUE(builder.IngestCrl(new_.Crl({}), {}).ok());
    EXPECT_EQ(builder.Build()->Lookup(At(kDuring), Key("0123", *id)).status,
              Status::kRevoked);
  }
}

TEST_F(AuthorityTest, SameNameWithoutACommonKeyIsAnotherCa) {
  const IssuerId first = Vouch(old_.Certificate());
  const IssuerId second = Vouch(new_.Certificate());
  Ingest(new_);
  EXPECT_EQ(StatusOf("0123", first), "unknown no_source");
  EXPECT_EQ(StatusOf("0123", second), "revoked");
}

TEST_F(AuthorityTest, KeysBelowOneAnchorAreOneCa) {
  const IssuerId root = Vouch(root_.Certificate());
  const IssuerId old_id = Below(root, Issue(root_, old_));
  Below(root, Issue(root_, new_));
  Ingest(new_);
  EXPECT_EQ(StatusOf("0123", old_id), "revoked");
}

TEST_F(AuthorityTest, KeysBelowTwoAnchorsAreTwoCas) {
  const IssuerId root = Vouch(root_.Certificate());
  const IssuerId other = Vouch(other_root_.Certificate());
  const IssuerId first = Below(root, Issue(root_, old_));
  Below(other, Issue(other_root_, new_));
  Ingest(new_);
  EXPECT_EQ(StatusOf("0123", first), "unknown no_source");
}

TEST_F(AuthorityTest, RefusedSignersCrlsAreLeftOutWithTheirCause) {
  const IssuerId root = Vouch(root_.Certificate());
  const IssuerId below = Below(root, Issue(root_, old_));
  Ingest(old_);
  SnapshotBuilder::BuildOptions options;
  options.refusal = [&](IssuerId id) {
    return id == below ? Cause::kSignerNotTrusted : Cause::kNone;
  };
  const auto snapshot = builder_.Build(options);
  const Verdict verdict = snapshot->Lookup(At(kDuring), Key("0123", below));
  EXPECT_EQ(NameOf(verdict.cause), "signer_not_trusted");
}

// The refused list may revoke what the other key's list does not know of.
TEST_F(AuthorityTest, OtherKeysListProvesNothingWhereTheOwnOneIsLeftOut) {
  const IssuerId root = Vouch(root_.Certificate());
  const IssuerId old_id = Below(root, Issue(root_, old_));
  const IssuerId new_id = Below(root, Issue(root_, new_));
  Ingest(old_);
  Ingest(new_);
  SnapshotBuilder::BuildOptions options;
  options.refusal = [&](IssuerId id) {
    return id == new_id ? Cause::kSignerNotTrusted : Cause::kNone;
  };
  const auto snapshot = builder_.Build(options);
  EXPECT_EQ(CertificateStatusOf(*snapshot, "0456", new_id),
            "unknown signer_not_trusted");
  EXPECT_EQ(CertificateStatusOf(*snapshot, "0456", old_id), "active");
  // A bare serial may be of either key.
  const auto bare = [&](std::string_view serial, IssuerId id) {
    return snapshot->Lookup(At(kDuring), Key(serial, id));
  };
  EXPECT_EQ(NameOf(bare("0456", new_id).cause), "signer_not_trusted");
  EXPECT_EQ(NameOf(bare("0456", old_id).cause), "incomplete");
  EXPECT_EQ(bare("0123", new_id).status, Status::kRevoked);
}

TEST_F(AuthorityTest, OtherKeysListProvesNothingWhereTheOwnOneIsRefused) {
  const IssuerId old_id = Vouch(old_.Certificate());
  const IssuerId new_id = Vouch(Issue(old_, new_));
  Ingest(old_);
  const auto crl = new_.Crl({});
  Octets forged(crl->bytes().begin(), crl->bytes().end());
  forged.back() ^= 1;
  EXPECT_FALSE(builder_.IngestCrl(AsBuffer(forged), {}).ok());
  EXPECT_EQ(StatusOf("0456", new_id), "unknown bad_signature");
  EXPECT_EQ(StatusOf("0456", old_id), "unknown bad_signature");
  EXPECT_EQ(StatusOf("0123", new_id), "revoked");
}

// 5.2.4: a delta's BaseCRLNumber is that of a complete CRL of the same key,
// which may list what the other key's list does not.
TEST_F(AuthorityTest, unknown_OtherKeysListWhereADeltaOfTheOwnOneWaits) {
  const IssuerId old_id = Vouch(old_.Certificate());
  const IssuerId new_id = Vouch(Issue(old_, new_));
  CrlText delta;
  delta.extensions = {Number(6), MakeExtension("2.5.29.27", Integer(5),
                                               Criticality::kCritical)};
  delta.entries = {Entry(IntegerOf("0777"))};
  Ingest(old_, delta);
  EXPECT_EQ(CertificateStatusOf("0456", old_id), "unknown out_of_scope");
  Ingest(new_);
  EXPECT_EQ(CertificateStatusOf("0456", old_id), "unknown incomplete");
  EXPECT_EQ(CertificateStatusOf("0777", old_id), "revoked");
  EXPECT_EQ(CertificateStatusOf("0456", new_id), "active");
  // A bare serial may be of either key.
  EXPECT_EQ(StatusOf("0456", old_id), "unknown incomplete");
  EXPECT_EQ(StatusOf("0456", new_id), "unknown incomplete");
  CrlText base;
  base.extensions = {Number(5)};
  Ingest(old_, base);
  EXPECT_EQ(CertificateStatusOf("0456", old_id), "active");
  EXPECT_EQ(CertificateStatusOf("0123", old_id), "revoked");
  EXPECT_EQ(StatusOf("0456", old_id), "active");
}

TEST_F(AuthorityTest, unknown_OtherKeysListWhereTheOwnOneIsForOtherKinds) {
  const IssuerId old_id = Vouch(old_.Certificate());
  Vouch(Issue(old_, new_));
  CrlText of_cas;
  of_cas.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(2))}));
  Ingest(old_, of_cas);
  Ingest(new_);
  EXPECT_EQ(CertificateStatusOf("0456", old_id), "unknown incomplete");
  EXPECT_EQ(CertificateStatusOf("0456", old_id, CertificateView::Kind::kCa),
            "active");
  CrlText of_users;
  of_users.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(1))}));
  Ingest(old_, of_users);
  EXPECT_EQ(CertificateStatusOf("0456", old_id), "active");
}

// As in PKITS 4.5.4: the old key signs a list for the new key's certificate
// alone, which is in a place by itself.
TEST_F(AuthorityTest, good_OtherKeysListWhereTheOwnOneIsForAnotherPlace) {
  const IssuerId old_id = Vouch(old_.Certificate());
  Vouch(Issue(old_, new_));
  CrlText elsewhere;
  elsewhere.extensions.push_back(IssuingPoint(
      {Nest(der::ContextConstructed(0),
            {Nest(der::ContextConstructed(0), {Text(kUri, "http://ca/1")})})}));
  Ingest(old_, elsewhere);
  Ingest(new_);
  EXPECT_EQ(CertificateStatusOf("0456", old_id), "active");
  EXPECT_EQ(StatusOf("0456", old_id), "unknown incomplete");
}

TEST_F(AuthorityTest, unknown_CauseIsThatOfTheOtherKeysRefusedList) {
  const IssuerId root = Vouch(root_.Certificate());
  const IssuerId old_id = Below(root, Issue(root_, old_));
  const IssuerId new_id = Below(root, Issue(root_, new_));
  Ingest(new_);
  EXPECT_EQ(CertificateStatusOf("0456", old_id), "active");
  SnapshotBuilder::BuildOptions options;
  options.refusal = [&](IssuerId id) {
    return id == new_id ? Cause::kSignerNotTrusted : Cause::kNone;
  };
  EXPECT_EQ(CertificateStatusOf(*builder_.Build(options), "0456", old_id),
            "unknown signer_not_trusted");
}

// Of three names below each other: whatever the order in which they are met.
TEST_F(AuthorityTest, CasBelowAnchorsThatAreOneAreOne) {
  const TestAuthority x("Middle");
  const TestAuthority y("Middle");
  const IssuerId root = Vouch(root_.Certificate());
  const IssuerId x_id = Vouch(x.Certificate());
  const IssuerId y_id = Vouch(y.Certificate());
  Below(root, Issue(root_, x));
  Below(root, Issue(root_, y));
  for (int i = 0; i < 16; ++i) {
    const std::string name = "Leaf " + std::to_string(i);
    const TestAuthority a(name);
    const TestAuthority b(name);
    const IssuerId a_id = Below(x_id, Issue(x, a));
    Below(y_id, Issue(y, b));
    Ingest(b);
    EXPECT_EQ(StatusOf("0123", a_id), "revoked") << name;
  }
}

}  // namespace
}  // namespace revstat::test
