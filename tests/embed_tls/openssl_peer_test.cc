// Resumed sessions, and OCSP responses that servers send along.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/tls1.h>
#include <openssl/x509_vfy.h>

#include <cstring>

#include "engine/embed/openssl_hook.h"
#include "tests/embed_tls/tls_world.h"
#include "tests/support/ocsp_text.h"

namespace revstat::test {
namespace {

class PeerWorld {
 public:
  PeerWorld() { Publish({}, {}); }

  void Publish(const std::vector<Octets>& of_root,
               const std::vector<Octets>& of_issuing) {
    PublishCrls({root_.CrlListing(of_root), issuing_.CrlListing(of_issuing)});
  }
  void PublishCrls(const std::vector<std::shared_ptr<const Buffer>>& crls) {
    snapshots_->Publish(SnapshotOfAll({&root_, &issuing_}, crls, trusted_));
  }
  ContextPointer NewEnd(const SSL_METHOD* method, int version,
                        const Octets& certificate) const {
    ContextPointer end = NewContext(
        method, {{certificate, issuing_.certificate()}}, {root_.certificate()});
    SSL_CTX_set_min_proto_version(end.get(), version);
    SSL_CTX_set_max_proto_version(end.get(), version);
    return end;
  }
  ContextPointer NewEnd(const SSL_METHOD* method, int version) const {
    return NewEnd(method, version, issuing_.Issue("01"));
  }
  void Install(SSL_CTX* context) {
    RevocationCheckOptions options;
    options.snapshots = snapshots_;
    options.policy = policy_;
    options.on_refusal = [this](const RevocationRefusal& refusal) {
      log_ += Concat({NameOf(refusal.report.verdict.status), " at ",
                      std::to_string(refusal.report.depth), "; "});
      EXPECT_NE(refusal.ssl, nullptr);
    };
    const absl::Status installed =
        InstallRevocationCheck(SSL_CTX_get_cert_store(context), options);
    EXPECT_TRUE(installed.ok()) << installed;
  }

  const TlsAuthority root_{"Root"};
  const TlsAuthority issuing_{"Issuing", root_, "0a"};
  const std::shared_ptr<SnapshotPublisher> snapshots_ =
      std::make_shared<SnapshotPublisher>(SnapshotOfAll({&root_}, {}));
  Trusted trusted_ = Trusted::kFirst;  // of the two, by the store
  RevocationPolicy policy_;
  std::string log_;
};

// --- resumption ---

enum class Tickets : uint8_t { kStateless, kCached };
using Resumption = std::tuple<int, Tickets>;

class Resumed : public testing::TestWithParam<Resumption>, public PeerWorld {
 protected:
  Resumed()
      : server_(NewEnd(TLS_server_method(), std::get<0>(GetParam()))),
        client_(NewEnd(TLS_client_method(), std::get<0>(GetParam()))) {
    if (std::get<1>(GetParam()) == Tickets::kCached)
      SSL_CTX_set_options(server_.get(), SSL_OP_NO_TICKET);
    Install(server_.get());
    const TlsPair first = Connect(client_.get(), server_.get());
    EXPECT_TRUE(first.is_connected);
    session_.reset(SSL_get1_session(first.client.get()));
  }
  TlsPair Resume() {
    TlsPair pair = Connect(client_.get(), server_.get(), session_.get());
    EXPECT_TRUE(pair.is_connected);
    EXPECT_EQ(SSL_session_reused(pair.server.get()), 1);
    // OpenSSL verified nothing.
    EXPECT_EQ(RevocationReportOf(pair.server.get()), nullptr);
    return pair;
  }

  const ContextPointer server_;
  const ContextPointer client_;
  SessionPointer session_;
};

TEST_P(Resumed, good_peer_that_is_still_active) {
  const TlsPair pair = Resume();
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_OK);
  EXPECT_EQ(pair.server_error(), X509_V_OK);
  const RevocationReport* const report = RevocationReportOf(pair.server.get());
  ASSERT_NE(report, nullptr);
  ASSERT_EQ(report->certificates.size(), 2u);
  EXPECT_EQ(report->certificates[0].source.issuer, "CN=Issuing");
  EXPECT_EQ(report->certificates[1].source.issuer, "CN=Root");
  EXPECT_EQ(log_, "");
}

TEST_P(Resumed, revoked_since_the_ticket_was_made) {
  Publish({}, {Entry(IntegerOf("01"))});
  const TlsPair pair = Resume();
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(pair.server_error(), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "revoked at 0; ");
  EXPECT_EQ(RevocationReportOf(pair.server.get())
                ->certificates.front()
                .verdict.status,
            Status::kRevoked);
}

TEST_P(Resumed, revoked_issuing_ca_since) {
  Publish({Entry(IntegerOf("0a"))}, {});
  const TlsPair pair = Resume();
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "revoked at 1; ");
}

TEST_P(Resumed, revoked_issuing_ca_since_though_the_store_trusts_it) {
  trusted_ = Trusted::kAll;
  Publish({Entry(IntegerOf("0a"))}, {});
  const TlsPair pair = Resume();
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "revoked at 1; ");
}

TEST_P(Resumed, good_below_a_trusted_ca_whose_issuer_the_store_lacks) {
  snapshots_->Publish(SnapshotOfAll({&issuing_}, {issuing_.CrlListing({})}));
  const TlsPair pair = Resume();
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_OK);
  const RevocationReport* const report = RevocationReportOf(pair.server.get());
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->certificates.size(), 1u);
}

TEST_P(Resumed, good_below_cas_that_have_certified_each_other) {
  // No root among them, so that the way up is a ring.
  const TlsAuthority root = root_.CertifiedBy(issuing_, "0b");
  snapshots_->Publish(SnapshotOfAll(
      {&root, &issuing_}, {root_.CrlListing({}), issuing_.CrlListing({})},
      Trusted::kAll));
  const TlsPair pair = Resume();
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_OK);
  EXPECT_EQ(RevocationReportOf(pair.server.get())->certificates.size(), 3u);
}

TEST_P(Resumed, unknown_since) {
  PublishCrls({root_.CrlListing({})});
  const TlsPair pair = Resume();
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_ERR_UNABLE_TO_GET_CRL);
}

TEST_P(Resumed, expired_since) {
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(server_.get()),
                             ToUnix(*ParseTime("2036-01-01")));
  const TlsPair pair = Resume();
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_ERR_CERT_HAS_EXPIRED);
}

INSTANTIATE_TEST_SUITE_P(
    OpensslPeer, Resumed,
    testing::Combine(testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                     testing::Values(Tickets::kStateless, Tickets::kCached)),
    [](const auto& info) {
      return Concat(
          {std::get<0>(info.param) == TLS1_2_VERSION ? "tls12" : "tls13",
           std::get<1>(info.param) == Tickets::kCached ? "_cached"
                                                       : "_ticket"});
    });

TEST(OpensslPeer, revoked_since_is_known_before_early_data_is_used) {
  PeerWorld world;
  const auto server = world.NewEnd(TLS_server_method(), TLS1_3_VERSION);
  const auto client = world.NewEnd(TLS_client_method(), TLS1_3_VERSION);
  SSL_CTX_set_max_early_data(server.get(), 1024);
  world.Install(server.get());
  const TlsPair first = Connect(client.get(), server.get());
  const SessionPointer session(SSL_get1_session(first.client.get()));
  world.Publish({}, {Entry(IntegerOf("01"))});
  TlsPair pair{SslPointer(SSL_new(client.get())),
               SslPointer(SSL_new(server.get()))};
  SSL_set_session(pair.client.get(), session.get());
  Join(&pair);
  size_t size = 0;
  EXPECT_EQ(SSL_write_early_data(pair.client.get(), "buy", 3, &size), 1);
  char data[16];
  EXPECT_EQ(SSL_read_early_data(pair.server.get(), data, sizeof(data), &size),
            SSL_READ_EARLY_DATA_SUCCESS);
  EXPECT_EQ(size, 3u);
  // The handshake has not come to its end, and the request is here.
  EXPECT_EQ(SSL_is_init_finished(pair.server.get()), 0);
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(world.log_, "revoked at 0; ");
}

TEST(OpensslPeer, without_check_or_certificate) {
  PeerWorld world;
  const auto server = world.NewEnd(TLS_server_method(), TLS1_3_VERSION);
  const auto client = world.NewEnd(TLS_client_method(), TLS1_3_VERSION);
  const TlsPair unchecked = Connect(client.get(), server.get());
  EXPECT_EQ(RecheckPeer(unchecked.server.get()), X509_V_ERR_INVALID_CALL);
  world.Install(server.get());
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER, nullptr);
  const auto nobody =
      NewContext(TLS_client_method(), {}, {world.root_.certificate()});
  const TlsPair pair = Connect(nobody.get(), server.get());
  EXPECT_TRUE(pair.is_connected);
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_OK);
}

// --- stapling: the check is the client's ---

int OnStatusRequest(SSL* ssl, void* argument) {
  const auto& staple = *static_cast<const Octets*>(argument);
  if (staple.empty()) return SSL_TLSEXT_ERR_NOACK;
  void* const copy = OPENSSL_memdup(staple.data(), staple.size());
  SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(staple.size()));
  return SSL_TLSEXT_ERR_OK;
}

class Stapled : public testing::TestWithParam<int>, public PeerWorld {
 protected:
  Octets Response(const Octets& status) const {
    SingleText single;
    single.cert_id = CertIdFor("SHA1", issuing_.name(), issuing_.key().Spki(),
                               IntegerOf("01"))
                         .Der();
    single.status = status;
    ResponseText text;
    text.responder = ByName(issuing_.name());
    text.responses = {single.Der()};
    return issuing_.key().Signed(text, Ecdsa("SHA256"));
  }
  Octets MustStaple() const {
    CertificateText text;
    text.serial = IntegerOf("01");
    text.extensions = {MakeExtension("1.3.6.1.5.5.7.1.24", Seq({Integer(5)}))};
    return issuing_.Issue(text);
  }
  // A client's verify error.
  int ErrorWith(const Octets& staple, const Octets& certificate) {
    const auto server = NewEnd(TLS_server_method(), GetParam(), certificate);
    SSL_CTX_set_tlsext_status_cb(server.get(), &OnStatusRequest);
    SSL_CTX_set_tlsext_status_arg(server.get(), const_cast<Octets*>(&staple));
    const auto client = NewEnd(TLS_client_method(), GetParam());
    Install(client.get());
    EXPECT_TRUE(RequestStapledResponses(client.get()).ok());
    ERR_clear_error();
    const TlsPair pair = Connect(client.get(), server.get());
    EXPECT_EQ(pair.is_connected, pair.client_error() == X509_V_OK);
    // SSL_get_error takes what is left there for a broken connection.
    EXPECT_TRUE(!pair.is_connected || !pair.has_left_errors);
    const RevocationReport* const report =
        RevocationReportOf(pair.client.get());
    EXPECT_NE(report, nullptr);
    EXPECT_EQ(report->certificates.size(), 2u);
    leaf_ = report->certificates.front();
    return pair.client_error();
  }
  int ErrorWith(const Octets& staple) {
    return ErrorWith(staple, issuing_.Issue("01"));
  }

  CertificateReport leaf_;
};

TEST_P(Stapled, good_response_where_no_crl_is_held) {
  PublishCrls({root_.CrlListing({})});
  EXPECT_EQ(ErrorWith(Response(Good())), X509_V_OK);
  EXPECT_EQ(leaf_.source.kind, RevocationSource::Kind::kOcsp);
  EXPECT_EQ(FormatTime(leaf_.source.this_update), "2026-01-10T00:00:00Z");
  EXPECT_EQ(log_, "");
}

TEST_P(Stapled, good_crl_where_no_response_is_sent) {
  EXPECT_EQ(ErrorWith({}), X509_V_OK);
  EXPECT_EQ(leaf_.source.kind, RevocationSource::Kind::kCrl);
}

TEST_P(Stapled, revoked_by_response_against_the_crl) {
  EXPECT_EQ(ErrorWith(Response(Revoked())), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "revoked at 0; ");
}

TEST_P(Stapled, revoked_by_crl_against_the_response) {
  Publish({}, {Entry(IntegerOf("01"))});
  EXPECT_EQ(ErrorWith(Response(Good())), X509_V_ERR_CERT_REVOKED);
}

TEST_P(Stapled, unknown_without_crl_and_usable_response) {
  PublishCrls({root_.CrlListing({})});
  EXPECT_EQ(ErrorWith({}), X509_V_ERR_UNABLE_TO_GET_CRL);
  EXPECT_EQ(ErrorWith(Hex("3000")), X509_V_ERR_UNABLE_TO_GET_CRL);
  Octets forged = Response(Good());
  forged.back() ^= 1;
  EXPECT_EQ(ErrorWith(forged), X509_V_ERR_OCSP_VERIFY_FAILED);
  EXPECT_EQ(ErrorWith(Response(Unknown())), X509_V_ERR_OCSP_CERT_UNKNOWN);
}

TEST_P(Stapled, good_crl_beside_a_forged_response) {
  Octets forged = Response(Good());
  forged.back() ^= 1;
  EXPECT_EQ(ErrorWith(forged), X509_V_OK);
  EXPECT_EQ(leaf_.source.kind, RevocationSource::Kind::kCrl);
}

TEST_P(Stapled, invalid_must_staple_without_a_response) {
  EXPECT_EQ(ErrorWith({}, MustStaple()), X509_V_ERR_OCSP_VERIFY_NEEDED);
  EXPECT_EQ(ErrorWith(Response(Good()), MustStaple()), X509_V_OK);
}

TEST_P(Stapled, invalid_second_status_callback) {
  const auto client = NewEnd(TLS_client_method(), GetParam());
  EXPECT_TRUE(RequestStapledResponses(client.get()).ok());
  EXPECT_EQ(RequestStapledResponses(client.get()).code(),
            absl::StatusCode::kAlreadyExists);
}

INSTANTIATE_TEST_SUITE_P(OpensslPeer, Stapled,
                         testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& info) {
                           return info.param == TLS1_2_VERSION ? "tls12"
                                                               : "tls13";
                         });

}  // namespace
}  // namespace revstat::test
