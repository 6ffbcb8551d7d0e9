// The C interface at the two ends of a TLS connection. What a verification
// answers: tests/embed/good_openssl.c.
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include "engine/embed/revstat.h"
#include "tests/embed_tls/tls_world.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

class COpenssl : public testing::Test {
 protected:
  COpenssl() {
    Commit(1, {"02"});
    EXPECT_EQ(
        revstat_store_open(folder_.store().c_str(), nullptr, kNow_, &store_),
        REVSTAT_OK);
    EXPECT_EQ(revstat_peers_new(store_, 64, &peers_), REVSTAT_OK);
    revstat_openssl_options options;
    revstat_openssl_options_init(&options, sizeof options);
    options.context = this;
    options.on_refusal = [](void* test, const revstat_refusal* refusal) {
      auto* const self = static_cast<COpenssl*>(test);
      EXPECT_NE(refusal->ssl, nullptr);
      self->log_ += Concat({refusal->serial, " ",
                            revstat_status_name(refusal->result.status), "; "});
    };
    server_ =
        NewContext(TLS_server_method(), {{ca_.Issue("01"), ca_.certificate()}},
                   {ca_.certificate()});
    EXPECT_EQ(revstat_openssl_install(SSL_CTX_get_cert_store(server_.get()),
                                      store_, &options),
              REVSTAT_OK);
  }
  ~COpenssl() override {
    revstat_peers_free(peers_);
    revstat_store_close(store_);
  }
  void Commit(uint32_t number, const std::vector<std::string_view>& serials) {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(AsBuffer(ca_.certificate())).ok());
    MustTake(updater.get(), *ca_.Crl(NumberedCrl(number, serials)));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  ContextPointer Client(std::string_view serial) const {
    return NewContext(TLS_client_method(), {{ca_.Issue(serial)}},
                      {ca_.certificate()});
  }
  // The evidence of the server's peer, or the error.
  std::string Explain(const SSL* ssl) const {
    char text[4096];
    const revstat_error error =
        revstat_openssl_explain(ssl, text, sizeof text, nullptr);
    return error == REVSTAT_OK ? text : revstat_error_name(error);
  }
  std::vector<uint64_t> Listed() const {
    std::vector<uint64_t> numbers;
    EXPECT_EQ(
        revstat_peers_cut_listed(
            peers_, kNow_,
            [](void* list, uint64_t number) {
              static_cast<std::vector<uint64_t>*>(list)->push_back(number);
            },
            &numbers),
        REVSTAT_OK);
    return numbers;
  }

  const int64_t kNow_ = ToUnix(During());
  const TestFolder folder_;
  const TlsAuthority ca_{"CA"};
  revstat_store* store_ = nullptr;
  revstat_peers* peers_ = nullptr;
  ContextPointer server_;
  std::string log_;
};

TEST_F(COpenssl, good_and_revoked_peer_with_evidence) {
  const TlsPair good = Connect(Client("01").get(), server_.get());
  EXPECT_TRUE(good.is_connected);
  const std::string text = Explain(good.server.get());
  for (const std::string_view part :
       {R"({"at":"2026-01-15T00:00:00Z","certificates":[{"depth":0,)",
        R"("issuer_sha256":")", R"("serial":"01","status":"active",)",
        R"("expired":false)", R"("source":{"kind":"crl","issuer":"CN=CA")"}) {
    EXPECT_NE(text.find(part), text.npos) << part << " in " << text;
  }
  EXPECT_EQ(log_, "");
  const TlsPair revoked = Connect(Client("02").get(), server_.get());
  EXPECT_FALSE(revoked.is_connected);
  EXPECT_EQ(revoked.server_error(), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "02 revoked; ");
  EXPECT_NE(Explain(revoked.server.get()).find(R"("revocation_time":"20)"),
            std::string::npos);
  // The other end has no check.
  EXPECT_EQ(Explain(good.client.get()), "invalid_argument");
  char small[8] = "before";
  size_t needed = 0;
  EXPECT_EQ(
      revstat_openssl_explain(good.server.get(), small, sizeof small, &needed),
      REVSTAT_BUFFER_TOO_SMALL);
  EXPECT_EQ(needed, text.size() + 1);
  EXPECT_STREQ(small, "");
}

TEST_F(COpenssl, revoked_since_its_session_was_made) {
  const ContextPointer client = Client("03");
  const TlsPair first = Connect(client.get(), server_.get());
  ASSERT_TRUE(first.is_connected);
  const SessionPointer session(SSL_get1_session(first.client.get()));
  const auto resumed = [&] {
    TlsPair pair = Connect(client.get(), server_.get(), session.get());
    EXPECT_EQ(SSL_session_reused(pair.server.get()), 1);
    EXPECT_EQ(Explain(pair.server.get()), "invalid_argument");
    return pair;
  };
  EXPECT_EQ(revstat_openssl_recheck(resumed().server.get()), X509_V_OK);
  Commit(2, {"03"});
  EXPECT_EQ(revstat_store_update(store_, kNow_), REVSTAT_OK);
  const TlsPair pair = resumed();
  EXPECT_EQ(revstat_openssl_recheck(pair.server.get()),
            X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(log_, "03 revoked; ");
  EXPECT_NE(Explain(pair.server.get()).find(R"("status":"revoked")"),
            std::string::npos);
  // Without a check.
  EXPECT_EQ(revstat_openssl_recheck(pair.client.get()),
            X509_V_ERR_INVALID_CALL);
  EXPECT_EQ(revstat_openssl_recheck(nullptr), X509_V_ERR_INVALID_CALL);
}

TEST_F(COpenssl, revoked_peers_are_named_while_they_are_connected) {
  const auto add = [&](uint64_t number, const SSL* ssl) {
    return revstat_peers_add(peers_, number, ssl, kNow_);
  };
  const TlsPair third = Connect(Client("03").get(), server_.get());
  const TlsPair fourth = Connect(Client("04").get(), server_.get());
  const TlsPair fifth = Connect(Client("05").get(), server_.get());
  EXPECT_EQ(add(3, third.server.get()), REVSTAT_OK);
  EXPECT_EQ(add(4, fourth.server.get()), REVSTAT_OK);
  EXPECT_EQ(add(5, third.client.get()), REVSTAT_INVALID_ARGUMENT);
  EXPECT_EQ(Listed(), std::vector<uint64_t>());
  Commit(2, {"03", "05"});
  EXPECT_EQ(revstat_store_update(store_, kNow_), REVSTAT_OK);
  EXPECT_EQ(Listed(), std::vector<uint64_t>{3});
  // It was good when it was verified.
  EXPECT_EQ(add(5, fifth.server.get()), REVSTAT_LISTED);
  revstat_peers_remove(peers_, 3);
  EXPECT_EQ(Listed(), std::vector<uint64_t>());
  EXPECT_EQ(add(6, fourth.server.get()), REVSTAT_OK);
  // The store may end first: then nothing more is known, and all are cut.
  revstat_store_close(store_);
  store_ = nullptr;
  EXPECT_EQ(Listed(), std::vector<uint64_t>());
  Commit(3, {});
  EXPECT_EQ(Listed().size(), 2u);
  EXPECT_EQ(add(7, fourth.server.get()), REVSTAT_FORKED);
}

TEST_F(COpenssl, invalid_more_peers_than_there_is_room_for) {
  const TlsPair pair = Connect(Client("01").get(), server_.get());
  revstat_error error = REVSTAT_OK;
  uint64_t number = 0;
  while (error == REVSTAT_OK && number < 1000)
    error = revstat_peers_add(peers_, ++number, pair.server.get(), kNow_);
  EXPECT_EQ(error, REVSTAT_UNAVAILABLE);
  EXPECT_STREQ(revstat_last_error(), "the table of peers is full");
}

TEST_F(COpenssl, good_client_asks_for_staples_once) {
  const ContextPointer client = Client("01");
  EXPECT_EQ(revstat_openssl_request_staples(client.get()), REVSTAT_OK);
  EXPECT_EQ(SSL_CTX_get_tlsext_status_type(client.get()),
            TLSEXT_STATUSTYPE_ocsp);
  EXPECT_EQ(revstat_openssl_request_staples(client.get()),
            REVSTAT_INVALID_ARGUMENT);
  EXPECT_TRUE(Connect(client.get(), server_.get()).is_connected);
}

TEST_F(COpenssl, invalid_arguments) {
  char text[8];
  X509_STORE* const checked = SSL_CTX_get_cert_store(server_.get());
  const auto is_invalid = [](revstat_error error) {
    return error == REVSTAT_INVALID_ARGUMENT;
  };
  EXPECT_TRUE(is_invalid(revstat_openssl_install(nullptr, store_, nullptr)));
  EXPECT_TRUE(is_invalid(revstat_openssl_install(checked, nullptr, nullptr)));
  EXPECT_TRUE(is_invalid(revstat_openssl_explain(nullptr, text, 8, nullptr)));
  EXPECT_TRUE(is_invalid(revstat_openssl_request_staples(nullptr)));
  revstat_peers* none = peers_;
  EXPECT_TRUE(is_invalid(revstat_peers_new(nullptr, 1, &none)));
  EXPECT_EQ(none, nullptr);
  EXPECT_TRUE(is_invalid(revstat_peers_new(store_, 1, nullptr)));
  const SslPointer ssl(SSL_new(server_.get()));
  EXPECT_TRUE(is_invalid(revstat_peers_add(nullptr, 1, ssl.get(), kNow_)));
  EXPECT_TRUE(is_invalid(revstat_peers_add(peers_, 1, nullptr, kNow_)));
  EXPECT_TRUE(is_invalid(revstat_peers_add(peers_, 1, ssl.get(), INT64_MAX)));
  EXPECT_TRUE(
      is_invalid(revstat_peers_cut_listed(peers_, kNow_, nullptr, nullptr)));
  const auto cut = [](void*, uint64_t) {};
  EXPECT_TRUE(
      is_invalid(revstat_peers_cut_listed(nullptr, kNow_, cut, nullptr)));
  revstat_peers_remove(nullptr, 1);
  revstat_peers_free(nullptr);
  revstat_openssl_options_init(nullptr, 64);
  revstat_openssl_options options;
  revstat_openssl_options_init(&options, sizeof options);
  options.struct_size = 8;
  EXPECT_TRUE(is_invalid(revstat_openssl_install(checked, store_, &options)));
  EXPECT_TRUE(is_invalid(revstat_store_follow_with(nullptr, nullptr)));
  revstat_follow_options follow;
  revstat_follow_options_init(&follow, sizeof follow);
  follow.flags = 1;
  EXPECT_TRUE(is_invalid(revstat_store_follow_with(store_, &follow)));
}

}  // namespace
}  // namespace revstat::test
