// Serials whose issuer is known by its name alone, of a CA with several keys.
#include "tests/check/ocsp_asked.h"

namespace revstat::test {
namespace {

// The world's CA and its next key, whose certificate the first has signed.
class OcspNamed : public testing::Test {
 protected:
  OcspNamed() {
    CertificateText next = world_.CaText();
    next.public_key = world_.delegate.key.Spki();
    SnapshotBuilder builder;
    EXPECT_TRUE(builder.AddIssuer(BufferOf(world_.CaCertificate())).ok());
    EXPECT_TRUE(
        builder.AddIssuer(BufferOf(world_.ca.key.Signed(next, world_.ca.form)))
            .ok());
    snapshot_ = builder.Build();
    EXPECT_EQ(snapshot_->issuers()[0].authority,
              snapshot_->issuers()[1].authority);
  }

  Octets Of(const OcspKey& key, const Octets& status) const {
    SingleText single;
    single.cert_id =
        CertIdFor("SHA1", CommonName("Test CA"), key.key.Spki()).Der();
    single.status = status;
    ResponseText text;
    text.responses = {single.Der()};
    return OcspWorld::Signed(text, key);
  }
  Octets First(const Octets& status) const { return Of(world_.ca, status); }
  Octets Second(const Octets& status) const {
    return Of(world_.delegate, status);
  }

  // The status and, from OCSP, the key whose answer decided.
  std::string Say(const std::vector<Octets>& responses,
                  SourcePolicy sources = SourcePolicy::kOcspOnly) const {
    OcspSet set;
    for (const Octets& response : responses)
      EXPECT_TRUE(set.Add(BufferOf(response)).ok());
    const OcspCheckPolicy policy = PolicyOf(sources);
    const auto checker = OcspChecker::Create(*snapshot_, set, policy);
    Question question = WorldCertificate();
    question.issuer_naming = IssuerNaming::kByName;
    const Verdict verdict = (*checker)->JoinNamed(
        &question, Check(*snapshot_, policy.lookup, question));
    std::string text(NameOf(verdict.status));
    if (verdict.cause != Cause::kNone)
      text += Concat({" ", NameOf(verdict.cause)});
    if (verdict.is_from_ocsp())
      text += Concat({" by ", std::to_string(question.key.issuer)});
    EXPECT_EQ(set.Explain(question.key, verdict).source != nullptr,
              verdict.is_from_ocsp());
    return text;
  }

  const OcspWorld world_;
  std::unique_ptr<const Snapshot> snapshot_;
};

TEST_F(OcspNamed, RevokedUnderEitherKey) {
  for (const Octets& other : {Good(), Unknown()}) {
    EXPECT_EQ(Say({First(Revoked()), Second(other)}), "revoked by 0");
    EXPECT_EQ(Say({First(other), Second(Revoked())}), "revoked by 1");
    EXPECT_EQ(Say({Second(Revoked()), First(other)}), "revoked by 1");
  }
  EXPECT_EQ(Say({Second(Revoked())}), "revoked by 1");
}

TEST_F(OcspNamed, ActiveWhereNoOtherKeyMayHaveIssuedIt) {
  EXPECT_EQ(Say({First(Good()), Second(Good())}), "active by 0");
  EXPECT_EQ(Say({First(Unknown()), Second(Good())}), "active by 1");
  EXPECT_EQ(Say({First(Good()), Second(Unknown())}), "active by 0");
}

// A responder that says `good` of whatever it does not list (RFC 6960 2.2), and
// nothing from the one that may know better.
TEST_F(OcspNamed, UnknownWhereTheOtherKeyIsSilent) {
  EXPECT_EQ(Say({First(Good())}), "unknown no_source");
  EXPECT_EQ(Say({Second(Good())}), "unknown no_source");
  EXPECT_EQ(Say({First(Unknown())}), "unknown no_source");
  EXPECT_EQ(Say({}), "unknown no_source");
  EXPECT_EQ(Say({First(Unknown()), Second(Unknown())}),
            "unknown responder_unknown by 0");
  EXPECT_EQ(Say({First(Good())}, SourcePolicy::kCrlOnly), "unknown no_source");
}

// Which `--unknown accept` must hear of.
TEST_F(OcspNamed, UnknownWhereOneListsItLater) {
  const Octets later = Revoked("20260115000001Z");
  for (const Octets& other : {Good(), Unknown()}) {
    EXPECT_EQ(Say({First(other), Second(later)}), "unknown revoked_later by 1");
    EXPECT_EQ(Say({First(later), Second(other)}), "unknown revoked_later by 0");
  }
}

// RFC 6960 2.2: a responder that says of each serial that it has not issued
// that it is on hold since 1970.
TEST_F(OcspNamed, ActiveWhereTheOtherKeyHasNeverIssuedIt) {
  const auto never = [&](const OcspKey& key) {
    ResponseText text;
    SingleText single;
    single.cert_id =
        CertIdFor("SHA1", CommonName("Test CA"), key.key.Spki()).Der();
    single.status = Revoked("19700101000000Z", 6);
    text.responses = {single.Der()};
    text.extensions = {
        MakeExtension("1.3.6.1.5.5.7.48.1.9", Tlv(der::kNull, {}))};
    return OcspWorld::Signed(text, key);
  };
  EXPECT_EQ(Say({First(Good()), Second(Good())}), "active by 0");
  EXPECT_EQ(Say({First(Good()), never(world_.delegate)}), "active by 0");
  EXPECT_EQ(Say({never(world_.ca), Second(Good())}), "active by 1");
  EXPECT_EQ(Say({never(world_.ca), never(world_.delegate)}),
            "on_hold never_issued by 0");
  EXPECT_EQ(Say({never(world_.ca)}), "unknown no_source");
}

TEST_F(OcspNamed, EachKeyHasAllOfItsAuthority) {
  IssuerResolver resolver(*snapshot_);
  for (const IssuerId id : {0u, 1u}) {
    const auto keys = resolver.KeysOf(id);
    EXPECT_EQ(std::vector<IssuerId>(keys.begin(), keys.end()),
              (std::vector<IssuerId>{0u, 1u}));
  }
  EXPECT_TRUE(resolver.KeysOf(kUnknownIssuer).empty());
  EXPECT_EQ(IssuerResolver::NamingOf(std::string(64, 'a')),
            IssuerNaming::kByKey);
  EXPECT_EQ(IssuerResolver::NamingOf("CN=Test CA"), IssuerNaming::kByName);
}

}  // namespace
}  // namespace revstat::test
