// The status model as a whole: revocation and the certificate's own validity.
#include "engine/check/checker.h"

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "engine/check/issuer_resolver.h"
#include "engine/check/path_checker.h"
#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

Question About(std::string_view serial, std::string_view not_before,
               std::string_view not_after) {
  return {Key(serial), *ParseTime(not_before), *ParseTime(not_after)};
}

CrlText CrlWithHold() {
  CrlText text;
  text.entries = {
      Entry(IntegerOf("0123")),
      Entry(IntegerOf("0777"), UtcTime("260102030405Z"), {Reason(6)})};
  return text;
}

TEST(Check, PrecedenceOfTheStatusModel) {
  const auto snapshot = SnapshotOf(TestAuthority(), {CrlWithHold()});
  const auto status = [&](std::string_view serial, std::string_view from,
                          std::string_view to) {
    const Verdict verdict =
        Check(*snapshot, At(kDuring), About(serial, from, to));
    return Concat(
        {NameOf(verdict.status), verdict.is_expired() ? " expired" : ""});
  };
  EXPECT_EQ(status("0456", "2025-01-01", "2027-01-01"), "active");
  EXPECT_EQ(status("0456", "2025-01-01", "2026-01-01"), "expired expired");
  EXPECT_EQ(status("0456", "2026-06-01", "2027-01-01"), "not_yet_valid");
  EXPECT_EQ(status("0123", "2025-01-01", "2027-01-01"), "revoked");
  EXPECT_EQ(status("0123", "2025-01-01", "2026-01-01"), "revoked expired");
  EXPECT_EQ(status("0777", "2025-01-01", "2026-01-01"), "on_hold expired");
}

TEST(Check, ValidityIncludesBothEnds) {
  const auto snapshot = SnapshotOf(TestAuthority(), {CrlWithHold()});
  EXPECT_EQ(Check(*snapshot, At(kDuring), About("0456", kDuring, "2027-01-01"))
                .status,
            Status::kActive);
  EXPECT_EQ(Check(*snapshot, At(kDuring), About("0456", "2025-01-01", kDuring))
                .status,
            Status::kActive);
}

TEST(Check, ShortLivedOrWithoutRevocationInfoNeedsNoSource) {
  const auto snapshot = SnapshotOf(TestAuthority(), {});
  Question question = About("0456", "2026-01-14", "2026-01-16");
  LookupPolicy policy = At(kDuring);
  EXPECT_EQ(NameOf(Check(*snapshot, policy, question).cause), "no_source");
  policy.short_lived = std::chrono::hours(24);
  EXPECT_EQ(NameOf(Check(*snapshot, policy, question).cause), "no_source");
  policy.short_lived = std::chrono::hours(48);
  EXPECT_EQ(Check(*snapshot, policy, question).status, Status::kActive);
  policy.short_lived.reset();
  question.revocation_info = CertificateView::RevocationInfo::kNotAvailable;
  const Verdict verdict = Check(*snapshot, policy, question);
  EXPECT_EQ(verdict.status, Status::kActive);
  EXPECT_EQ(NameOf(verdict.cause), "no_revocation_info");
  // A listing stands all the same, and a stranger's certificate is unknown.
  const auto listing = SnapshotOf(TestAuthority(), {CrlText{}});
  question.key = Key("0123");
  EXPECT_EQ(Check(*listing, policy, question).status, Status::kRevoked);
  question.key.issuer = kUnknownIssuer;
  EXPECT_EQ(Check(*listing, policy, question).status, Status::kUnknown);
}

// RFC 9608 3: a certificate that says both contradicts itself.
TEST(Check, NoRevAvailBesideASourceOfStatusIsNotBelieved) {
  const TestAuthority ca;
  const auto snapshot = SnapshotOf(ca, {});
  const auto cause = [&](std::vector<Octets> extensions) {
    CertificateText text;
    text.extensions = std::move(extensions);
    const Octets der = text.Der();
    const auto certificate = CertificateView::Parse(der);
    EXPECT_TRUE(certificate.ok());
    IssuerResolver resolver(*snapshot);
    return NameOf(
        Check(*snapshot, At(kDuring), resolver.QuestionOf(*certificate, 0))
            .cause);
  };
  const Octets no_rev_avail = MakeExtension("2.5.29.56", Hex("0500"));
  const Octets point =
      Hex("300b3009a007a0058603783a79");  // http-like URI "x:y"
  EXPECT_EQ(cause({no_rev_avail}), "no_revocation_info");
  EXPECT_EQ(cause({no_rev_avail, MakeExtension("2.5.29.31", point)}),
            "no_source");
  EXPECT_EQ(cause({no_rev_avail, MakeExtension("2.5.29.46", point)}),
            "no_source");
  EXPECT_EQ(
      cause({no_rev_avail,
             MakeExtension("1.3.6.1.5.5.7.1.1",
                           Hex("3011300f06082b060105050730018603783a79"))}),
      "no_source");
}

// A renewal may have the same key under another subjectKeyIdentifier.
TEST(IssuerResolver, FindsTheIssuerByTheKeyIdentifierOfAnyOfItsCertificates) {
  const TestAuthority ca;
  const auto with_identifier = [&](std::string_view identifier) {
    CertificateText text;
    text.issuer = ca.name();
    text.subject = ca.name();
    text.public_key = ca.key().Spki();
    text.extensions = {MakeExtension("2.5.29.14", Hex(identifier))};
    return AsBuffer(ca.key().Signed(text, Ed25519()));
  };
  CertificateText text;
  text.extensions = {MakeExtension("2.5.29.35", Hex("3006800402020202"))};
  const Octets der = text.Der();
  const auto certificate = CertificateView::Parse(der);
  ASSERT_TRUE(certificate.ok());
  std::vector<std::string_view> identifiers = {"040401010101", "040402020202"};
  for (int order = 0; order < 2; ++order) {
    SnapshotBuilder builder;
    for (std::string_view identifier : identifiers)
      ASSERT_TRUE(builder.AddIssuer(with_identifier(identifier)).ok());
    const auto snapshot = builder.Build();
    EXPECT_EQ(IssuerResolver(*snapshot).IssuerOf(*certificate), 0u);
    std::swap(identifiers[0], identifiers[1]);
  }
}

TEST(Check, ExpiredNeedsNoSource) {
  const auto snapshot = SnapshotOf(TestAuthority(), {});
  const Verdict verdict =
      Check(*snapshot, At(kDuring), About("0456", "2025-01-01", "2026-01-01"));
  EXPECT_EQ(verdict.status, Status::kExpired);
  EXPECT_EQ(
      Check(*snapshot, At(kDuring), About("0456", "2025-01-01", "2027-01-01"))
          .status,
      Status::kUnknown);
}

TEST(Check, BatchOfAnySizeAnswersAsOneByOne) {
  const auto snapshot = SnapshotOf(TestAuthority(), {CrlWithHold()});
  const char* serials[] = {"0123", "0456", "0777"};
  for (const size_t size : {0u, 1u, 31u, 255u, 256u, 257u, 1000u}) {
    std::vector<Question> questions;
    for (size_t i = 0; i < size; ++i) {
      questions.push_back(
          {Key(serials[i % 3], i % 7 == 0 ? kUnknownIssuer : 0)});
    }
    std::vector<Verdict> verdicts(size);
    Check(*snapshot, At(kDuring), questions, verdicts);
    for (size_t i = 0; i < size; ++i) {
      const Verdict one = Check(*snapshot, At(kDuring), questions[i]);
      ASSERT_EQ(std::memcmp(&verdicts[i], &one, sizeof(one)), 0)
          << i << " of " << size;
    }
  }
}

Octets KeyIdentifier(uint8_t octet) { return Octets(20, octet); }

// A CA certificate of this key with a subjectKeyIdentifier.
std::shared_ptr<const Buffer> CaWithIdentifier(const TestAuthority& authority,
                                               uint8_t octet) {
  CertificateText text;
  text.subject = authority.name();
  text.public_key = authority.key().Spki();
  text.extensions = {
      MakeExtension("2.5.29.14", OctetString(KeyIdentifier(octet)))};
  return AsBuffer(authority.key().Signed(text, Ed25519()));
}

CertificateText LeafOf(const TestAuthority& authority) {
  CertificateText text;
  text.issuer = authority.name();
  return text;
}

TEST(IssuerResolver, FindsByNameWhateverItsCase) {
  const TestAuthority authority("Test CA");
  const auto snapshot = SnapshotOf(authority, {});
  CertificateText leaf = LeafOf(authority);
  leaf.issuer = CommonName("  TEST  ca ");
  const Octets der = authority.key().Signed(leaf, Ed25519());
  const auto view = CertificateView::Parse(Bytes(der));
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(IssuerResolver(*snapshot).IssuerOf(*view), 0u);
}

TEST(IssuerResolver, AuthorityKeyIdentifierTellsCasOfOneNameApart) {
  const TestAuthority first("One name");
  const TestAuthority second("One name");
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(CaWithIdentifier(first, 1)).ok());
  const auto second_id = builder.AddIssuer(CaWithIdentifier(second, 2));
  const auto snapshot = builder.Build();
  CertificateText leaf = LeafOf(second);
  leaf.extensions = {MakeExtension(
      "2.5.29.35", Seq({Tlv(der::ContextPrimitive(0), KeyIdentifier(2))}))};
  const Octets der = leaf.Der();
  const auto view = CertificateView::Parse(Bytes(der));
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(IssuerResolver(*snapshot).IssuerOf(*view), *second_id);
}

TEST(IssuerResolver, TheSignatureDecidesWhereNothingElseDoes) {
  const TestAuthority first("One name");
  const TestAuthority second("One name");
  const TestAuthority stranger("One name");
  SnapshotBuilder builder;
  const auto first_id = builder.AddIssuer(first.Certificate());
  const auto second_id = builder.AddIssuer(second.Certificate());
  const auto snapshot = builder.Build();
  IssuerResolver resolver(*snapshot);
  const auto issuer_of = [&](const TestAuthority& signer) {
    const Octets der = signer.key().Signed(LeafOf(signer), Ed25519());
    const auto view = CertificateView::Parse(Bytes(der));
    EXPECT_TRUE(view.ok());
    return resolver.IssuerOf(*view);
  };
  EXPECT_EQ(issuer_of(first), *first_id);
  EXPECT_EQ(issuer_of(second), *second_id);
  EXPECT_EQ(issuer_of(first), *first_id);
  EXPECT_EQ(issuer_of(stranger), kUnknownIssuer);
}

TEST(IssuerResolver, ListsNameIssuersByDigestOrName) {
  const TestAuthority authority("Test CA");
  const TestAuthority twin("Test CA");
  const auto snapshot = SnapshotOf(authority, {});
  IssuerResolver resolver(*snapshot);
  const std::string digest = ToHex(Sha256(authority.Certificate()->bytes()));
  EXPECT_EQ(*resolver.IssuerNamed(digest), 0u);
  EXPECT_EQ(*resolver.IssuerNamed("CN=test ca"), 0u);
  EXPECT_EQ(*resolver.IssuerNamed("CN=Other"), kUnknownIssuer);
  EXPECT_EQ(*resolver.IssuerNamed(std::string(64, '0')), kUnknownIssuer);
  EXPECT_EQ(ErrorCodeOf(resolver.IssuerNamed("no name").status()),
            ErrorCode::kBadText);

  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  ASSERT_TRUE(builder.AddIssuer(twin.Certificate()).ok());
  const auto both = builder.Build();
  EXPECT_EQ(*IssuerResolver(*both).IssuerNamed("CN=Test CA"), kAmbiguousIssuer);
}

// By an organisation and a common name, the first of which comes first.
std::shared_ptr<const Buffer> CaNamed(const Octets& first,
                                      const Octets& second) {
  CertificateText text;
  text.subject = text.issuer = NameOf({first, second});
  text.public_key = SigningKey::NewEdwards("ED25519").Spki();
  return AsBuffer(text.Der());
}

TEST(IssuerResolver, ListsNameIssuersInEitherOrderUnlessTwoAreMeant) {
  const Octets organisation = Attribute("2.5.4.10", Utf8("Org"));
  const Octets name = Attribute("2.5.4.3", Utf8("CA"));
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(CaNamed(organisation, name)).ok());
  const auto one = builder.Build();
  IssuerResolver of_one(*one);
  EXPECT_EQ(*of_one.IssuerNamed("CN=CA,O=Org"), 0u);       // RFC 4514
  EXPECT_EQ(*of_one.IssuerNamed("O = Org, CN = CA"), 0u);  // OpenSSL
  // RFC 4514 has no space, and means another CA by that.
  EXPECT_EQ(*of_one.IssuerNamed("O=Org,CN=CA"), kUnknownIssuer);
  EXPECT_EQ(*of_one.IssuerNamed("O = Org, CN = Other"), kUnknownIssuer);
  EXPECT_EQ(*of_one.IssuerNamed("O = Org"), kUnknownIssuer);

  // Whose name is the other's backwards: a text with spaces may mean either.
  ASSERT_TRUE(builder.AddIssuer(CaNamed(name, organisation)).ok());
  const auto two = builder.Build();
  IssuerResolver of_two(*two);
  EXPECT_EQ(*of_two.IssuerNamed("CN=CA,O=Org"), 0u);
  EXPECT_EQ(*of_two.IssuerNamed("O=Org,CN=CA"), 1u);
  EXPECT_EQ(*of_two.IssuerNamed("O = Org, CN = CA"), kAmbiguousIssuer);
}

TEST(IsAccepted, good_for_active_and_wanted_unknown_but_nothing_listed) {
  Verdict verdict;
  verdict.status = Status::kActive;
  EXPECT_TRUE(IsAccepted(verdict, UnknownPolicy::kRefuse));
  verdict = Unknown(Cause::kStale);
  EXPECT_FALSE(IsAccepted(verdict, UnknownPolicy::kRefuse));
  EXPECT_TRUE(IsAccepted(verdict, UnknownPolicy::kAccept));
  // It is on the list, only from a later time on.
  verdict = Unknown(Cause::kRevokedLater);
  EXPECT_FALSE(IsAccepted(verdict, UnknownPolicy::kAccept));
  verdict.status = Status::kRevoked;
  EXPECT_FALSE(IsAccepted(verdict, UnknownPolicy::kAccept));
}

}  // namespace
}  // namespace revstat::test
