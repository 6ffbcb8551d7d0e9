// A source that gives PEM where DER is asked for, or no CRL at all.
#include "tests/refresh/pem.h"
#include "tests/refresh/refresher_fixture.h"

namespace revstat::test {
namespace {

class RefresherPem : public RefresherFixture {
 protected:
  void ServePem(const std::shared_ptr<const Buffer>& crl) {
    server_.folder().Write("a", Armoured("X509 CRL", crl->bytes()));
  }
  // What is told of a source that sends this.
  std::string WhyRefused(std::string_view octets) {
    server_.folder().Write("a", octets);
    const auto events = Round();
    const auto refused = Of(events, Kind::kRefused, "ca");
    EXPECT_EQ(refused.size(), 1u) << Summary(events);
    return refused.empty() ? "" : std::string(MessageOf(refused[0].why));
  }

  const TestAuthority ca_;
};

TEST_F(RefresherPem, good_InPlaceOfDer) {
  ServePem(ca_.Crl(NumberedCrl(1, {"01"})));
  Start({SourceOf("ca", ca_, {"/plain/a"})});
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  EXPECT_EQ(StatusOf("01"), Status::kRevoked);
  EXPECT_EQ(Summary(Round()), "fetched ca; not_modified ca");
  // The armour is no part of it.
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  EXPECT_EQ(Summary(Round()), "fetched ca; not_modified ca");
  ServePem(ca_.Crl(NumberedCrl(2, {"01", "02"})));
  EXPECT_EQ(Summary(Round()), "fetched ca; published ca");
  EXPECT_EQ(StatusOf("02"), Status::kRevoked);
  const auto contents = ReadStore(
      &FileSystem::System(), StoreFiles(folder_.path() + "/store"), nullptr);
  ASSERT_TRUE(contents.ok()) << contents.status();
  ASSERT_EQ(contents->crls.size(), 1u);
  EXPECT_TRUE(Equal(contents->crls[0].segment->der(),
                    ca_.Crl(NumberedCrl(2, {"01", "02"}))->bytes()));
}

TEST_F(RefresherPem, good_InAFile) {
  const auto crl = ca_.Crl(NumberedCrl(1, {"01"}));
  IssuerSource source = SourceOf("ca", ca_, {});
  source.crl_urls = {
      "file://" +
      folder_.Write("a.pem", Armoured("X509 CRL", crl->bytes(), 64, "\r\n"))};
  Start({source});
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  EXPECT_EQ(StatusOf("01"), Status::kRevoked);
}

// It is judged as if it had come bare.
TEST_F(RefresherPem, invalid_AsItWouldBeInDer) {
  ServePem(ca_.Crl(NumberedCrl(5, {"01"})));
  Start({SourceOf("ca", ca_, {"/plain/a"})});
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  ServePem(ca_.Crl(NumberedCrl(4, {"02"})));
  EXPECT_EQ(Summary(Round()), "fetched ca; refused ca older_than_held");
  ServePem(TestAuthority("Stranger").Crl(NumberedCrl(6, {"02"})));
  EXPECT_EQ(Summary(Round()), "fetched ca; refused ca wrong_issuer");
  ServePem(TestAuthority().Crl(NumberedCrl(6, {"02"})));
  EXPECT_EQ(Summary(Round()), "fetched ca; refused ca bad_signature");
  EXPECT_EQ(StatusOf("01"), Status::kRevoked);
  EXPECT_EQ(StatusOf("02"), Status::kActive);
}

TEST_F(RefresherPem, invalid_NoCrlAndTold) {
  ServePem(ca_.Crl(NumberedCrl(1, {"01"})));
  Start({SourceOf("ca", ca_, {"/plain/a"})});
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  const auto expect_told = [&](std::string_view octets, std::string_view what) {
    const std::string why = WhyRefused(octets);
    EXPECT_NE(why.find(what), std::string::npos) << why;
  };
  expect_told("<!doctype html><title>Log in</title>",
              "/plain/a: HTML or XML, not a CRL: ");
  expect_told(TextOf(ca_.Certificate()->bytes()), "a certificate, not a CRL: ");
  expect_told(Armoured("CERTIFICATE", ca_.Certificate()->bytes()),
              "a certificate in PEM, not a CRL: ");
  expect_told("-----BEGIN X509 CRL-----\nMIIB!\n-----END X509 CRL-----\n",
              "bad_pem");
  const std::string pem =
      Armoured("X509 CRL", ca_.Crl(NumberedCrl(2, {"02"}))->bytes());
  expect_told(pem + pem, "trailing_data");
  EXPECT_EQ(StatusOf("02"), Status::kActive);
}

}  // namespace
}  // namespace revstat::test
