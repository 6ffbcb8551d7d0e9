// The revocation check inside OpenSSL's verification, on both sides of TLS.
#include "engine/embed/openssl_hook.h"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <map>

#include "tests/embed_tls/tls_world.h"

namespace revstat::test {
namespace {

// A root, an issuing CA below it, and what their CRLs say of its certificates.
class OpensslHook : public testing::Test {
 protected:
  OpensslHook() { Publish({root_.CrlListing({}), issuing_crl_}); }

  void Publish(const std::vector<std::shared_ptr<const Buffer>>& crls) {
    auto snapshot = SnapshotOfAll({&root_, &issuing_}, crls);
    if (snapshots_ == nullptr) {
      snapshots_ = std::make_shared<SnapshotPublisher>(std::move(snapshot));
    } else {
      snapshots_->Publish(std::move(snapshot));
    }
  }
  RevocationCheckOptions Options() {
    RevocationCheckOptions options;
    options.snapshots = snapshots_;
    options.policy = policy_;
    // Never asked: the contexts set a time.
    options.now = [] { return Time::max(); };
    options.on_refusal = [this](const RevocationRefusal& refusal) {
      log_ += Concat({NameOf(refusal.report.verdict.status), " ",
                      NameOf(refusal.report.verdict.reason),
                      NameOf(refusal.report.verdict.cause), " at ",
                      std::to_string(refusal.report.depth), "; "});
      EXPECT_NE(refusal.certificate, nullptr);
    };
    return options;
  }
  Identity Holder(const Octets& certificate) const {
    return {{certificate, issuing_.certificate()}};
  }
  Identity Holder(std::string_view serial) const {
    return Holder(issuing_.Issue(serial));
  }
  ContextPointer Server(std::string_view at = kDuring) {
    ContextPointer server = NewContext(TLS_server_method(), Holder("01"),
                                       {root_.certificate()}, at);
    const absl::Status installed =
        InstallRevocationCheck(SSL_CTX_get_cert_store(server.get()), Options());
    EXPECT_TRUE(installed.ok()) << installed;
    return server;
  }
  ContextPointer Client(const Identity& identity) {
    return NewContext(TLS_client_method(), identity, {root_.certificate()});
  }
  // The verify error of a server whose client has this certificate.
  int ServerErrorFor(const Identity& identity) {
    log_.clear();
    const TlsPair pair = Connect(Client(identity).get(), Server().get());
    EXPECT_EQ(pair.is_connected, pair.server_error() == X509_V_OK);
    return pair.server_error();
  }

  const TlsAuthority root_{"Root"};
  const TlsAuthority issuing_{"Issuing", root_, "0a"};
  const std::shared_ptr<const Buffer> issuing_crl_ = issuing_.CrlListing(
      {Entry(IntegerOf("02"), UtcTime("260102030405Z"), {Reason(1)}),
       Entry(IntegerOf("03"), UtcTime("260102030405Z"), {Reason(6)})});
  std::shared_ptr<SnapshotPublisher> snapshots_;
  RevocationPolicy policy_;
  std::string log_;  // of refusals
};

TEST_F(OpensslHook, good_active_client_with_evidence) {
  const ContextPointer server = Server();
  const TlsPair pair = Connect(Client(Holder("01")).get(), server.get());
  EXPECT_TRUE(pair.is_connected);
  EXPECT_EQ(log_, "");
  const RevocationReport* const report = RevocationReportOf(pair.server.get());
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(FormatTime(report->at), kDuring);
  ASSERT_EQ(report->certificates.size(), 2u);
  const CertificateReport& leaf = report->certificates[0];
  EXPECT_EQ(leaf.serial.ToText(), "01");
  EXPECT_EQ(leaf.verdict.status, Status::kActive);
  EXPECT_EQ(leaf.source.kind, RevocationSource::Kind::kCrl);
  EXPECT_EQ(leaf.source.issuer, "CN=Issuing");
  EXPECT_EQ(leaf.source.crl_number, "07");
  EXPECT_EQ(FormatTime(leaf.source.this_update), "2026-01-01T00:00:00Z");
  EXPECT_EQ(leaf.source.sha256, Sha256(issuing_crl_->bytes()));
  EXPECT_EQ(report->certificates[1].depth, 1);
  EXPECT_EQ(report->certificates[1].source.issuer, "CN=Root");
  EXPECT_EQ(RevocationReportOf(pair.client.get()), nullptr);  // no check there
}

TEST_F(OpensslHook, revoked_and_on_hold_are_told_apart_in_the_log) {
  EXPECT_EQ(ServerErrorFor(Holder("02")), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "revoked keyCompromise at 0; ");
  EXPECT_EQ(ServerErrorFor(Holder("03")), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "on_hold certificateHold at 0; ");
}

TEST_F(OpensslHook, revoked_issuing_ca_at_its_depth) {
  Publish({root_.CrlListing({Entry(IntegerOf("0a"))}), issuing_crl_});
  const TlsPair pair = Connect(Client(Holder("01")).get(), Server().get());
  EXPECT_EQ(pair.server_error(), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "revoked  at 1; ");
  // Nor are its CRLs believed.
  policy_.depth = CheckDepth::kEndEntity;
  EXPECT_EQ(ServerErrorFor(Holder("01")), X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER);
  EXPECT_EQ(log_, "unknown signer_not_trusted at 0; ");
  Publish({issuing_crl_});  // of the CA itself nothing is known
  EXPECT_EQ(ServerErrorFor(Holder("01")), X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER);
}

TEST_F(OpensslHook, expired_whatever_its_status) {
  CertificateText text;
  text.serial = IntegerOf("01");
  text.not_after = UtcTime("260110000000Z");
  EXPECT_EQ(ServerErrorFor(Holder(issuing_.Issue(text))),
            X509_V_ERR_CERT_HAS_EXPIRED);
  text.not_after = UtcTime("251201000000Z");  // before the CRL
  EXPECT_EQ(ServerErrorFor(Holder(issuing_.Issue(text))),
            X509_V_ERR_CERT_HAS_EXPIRED);
  text.serial = IntegerOf("02");
  EXPECT_EQ(ServerErrorFor(Holder(issuing_.Issue(text))),
            X509_V_ERR_CERT_REVOKED);
  text.not_before = UtcTime("260120000000Z");
  text.not_after = UtcTime("350120000000Z");
  text.serial = IntegerOf("01");
  EXPECT_EQ(ServerErrorFor(Holder(issuing_.Issue(text))),
            X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST_F(OpensslHook, unknown_each_cause_has_its_error) {
  Publish({root_.CrlListing({})});
  EXPECT_EQ(ServerErrorFor(Holder("01")), X509_V_ERR_UNABLE_TO_GET_CRL);
  EXPECT_EQ(log_, "unknown no_source at 0; ");
  policy_.unknown = UnknownPolicy::kAccept;
  EXPECT_EQ(ServerErrorFor(Holder("01")), X509_V_OK);
  policy_.unknown = UnknownPolicy::kRefuse;

  CrlText crl;
  crl.entries = {};
  crl.next_update = UtcTime("260110000000Z");
  Publish({root_.CrlListing({}), issuing_.Crl(crl)});
  EXPECT_EQ(ServerErrorFor(Holder("01")), X509_V_ERR_CRL_HAS_EXPIRED);
  crl.this_update = UtcTime("260116000000Z");
  crl.next_update = UtcTime("260216000000Z");
  Publish({root_.CrlListing({}), issuing_.Crl(crl)});
  EXPECT_EQ(ServerErrorFor(Holder("01")), X509_V_ERR_CRL_NOT_YET_VALID);
  policy_.evidence.lookup.clock_skew = std::chrono::hours(24);
  EXPECT_EQ(ServerErrorFor(Holder("01")), X509_V_OK);
  Publish({root_.CrlListing({}), issuing_crl_});
  policy_.evidence.lookup = {};
  policy_.evidence.lookup.max_age = std::chrono::hours(24);
  EXPECT_EQ(ServerErrorFor(Holder("01")), X509_V_ERR_CRL_HAS_EXPIRED);
}

TEST_F(OpensslHook, unknown_another_ca_of_the_same_name_does_not_answer) {
  // Trusted by the server and unknown to the snapshot, whose CA of this name
  // lists nothing.
  const TlsAuthority other("Issuing");
  const ContextPointer server =
      NewContext(TLS_server_method(), Holder("01"), {other.certificate()});
  ASSERT_TRUE(
      InstallRevocationCheck(SSL_CTX_get_cert_store(server.get()), Options())
          .ok());
  const TlsPair pair =
      Connect(NewContext(TLS_client_method(), {{other.Issue("01")}},
                         {root_.certificate()})
                  .get(),
              server.get());
  EXPECT_EQ(pair.server_error(), X509_V_ERR_UNABLE_TO_GET_CRL);
  EXPECT_EQ(log_, "unknown no_issuer at 0; ");
}

TEST_F(OpensslHook, good_renewed_certificate_of_the_issuer) {
  // The same name and key in a certificate that the snapshot does not hold.
  CertificateText text;
  text.serial = IntegerOf("0b");
  text.issuer = root_.name();
  text.subject = issuing_.name();
  text.public_key = issuing_.key().Spki();
  text.extensions = {
      MakeExtension("2.5.29.19", Seq({True()}), Criticality::kCritical)};
  const Octets renewed = root_.key().Signed(text, Ecdsa("SHA256"));
  EXPECT_EQ(ServerErrorFor({{issuing_.Issue("01"), renewed}}), X509_V_OK);
  EXPECT_EQ(ServerErrorFor({{issuing_.Issue("02"), renewed}}),
            X509_V_ERR_CERT_REVOKED);
}

TEST_F(OpensslHook, invalid_wrong_ca_is_openssls_to_refuse) {
  const TlsAuthority stranger("Stranger");
  const TlsPair pair =
      Connect(NewContext(TLS_client_method(), {{stranger.Issue("01")}},
                         {root_.certificate()})
                  .get(),
              Server().get());
  EXPECT_FALSE(pair.is_connected);
  EXPECT_EQ(pair.server_error(), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
}

TEST_F(OpensslHook, invalid_forged_signature_after_the_check) {
  // Right names and serial, another key's signature: the check finds nothing
  // wrong, and OpenSSL verifies afterwards.
  CertificateText text;
  text.issuer = issuing_.name();
  text.serial = IntegerOf("01");
  text.public_key = EndKey().Spki();
  const Octets forged = EndKey().Signed(text, Ecdsa("SHA256"));
  EXPECT_EQ(ServerErrorFor(Holder(forged)), X509_V_ERR_CERT_SIGNATURE_FAILURE);
  EXPECT_EQ(log_, "");
}

// --- the verify callback ---

std::string callback_log;
int ForgiveAll(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return 1;
  X509* const certificate = X509_STORE_CTX_get_current_cert(context);
  callback_log += Concat(
      {std::to_string(X509_STORE_CTX_get_error(context)), "@",
       std::to_string(X509_STORE_CTX_get_error_depth(context)),
       certificate == sk_X509_value(X509_STORE_CTX_get0_chain(context),
                                    X509_STORE_CTX_get_error_depth(context))
           ? " "
           : "? "});
  // Evidence is at hand here.
  EXPECT_TRUE(X509_STORE_CTX_get_error(context) != X509_V_ERR_CERT_REVOKED ||
              RevocationReportOf(context) != nullptr);
  return 1;
}

TEST_F(OpensslHook, good_callback_may_forgive_each_refusal) {
  Publish({root_.CrlListing({Entry(IntegerOf("0a"))}), issuing_crl_});
  const ContextPointer server = Server();
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER, &ForgiveAll);
  callback_log.clear();
  const TlsPair pair = Connect(Client(Holder("02")).get(), server.get());
  EXPECT_TRUE(pair.is_connected);
  // X509_V_ERR_CERT_REVOKED, then X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER.
  EXPECT_EQ(callback_log, "23@1 33@0 ");
}

TEST_F(OpensslHook, unknown_is_not_forgiven_with_an_expired_certificate) {
  CertificateText text;
  text.serial = IntegerOf("01");
  text.not_after = UtcTime("251201000000Z");  // the CRL need not list it
  const ContextPointer server = Server();
  SSL_CTX_set_verify(
      server.get(), SSL_VERIFY_PEER, [](int ok, X509_STORE_CTX* context) {
        const int error = X509_STORE_CTX_get_error(context);
        return ok == 1 || error == X509_V_ERR_CERT_HAS_EXPIRED ? 1 : 0;
      });
  const TlsPair pair =
      Connect(Client(Holder(issuing_.Issue(text))).get(), server.get());
  EXPECT_FALSE(pair.is_connected);
  EXPECT_EQ(pair.server_error(), X509_V_ERR_CRL_NOT_YET_VALID);
}

TEST_F(OpensslHook, unknown_chain_without_an_anchor) {
  const TlsAuthority stranger("Stranger");
  const ContextPointer server = Server();
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER, &ForgiveAll);
  callback_log.clear();
  Connect(NewContext(TLS_client_method(), {{stranger.Issue("01")}},
                     {root_.certificate()})
              .get(),
          server.get());
  EXPECT_EQ(log_, "unknown no_issuer at 0; ");
}

TEST_F(OpensslHook, invalid_throwing_log_refuses) {
  RevocationCheckOptions options = Options();
  options.on_refusal = [](const RevocationRefusal&) { throw 1; };
  const ContextPointer server =
      NewContext(TLS_server_method(), Holder("01"), {root_.certificate()});
  ASSERT_TRUE(
      InstallRevocationCheck(SSL_CTX_get_cert_store(server.get()), options)
          .ok());
  const TlsPair pair = Connect(Client(Holder("02")).get(), server.get());
  EXPECT_FALSE(pair.is_connected);
  EXPECT_EQ(pair.server_error(), X509_V_ERR_UNSPECIFIED);
}

// --- outside TLS, installation, lifetimes ---

TEST_F(OpensslHook, good_and_revoked_without_tls_partial_chain) {
  X509_STORE* const store = X509_STORE_new();
  X509_STORE_add_cert(store, Decode(issuing_.certificate()).get());
  X509_VERIFY_PARAM* const parameters = X509_STORE_get0_param(store);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, ToUnix(*ParseTime(kDuring)));
  ASSERT_TRUE(InstallRevocationCheck(store, Options()).ok());
  for (const auto& [serial, error] : std::map<std::string, int>{
           {"01", X509_V_OK}, {"02", X509_V_ERR_CERT_REVOKED}}) {
    const X509Pointer certificate = Decode(issuing_.Issue(serial));
    X509_STORE_CTX* const context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, certificate.get(), nullptr);
    for (int use = 0; use < 2; ++use) {  // a report replaces the one before
      EXPECT_EQ(X509_verify_cert(context), error == X509_V_OK ? 1 : 0);
      EXPECT_EQ(X509_STORE_CTX_get_error(context), error);
      const RevocationReport* const report = RevocationReportOf(context);
      ASSERT_NE(report, nullptr);
      // The issuing CA is the anchor here.
      EXPECT_EQ(report->certificates.size(), 1u);
      X509_STORE_CTX_cleanup(context);
      X509_STORE_CTX_init(context, store, certificate.get(), nullptr);
    }
    X509_STORE_CTX_free(context);
  }
  X509_STORE_free(store);
}

TEST_F(OpensslHook, good_anchor_itself_is_not_asked_about) {
  X509_STORE* const store = X509_STORE_new();
  X509_STORE_add_cert(store, Decode(root_.certificate()).get());
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store),
                             ToUnix(*ParseTime(kDuring)));
  ASSERT_TRUE(InstallRevocationCheck(store, Options()).ok());
  const X509Pointer certificate = Decode(root_.certificate());
  X509_STORE_CTX* const context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, certificate.get(), nullptr);
  EXPECT_EQ(X509_verify_cert(context), 1);
  EXPECT_TRUE(RevocationReportOf(context)->certificates.empty());
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
}

TEST_F(OpensslHook, good_snapshots_live_as_long_as_the_store) {
  X509_STORE* const store = X509_STORE_new();
  std::weak_ptr<const SnapshotPublisher> seen = snapshots_;
  ASSERT_TRUE(InstallRevocationCheck(store, Options()).ok());
  snapshots_.reset();
  X509_STORE_up_ref(store);
  X509_STORE_free(store);
  EXPECT_FALSE(seen.expired());
  X509_STORE_free(store);
  EXPECT_TRUE(seen.expired());
}

TEST_F(OpensslHook, unknown_peer_without_a_certificate_has_no_others_report) {
  const ContextPointer server = Server();
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER, nullptr);
  TlsPair pair = Connect(Client(Holder("01")).get(), server.get());
  ASSERT_NE(RevocationReportOf(pair.server.get()), nullptr);
  SSL_clear(pair.server.get());
  EXPECT_EQ(RevocationReportOf(pair.server.get()), nullptr);
  const ContextPointer nobody = Client({});
  pair.client.reset(SSL_new(nobody.get()));
  Handshake(&pair);
  EXPECT_TRUE(pair.is_connected);
  EXPECT_EQ(RevocationReportOf(pair.server.get()), nullptr);
  EXPECT_EQ(RecheckPeer(pair.server.get()), X509_V_OK);
  EXPECT_EQ(RevocationReportOf(pair.server.get()), nullptr);
  SSL_clear(pair.server.get());
  const ContextPointer next = Client(Holder("04"));
  pair.client.reset(SSL_new(next.get()));
  Handshake(&pair);
  const RevocationReport* const report = RevocationReportOf(pair.server.get());
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->certificates.front().serial.ToText(), "04");
}

TEST_F(OpensslHook, good_copied_ssl_has_no_report) {
  TlsPair pair = Connect(Client(Holder("01")).get(), Server().get());
  // SSL_dup copies the extra data only of an SSL before its handshake.
  SSL_clear(pair.server.get());
  const SslPointer copy(SSL_dup(pair.server.get()));
  pair.server.reset();
  ASSERT_NE(copy, nullptr);
  EXPECT_EQ(RevocationReportOf(copy.get()), nullptr);
}

TEST_F(OpensslHook, invalid_installations) {
  EXPECT_EQ(InstallRevocationCheck(nullptr, Options()).code(),
            absl::StatusCode::kInvalidArgument);
  X509_STORE* const store = X509_STORE_new();
  RevocationCheckOptions options = Options();
  options.snapshots = nullptr;
  EXPECT_EQ(InstallRevocationCheck(store, options).code(),
            absl::StatusCode::kInvalidArgument);
  options = Options();
  options.policy.evidence.trusted_responders = {AsBuffer({1, 2, 3})};
  EXPECT_FALSE(InstallRevocationCheck(store, options).ok());
  EXPECT_EQ(X509_STORE_get_check_revocation(store), nullptr);
  EXPECT_TRUE(InstallRevocationCheck(store, Options()).ok());
  EXPECT_EQ(InstallRevocationCheck(store, Options()).code(),
            absl::StatusCode::kAlreadyExists);
  X509_STORE_free(store);
}

}  // namespace
}  // namespace revstat::test
