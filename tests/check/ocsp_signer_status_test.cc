// Whoever signs OCSP responses, or issued the certificate, may be revoked.
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "tests/check/ocsp_asked.h"

namespace revstat::test {
namespace {

TEST(OcspChecker, DelegatesStatusIsThatOfTheCrls) {
  const OcspWorld world;
  CertificateText certificate = world.DelegateText();
  certificate.extensions = {KeyPurposes({kOcspSigningOid})};
  const Octets unchecked = world.ByDelegate(world.Response(), certificate);
  const Octets nocheck = world.ByDelegate(world.Response());
  const auto policy = PolicyOf(SourcePolicy::kOcspOnly);
  const auto revoked = SnapshotWith({CrlListing("0d")});
  const auto absent = SnapshotWith({CrlListing("0456")});
  EXPECT_EQ(Ask(*absent, {unchecked}, policy).text, "active");
  EXPECT_EQ(Ask(*revoked, {unchecked}, policy).text,
            "unknown responder_revoked");
  EXPECT_EQ(Ask(*revoked, {nocheck}, policy).text, "unknown responder_revoked");
  EXPECT_EQ(Ask(*SnapshotWith({}), {nocheck}, policy).text, "active");
}

// What a response says of the delegate 0d, by whom `sign` makes of it.
Octets AboutDelegate(const Octets& status, const auto& sign) {
  const OcspWorld world;
  ResponseText text;
  SingleText single;
  single.cert_id = CertIdFor("SHA1", CommonName("Test CA"), world.ca.key.Spki(),
                             IntegerOf("0d"))
                       .Der();
  single.status = status;
  text.responses = {single.Der()};
  return sign(text);
}

TEST(OcspChecker, DelegatesStatusIsThatOfOtherResponsesAsWell) {
  const OcspWorld world;
  CertificateText checked = world.DelegateText();
  checked.extensions = {KeyPurposes({kOcspSigningOid})};
  const Octets good = world.ByDelegate(world.Response(), checked);
  const auto by_ca = [&](const ResponseText& text) { return world.ByCa(text); };
  const auto by_itself = [&](const ResponseText& text) {
    return world.ByDelegate(text, checked);
  };
  // Another delegate, whose certificate says nocheck or does not.
  const SigningKey& other_key = SigningKey::NewEc("P-256");
  const auto by_other = [&](const std::vector<Octets>& extensions) {
    return [&, extensions](ResponseText text) {
      CertificateText certificate = world.DelegateText();
      certificate.serial = IntegerOf("0e");
      certificate.subject = CommonName("Other responder");
      certificate.public_key = other_key.Spki();
      certificate.extensions = extensions;
      text.responder = ByName(certificate.subject);
      text.certificates = {world.ca.key.Signed(certificate, world.ca.form)};
      return OcspWorld::Signed(text, {other_key, Ecdsa("SHA256")});
    };
  };
  const auto with_check = by_other({KeyPurposes({kOcspSigningOid})});
  const auto nocheck = by_other({KeyPurposes({kOcspSigningOid}), NoCheck()});
  const auto none = SnapshotWith({});
  const auto text = [&](const Octets& about) {
    return Ask(*none, {good, about}, PolicyOf(SourcePolicy::kOcspOnly)).text;
  };
  EXPECT_EQ(text(AboutDelegate(Good(), by_ca)), "active");
  EXPECT_EQ(text(AboutDelegate(Good(), nocheck)), "active");
  EXPECT_EQ(text(AboutDelegate(Revoked(), by_ca)), "unknown responder_revoked");
  EXPECT_EQ(text(AboutDelegate(Unknown(), by_ca)),
            "unknown responder_unchecked");
  // Nobody vouches for himself, nor two for each other.
  EXPECT_EQ(text(AboutDelegate(Good(), by_itself)),
            "unknown responder_unchecked");
  EXPECT_EQ(text(AboutDelegate(Good(), with_check)),
            "unknown responder_unchecked");
  // But one that the CRLs show to be active does; and what they list is listed.
  EXPECT_EQ(Ask(*SnapshotWith({CrlListing("0d")}),
                {good, AboutDelegate(Good(), by_ca)},
                PolicyOf(SourcePolicy::kOcspOnly))
                .text,
            "unknown responder_revoked");
  // nocheck settles what is not known, and not what is.
  EXPECT_EQ(
      Ask(*none,
          {world.ByDelegate(world.Response()), AboutDelegate(Revoked(), by_ca)},
          PolicyOf(SourcePolicy::kOcspOnly))
          .text,
      "unknown responder_revoked");
}

// An intermediate that nobody vouches for: its responder is believed while its
// own certificate is known to be active.
TEST(OcspChecker, IssuerIsBelievedWhileItIsActive) {
  const OcspWorld world;
  const SigningKey& root_key = SigningKey::Edwards("ED25519");
  CertificateText root;
  root.issuer = root.subject = CommonName("Root");
  root.public_key = root_key.Spki();
  CertificateText intermediate = world.CaText();
  intermediate.issuer = root.subject;
  intermediate.serial = IntegerOf("0a");
  const auto snapshot = [&](const char* listed) {
    SnapshotBuilder builder;
    const auto anchor =
        builder.AddIssuer(BufferOf(root_key.Signed(root, Ed25519())));
    EXPECT_TRUE(anchor.ok());
    EXPECT_TRUE(
        builder
            .AddValidatedIssuer(
                BufferOf(root_key.Signed(intermediate, Ed25519())), *anchor)
            .ok());
    if (*listed != 0) {
      CrlText crl = CrlListing(listed);
      crl.issuer = root.subject;
      EXPECT_TRUE(
          builder.IngestCrl(BufferOf(root_key.Signed(crl, Ed25519())), {})
              .ok());
    }
    return builder.Build();
  };
  Question question = WorldCertificate();
  question.key.issuer = 1;
  const Octets good = world.ByCa(world.Response());
  const auto policy = PolicyOf(SourcePolicy::kPreferOcsp);
  EXPECT_EQ(Ask(*snapshot("0b"), {good}, policy, question).text, "active");
  EXPECT_EQ(Ask(*snapshot("0a"), {good}, policy, question).text,
            "unknown signer_not_trusted");
  EXPECT_EQ(Ask(*snapshot(""), {good}, policy, question).text,
            "unknown signer_not_trusted");
  // The root's own OCSP response about the intermediate serves as well.
  ResponseText about = world.Response();
  SingleText single = world.Single();
  single.cert_id =
      CertIdFor("SHA256", root.subject, root_key.Spki(), IntegerOf("0a")).Der();
  about.responses = {single.Der()};
  about.responder = ByName(root.subject);
  const Octets by_root = OcspWorld::Signed(about, {root_key, Ed25519()});
  EXPECT_EQ(Ask(*snapshot(""), {good, by_root}, policy, question).text,
            "active");
}

// A CA of its own key, for those that certify each other.
struct Authority {
  explicit Authority(std::string_view common_name)
      : name(CommonName(common_name)) {}

  Octets Certify(const Authority& subject, std::string_view serial) const {
    CertificateText text;
    text.issuer = name;
    text.subject = subject.name;
    text.serial = IntegerOf(serial);
    text.public_key = subject.key.Spki();
    return key.Signed(text, Ecdsa("SHA256"));
  }
  Octets Good(std::string_view serial) const {
    SingleText single;
    single.cert_id =
        CertIdFor("SHA1", name, key.Spki(), IntegerOf(serial)).Der();
    ResponseText text;
    text.responder = ByName(name);
    text.responses = {single.Der()};
    return OcspWorld::Signed(text, {key, Ecdsa("SHA256")});
  }

  SigningKey key = SigningKey::NewEc("P-256");
  Octets name;
};

// The root certifies A, and A and B each other: while A is judged by way of B,
// B is not believed; but it is afterwards.
TEST(OcspChecker, IssuersAreBelievedInWhateverOrderTheyAreAskedAbout) {
  const Authority root("Root"), a("A"), b("B");
  SnapshotBuilder builder;
  const auto anchor = builder.AddIssuer(BufferOf(root.Certify(root, "01")));
  ASSERT_TRUE(anchor.ok());
  std::vector<Octets> responses = {root.Good("0a"), a.Good("0b"), b.Good("0c"),
                                   a.Good("10"), b.Good("11")};
  for (const Octets& certificate :
       {b.Certify(a, "0c"), root.Certify(a, "0a"), a.Certify(b, "0b")}) {
    ASSERT_TRUE(
        builder.AddValidatedIssuer(BufferOf(certificate), *anchor).ok());
  }
  const auto snapshot = builder.Build();
  OcspSet set;
  for (const Octets& response : responses)
    ASSERT_TRUE(set.Add(BufferOf(response)).ok());
  const auto question = [&](const Authority& issuer, std::string_view serial) {
    Question asked = WorldCertificate();
    asked.key.serial = *SerialNumber::FromText(serial);
    for (IssuerId id = 0; id < snapshot->issuers().size(); ++id) {
      const Bytes subject = snapshot->issuers()[id].view.subject().tlv();
      if (Equal(subject, issuer.name)) asked.key.issuer = id;
    }
    return asked;
  };
  const auto policy = PolicyOf(SourcePolicy::kOcspOnly);
  for (const bool a_first : {true, false}) {
    const auto checker = *OcspChecker::Create(*snapshot, set, policy);
    const auto ask_a = [&] { return checker->Ask(question(a, "10"), {}); };
    const auto ask_b = [&] { return checker->Ask(question(b, "11"), {}); };
    const Verdict first = a_first ? ask_a() : ask_b();
    const Verdict second = a_first ? ask_b() : ask_a();
    EXPECT_EQ(first.status, Status::kActive) << NameOf(first.cause);
    EXPECT_EQ(second.status, Status::kActive) << NameOf(second.cause);
  }
}

// Each of them vouches for all others, and nobody for any of them. Judging
// every path through them would take years.
TEST(OcspChecker, UnknownByAMeshOfIssuersThatOnlyVouchForEachOther) {
  const Authority root("Root");
  std::vector<Authority> mesh;
  for (int i = 0; i < 14; ++i) mesh.emplace_back("M" + std::to_string(i));
  SnapshotBuilder builder;
  const auto anchor = builder.AddIssuer(BufferOf(root.Certify(root, "01")));
  OcspSet set;
  ASSERT_TRUE(set.Add(BufferOf(mesh[0].Good("01"))).ok());
  for (size_t i = 0; i < mesh.size(); ++i) {
    for (size_t j = 0; j < mesh.size(); ++j) {
      if (i == j) continue;
      const uint8_t number = static_cast<uint8_t>(j + 16);
      const std::string serial = ToHex(Bytes(&number, 1));
      ASSERT_TRUE(builder
                      .AddValidatedIssuer(
                          BufferOf(mesh[i].Certify(mesh[j], serial)), *anchor)
                      .ok());
      ASSERT_TRUE(set.Add(BufferOf(mesh[i].Good(serial))).ok());
    }
  }
  const auto snapshot = builder.Build();
  const auto checker =
      *OcspChecker::Create(*snapshot, set, PolicyOf(SourcePolicy::kOcspOnly));
  Question question = WorldCertificate();
  question.key.serial = *SerialNumber::FromText("01");
  for (IssuerId id = 0; id < snapshot->issuers().size(); ++id) {
    if (Equal(snapshot->issuers()[id].view.subject().tlv(), mesh[0].name))
      question.key.issuer = id;
  }
  EXPECT_EQ(checker->Ask(question, {}).cause, Cause::kSignerNotTrusted);
}

}  // namespace
}  // namespace revstat::test
