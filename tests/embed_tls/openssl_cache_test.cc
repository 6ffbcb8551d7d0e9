// Cached OCSP answers in OpenSSL's verification.
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include "engine/embed/openssl_hook.h"
#include "tests/embed_tls/tls_world.h"

namespace revstat::test {
namespace {

const Time kAt = *ParseTime(kDuring);

// A server whose snapshot has a CRL of the root alone: what is known of the
// issuing CA's certificates is in the cache.
class OpensslCache : public testing::Test {
 protected:
  OpensslCache() { policy_.ocsp_cache = cache_; }

  void Put(const TlsAuthority& issuer, std::string_view serial,
           OcspStatus status) {
    const auto view = CertificateView::Parse(issuer.certificate());
    OcspAnswer answer;
    answer.status = status;
    answer.this_update = kAt - std::chrono::hours(1);
    answer.until = kAt + std::chrono::hours(1);
    answer.revocation_time = kAt - std::chrono::hours(2);
    answer.sha256 = {7};
    cache_->Put({*SerialNumber::FromText(serial),
                 cache_->AddIssuer(OcspIssuerIdentity(*view))},
                answer, kAt);
  }
  int ErrorFor(std::string_view serial, std::string_view at = kDuring) {
    const ContextPointer server = NewContext(
        TLS_server_method(), {{issuing_.Issue("01"), issuing_.certificate()}},
        {root_.certificate()}, at);
    RevocationCheckOptions options;
    options.snapshots = snapshots_;
    options.policy = policy_;
    const absl::Status installed = InstallRevocationCheck(
        SSL_CTX_get_cert_store(server.get()), std::move(options));
    EXPECT_TRUE(installed.ok()) << installed;
    const ContextPointer client = NewContext(
        TLS_client_method(), {{issuing_.Issue(serial), issuing_.certificate()}},
        {root_.certificate()});
    const TlsPair pair = Connect(client.get(), server.get());
    report_ = *RevocationReportOf(pair.server.get());
    return pair.server_error();
  }

  const TlsAuthority root_{"Root"};
  const TlsAuthority issuing_{"Issuing", root_, "0a"};
  const std::shared_ptr<SnapshotPublisher> snapshots_ =
      std::make_shared<SnapshotPublisher>(
          SnapshotOfAll({&root_, &issuing_}, {root_.CrlListing({})}));
  const std::shared_ptr<OcspCache> cache_ = std::make_shared<OcspCache>();
  RevocationPolicy policy_;
  RevocationReport report_;
};

TEST_F(OpensslCache, good_and_revoked_where_no_crl_is_held) {
  Put(issuing_, "01", OcspStatus::kGood);
  Put(issuing_, "02", OcspStatus::kRevoked);
  Put(issuing_, "03", OcspStatus::kUnknown);
  EXPECT_EQ(ErrorFor("01"), X509_V_OK);
  const RevocationSource& source = report_.certificates[0].source;
  EXPECT_EQ(source.kind, RevocationSource::Kind::kOcsp);
  EXPECT_EQ(source.this_update, kAt - std::chrono::hours(1));
  EXPECT_EQ(source.next_update, kAt + std::chrono::hours(1));
  EXPECT_EQ(source.sha256, Sha256Digest{7});
  EXPECT_EQ(report_.certificates[1].source.kind, RevocationSource::Kind::kCrl);
  EXPECT_EQ(ErrorFor("02"), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(ErrorFor("03"), X509_V_ERR_OCSP_CERT_UNKNOWN);
  EXPECT_EQ(ErrorFor("04"), X509_V_ERR_UNABLE_TO_GET_CRL);
  // What is asked later is found without another installation.
  Put(issuing_, "04", OcspStatus::kGood);
  EXPECT_EQ(ErrorFor("04"), X509_V_OK);
}

TEST_F(OpensslCache, unknown_by_an_answer_of_another_issuer_and_after_its_end) {
  Put(root_, "01", OcspStatus::kGood);
  EXPECT_EQ(ErrorFor("01"), X509_V_ERR_UNABLE_TO_GET_CRL);
  Put(issuing_, "01", OcspStatus::kGood);
  EXPECT_EQ(ErrorFor("01", "2026-01-20T00:00:00Z"),
            X509_V_ERR_OCSP_VERIFY_FAILED);
  policy_.evidence.sources = SourcePolicy::kCrlOnly;
  EXPECT_EQ(ErrorFor("01"), X509_V_ERR_UNABLE_TO_GET_CRL);
}

TEST_F(OpensslCache, revoked_ca_whatever_its_own_answers_say) {
  Put(root_, "0a", OcspStatus::kRevoked);
  Put(issuing_, "01", OcspStatus::kGood);
  EXPECT_EQ(ErrorFor("01"), X509_V_ERR_CERT_REVOKED);
  EXPECT_NE(report_.certificates[1].verdict.flags & Verdict::kContradicted, 0);
  EXPECT_EQ(report_.certificates[0].verdict.cause, Cause::kSignerNotTrusted);
}

}  // namespace
}  // namespace revstat::test
