// A key that several CAs have certified, one of which has revoked its
// certificate: what the reason says of the others.
#include <gtest/gtest.h>

#include "engine/check/signer_checker.h"
#include "tests/check/ocsp_asked.h"
#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

// The key of the subordinate CA has certificate 0a by the first root and 0b by
// the second.
class RetiredCertificate : public testing::Test {
 protected:
  static constexpr IssuerId kSubordinate = 2;
  using Crls = std::vector<std::shared_ptr<const Buffer>>;

  std::shared_ptr<const Buffer> CertifiedBy(const TestAuthority& root,
                                            const char* serial) const {
    CertificateText text;
    text.serial = IntegerOf(serial);
    text.issuer = root.name();
    text.subject = subordinate_.name();
    text.public_key = subordinate_.key().Spki();
    text.extensions = {MakeExtension("2.5.29.15", Hex("03020106"))};
    return AsBuffer(root.key().Signed(text, Ed25519()));
  }

  std::unique_ptr<const Snapshot> SnapshotWith(const Crls& crls) const {
    SnapshotBuilder builder;
    const auto first = builder.AddIssuer(first_.Certificate());
    const auto second = builder.AddIssuer(second_.Certificate());
    EXPECT_TRUE(
        builder.AddValidatedIssuer(CertifiedBy(first_, "0a"), *first).ok());
    EXPECT_EQ(*builder.AddValidatedIssuer(CertifiedBy(second_, "0b"), *second),
              kSubordinate);
    for (const auto& crl : crls) EXPECT_TRUE(builder.IngestCrl(crl, {}).ok());
    return builder.Build();
  }
  bool IsTrusted(const Crls& crls) const {
    const auto snapshot = SnapshotWith(crls);
    const SignerChecker checker(*snapshot, At(kDuring));
    return checker.Judge(kSubordinate) == Cause::kNone;
  }

  static CrlText Silent() {
    CrlText text;
    text.entries = {Entry(IntegerOf("0999"))};
    return text;
  }
  static CrlText Listing(const char* serial, uint8_t reason) {
    CrlText text;
    text.entries = {Entry(IntegerOf(serial), UtcTime("260102030405Z"),
                          {test::Reason(reason)})};
    return text;
  }

  // What an OCSP response of this CA says of its certificate.
  static Octets Answer(const TestAuthority& by, const char* serial,
                       const Octets& status) {
    SingleText single;
    single.cert_id =
        CertIdFor("SHA1", by.name(), by.key().Spki(), IntegerOf(serial)).Der();
    single.status = status;
    ResponseText text;
    text.responder = ByName(by.name());
    text.responses = {single.Der()};
    return OcspWorld::Signed(text, {by.key(), Ed25519()});
  }
  // Of a certificate of the subordinate CA, whose own response calls it good.
  std::string AskByOcsp(const Crls& crls,
                        const std::vector<Octets>& more = {}) const {
    std::vector<Octets> responses = {Answer(subordinate_, "0123", Good())};
    responses.insert(responses.end(), more.begin(), more.end());
    Question question = WorldCertificate();
    question.key.issuer = kSubordinate;
    return Ask(*SnapshotWith(crls), responses,
               PolicyOf(SourcePolicy::kPreferOcsp), question)
        .text;
  }

  const TestAuthority first_{"Root 1"};
  const TestAuthority second_{"Root 2"};
  const TestAuthority subordinate_{"Sub CA"};
};

// RFC 5280 5.3.1: affiliationChanged, superseded, cessationOfOperation.
constexpr uint8_t kRetired[] = {3, 4, 5};
constexpr uint8_t kAgainstTheKey[] = {0, 1, 2, 6, 9, 10};

TEST_F(RetiredCertificate, GoodWhereAnotherRootHasRetiredIts) {
  const auto silent = first_.Crl(Silent());
  EXPECT_TRUE(IsTrusted({silent, second_.Crl(Silent())}));
  for (const uint8_t reason : kRetired) {
    EXPECT_TRUE(IsTrusted({silent, second_.Crl(Listing("0b", reason))}))
        << int{reason};
  }
}

TEST_F(RetiredCertificate, RevokedForAReasonThatMayBeTheKeys) {
  const auto silent = first_.Crl(Silent());
  for (const uint8_t reason : kAgainstTheKey) {
    EXPECT_FALSE(IsTrusted({silent, second_.Crl(Listing("0b", reason))}))
        << int{reason};
  }
  CrlText no_reason;
  no_reason.entries = {Entry(IntegerOf("0b"))};
  EXPECT_FALSE(IsTrusted({silent, second_.Crl(no_reason)}));
}

TEST_F(RetiredCertificate, UnknownWhereNoOtherIsActive) {
  const auto retired = second_.Crl(Listing("0b", 4));
  EXPECT_FALSE(IsTrusted({retired}));
  EXPECT_FALSE(IsTrusted({first_.Crl(Listing("0a", 5)), retired}));
}

// Of two lists the verdict has the reason of the one with the earlier date.
TEST_F(RetiredCertificate, RevokedWhereAnotherListHasTheWorseReason) {
  CrlText compromised = Listing("0b", 1);
  compromised.entries = {
      Entry(IntegerOf("0b"), UtcTime("260105000000Z"), {test::Reason(1)})};
  compromised.extensions.push_back(IssuingPoint({Hex("83020560")}));
  const auto silent = first_.Crl(Silent());
  const auto retired = second_.Crl(Listing("0b", 4));
  const auto worse = second_.Crl(compromised);
  EXPECT_FALSE(IsTrusted({silent, retired, worse}));
  EXPECT_FALSE(IsTrusted({worse, retired, silent}));
}

TEST_F(RetiredCertificate, OcspIssuerIsBelievedByTheSameRule) {
  const std::string refused = "unknown signer_not_trusted";
  const auto silent = first_.Crl(Silent());
  const auto retired = second_.Crl(Listing("0b", 4));
  EXPECT_EQ(AskByOcsp({silent, second_.Crl(Silent())}), "active");
  for (const uint8_t reason : kRetired) {
    EXPECT_EQ(AskByOcsp({silent, second_.Crl(Listing("0b", reason))}), "active")
        << int{reason};
  }
  for (const uint8_t reason : kAgainstTheKey) {
    EXPECT_EQ(AskByOcsp({silent, second_.Crl(Listing("0b", reason))}), refused)
        << int{reason};
  }
  EXPECT_EQ(AskByOcsp({retired}), refused);
  EXPECT_EQ(AskByOcsp({first_.Crl(Listing("0a", 5)), retired}), refused);
}

TEST_F(RetiredCertificate, OcspResponsesRetireAndRevokeToo) {
  const auto silent = first_.Crl(Silent());
  const auto retired = second_.Crl(Listing("0b", 4));
  const auto answer = [&](int reason) {
    return Answer(second_, "0b", Revoked("20260103030405Z", reason));
  };
  EXPECT_EQ(AskByOcsp({silent}, {answer(5)}), "active");
  EXPECT_EQ(AskByOcsp({silent}, {answer(1)}), "unknown signer_not_trusted");
  EXPECT_EQ(AskByOcsp({silent}, {answer(-1)}), "unknown signer_not_trusted");
  // Each source is heard, whichever decides.
  EXPECT_EQ(AskByOcsp({silent, retired}, {answer(5)}), "active");
  EXPECT_EQ(AskByOcsp({silent, retired}, {answer(1)}),
            "unknown signer_not_trusted");
  EXPECT_EQ(AskByOcsp({silent, second_.Crl(Listing("0b", 1))}, {answer(5)}),
            "unknown signer_not_trusted");
}

}  // namespace
}  // namespace revstat::test
