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

}  // namespace
}  // namespace revstat::test
