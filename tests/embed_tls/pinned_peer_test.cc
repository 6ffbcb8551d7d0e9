// Peers whose chain names no issuer: the host trusts their certificate itself,
// or forgives that it ends nowhere.
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include "engine/embed/openssl_hook.h"
#include "tests/embed_tls/tls_world.h"

namespace revstat::test {
namespace {

class PinnedPeer : public testing::Test {
 protected:
  // A server that trusts this certificate, of a client that sends it alone.
  TlsPair ConnectPinned(const Octets& pinned) {
    const ContextPointer server = Server(pinned);
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(server.get()),
                                X509_V_FLAG_PARTIAL_CHAIN);
    return ConnectTo(server.get(), pinned);
  }
  ContextPointer Server(const Octets& trusted) {
    ContextPointer server =
        NewContext(TLS_server_method(), {{ca_.Issue("7f")}}, {trusted});
    RevocationCheckOptions options;
    options.snapshots = snapshots_;
    options.on_refusal = [this](const RevocationRefusal& refusal) {
      log_ += Concat({NameOf(refusal.report.verdict.status), " ",
                      NameOf(refusal.report.verdict.cause), "; "});
    };
    EXPECT_TRUE(
        InstallRevocationCheck(SSL_CTX_get_cert_store(server.get()), options)
            .ok());
    return server;
  }
  TlsPair ConnectTo(SSL_CTX* server, const Octets& certificate) {
    const ContextPointer client =
        NewContext(TLS_client_method(), {{certificate}}, {ca_.certificate()});
    // Else its CA's certificate would go with it.
    SSL_CTX_set_mode(client.get(), SSL_MODE_NO_AUTO_CHAIN);
    return Connect(client.get(), server);
  }

  const TlsAuthority ca_{"CA"};
  const std::shared_ptr<SnapshotPublisher> snapshots_ =
      std::make_shared<SnapshotPublisher>(
          SnapshotOfAll({&ca_}, {ca_.CrlListing({Entry(IntegerOf("02"))})}));
  std::string log_;
};

TEST_F(PinnedPeer, good_active_with_its_issuer_in_the_report) {
  const TlsPair pair = ConnectPinned(ca_.Issue("01"));
  EXPECT_TRUE(pair.is_connected);
  const RevocationReport* const report = RevocationReportOf(pair.server.get());
  ASSERT_NE(report, nullptr);
  ASSERT_EQ(report->certificates.size(), 1u);
  EXPECT_EQ(report->certificates[0].issuer_sha256, Sha256(ca_.certificate()));
}

TEST_F(PinnedPeer, revoked_though_the_server_trusts_the_certificate_itself) {
  const TlsPair pair = ConnectPinned(ca_.Issue("02"));
  EXPECT_FALSE(pair.is_connected);
  EXPECT_EQ(pair.server_error(), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "revoked ; ");
}

TEST_F(PinnedPeer, unknown_where_the_store_lacks_its_issuer) {
  const TlsPair pair = ConnectPinned(TlsAuthority("Other").Issue("01"));
  EXPECT_EQ(pair.server_error(), X509_V_ERR_UNABLE_TO_GET_CRL);
  EXPECT_EQ(log_, "unknown no_issuer; ");
}

TEST_F(PinnedPeer, good_own_signature_has_nobody_to_revoke_it) {
  CertificateText text;
  text.issuer = CommonName("Pinned");
  text.subject = text.issuer;
  text.public_key = EndKey().Spki();
  const TlsPair pair = ConnectPinned(EndKey().Signed(text, Ecdsa("SHA256")));
  EXPECT_TRUE(pair.is_connected);
  EXPECT_TRUE(RevocationReportOf(pair.server.get())->certificates.empty());
}

TEST_F(PinnedPeer, unknown_if_it_only_names_a_ca_and_all_else_is_forgiven) {
  CertificateText text;
  text.issuer = ca_.name();
  text.serial = IntegerOf("01");
  text.public_key = EndKey().Spki();
  const Octets forged = EndKey().Signed(text, Ecdsa("SHA256"));
  const ContextPointer server = Server(TlsAuthority("Other").certificate());
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER,
                     [](int, X509_STORE_CTX*) { return 1; });
  ConnectTo(server.get(), forged);
  EXPECT_EQ(log_, "unknown no_issuer; ");
}

}  // namespace
}  // namespace revstat::test
