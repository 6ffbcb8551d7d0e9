// Which signers of CRLs are believed: by CRLs of those that are.
#include "engine/check/signer_checker.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

// Below a root that the caller vouches for, CRL keys of the root's own name:
// each may sign CRLs about the root's certificates, those of the keys included.
class SignerCheckerTest : public testing::Test {
 protected:
  struct Signer {
    TestAuthority authority{"One CA"};
    std::string serial;
    std::shared_ptr<const Buffer> certificate;
  };

  Signer MakeSigner(const std::string& serial) const {
    Signer signer;
    signer.serial = serial;
    CertificateText text;
    text.serial = IntegerOf(serial);
    text.issuer = root_.name();
    text.subject = root_.name();
    text.public_key = signer.authority.key().Spki();
    text.extensions = {MakeExtension("2.5.29.15", Hex("03020102"))};
    signer.certificate = AsBuffer(root_.key().Signed(text, Ed25519()));
    return signer;
  }
  static CrlText Listing(const std::vector<std::string>& serials,
                         uint8_t reason = 1) {
    CrlText text;
    text.entries = {Entry(IntegerOf("0999"))};
    for (const std::string& serial : serials)
      text.entries.push_back(
          Entry(IntegerOf(serial), UtcTime("260102030405Z"), {Reason(reason)}));
    return text;
  }

  // "0a:trusted 0b:refused", the same for every order of what was added.
  std::string Judge() {
    std::string judged;
    std::vector<size_t> order(signers_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    do {
      const std::string one = JudgeIn(order);
      EXPECT_TRUE(judged.empty() || judged == one) << one;
      judged = one;
    } while (std::next_permutation(order.begin(), order.end()));
    return judged;
  }

  const TestAuthority root_{"One CA"};
  std::vector<Signer> signers_;
  std::vector<std::shared_ptr<const Buffer>> crls_;

 private:
  std::string JudgeIn(const std::vector<size_t>& order) const {
    SnapshotBuilder builder;
    const auto root = builder.AddIssuer(root_.Certificate());
    EXPECT_TRUE(root.ok());
    std::vector<IssuerId> ids(signers_.size());
    for (size_t i : order)
      ids[i] = *builder.AddValidatedIssuer(signers_[i].certificate, *root);
    for (const auto& crl : crls_) EXPECT_TRUE(builder.IngestCrl(crl, {}).ok());
    const auto snapshot = builder.Build();
    const SignerChecker checker(*snapshot, At(kDuring));
    std::string judged;
    for (size_t i = 0; i < ids.size(); ++i) {
      const bool passes = checker.Judge(ids[i]) == Cause::kNone;
      judged += Concat({judged.empty() ? "" : " ", signers_[i].serial,
                        passes ? ":trusted" : ":refused"});
    }
    return judged;
  }
};

TEST_F(SignerCheckerTest, RevokedKeyCannotDisqualifyAGoodOne) {
  signers_ = {MakeSigner("0a"), MakeSigner("0b")};
  crls_ = {root_.Crl(Listing({"0a"})),
           signers_[0].authority.Crl(Listing({"0b"})),
           signers_[1].authority.Crl(Listing({}))};
  EXPECT_EQ(Judge(), "0a:refused 0b:trusted");
}

TEST_F(SignerCheckerTest, OwnListDecidesWhereThereIsNoOther) {
  signers_ = {MakeSigner("0a")};
  crls_ = {signers_[0].authority.Crl(Listing({}))};
  EXPECT_EQ(Judge(), "0a:trusted");
  crls_ = {signers_[0].authority.Crl(Listing({"0a"}))};
  EXPECT_EQ(Judge(), "0a:refused");
}

TEST_F(SignerCheckerTest, GoodKeyRevokesAnother) {
  signers_ = {MakeSigner("0a"), MakeSigner("0b"), MakeSigner("0c")};
  crls_ = {root_.Crl(Listing({})), signers_[0].authority.Crl(Listing({"0b"})),
           signers_[1].authority.Crl(Listing({})),
           signers_[2].authority.Crl(Listing({}))};
  EXPECT_EQ(Judge(), "0a:trusted 0b:refused 0c:trusted");
}

// Believed in the first round, by the root's silence and its own.
TEST_F(SignerCheckerTest, GoodKeyRetiresTheOnlyCertificateOfAnother) {
  signers_ = {MakeSigner("0a"), MakeSigner("0b")};
  crls_ = {root_.Crl(Listing({})),
           signers_[0].authority.Crl(Listing({"0b"}, 4)),
           signers_[1].authority.Crl(Listing({}))};
  EXPECT_EQ(Judge(), "0a:trusted 0b:refused");
}

TEST_F(SignerCheckerTest, WithoutAnyListNothingIsTrusted) {
  signers_ = {MakeSigner("0a")};
  EXPECT_EQ(Judge(), "0a:refused");
}

}  // namespace
}  // namespace revstat::test
