#include "tests/embed_tls/tls_world.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "engine/check/evidence_builder.h"

namespace revstat::test {
namespace {

CertificateText AuthorityText(const Octets& name, const SigningKey& key) {
  CertificateText text;
  text.subject = name;
  text.public_key = key.Spki();
  text.extensions = {
      MakeExtension("2.5.29.19", Seq({True()}), Criticality::kCritical),
      // keyCertSign and cRLSign.
      MakeExtension("2.5.29.15", Hex("03020106"), Criticality::kCritical)};
  return text;
}

}  // namespace

X509Pointer Decode(const Octets& der) {
  const unsigned char* in = der.data();
  X509Pointer decoded(d2i_X509(nullptr, &in, static_cast<long>(der.size())));
  EXPECT_NE(decoded, nullptr);
  return decoded;
}

TlsAuthority::TlsAuthority(std::string_view name)
    : name_(CommonName(name)), key_(SigningKey::NewEc("P-256")) {
  CertificateText text = AuthorityText(name_, key_);
  text.issuer = name_;
  certificate_ = key_.Signed(text, Ecdsa("SHA256"));
}

TlsAuthority::TlsAuthority(std::string_view name, const TlsAuthority& parent,
                           std::string_view serial)
    : name_(CommonName(name)), key_(SigningKey::NewEc("P-256")) {
  CertifyBy(parent, serial);
}

TlsAuthority TlsAuthority::CertifiedBy(const TlsAuthority& parent,
                                       std::string_view serial) const {
  TlsAuthority copy = *this;
  copy.CertifyBy(parent, serial);
  return copy;
}

void TlsAuthority::CertifyBy(const TlsAuthority& parent,
                             std::string_view serial) {
  CertificateText text = AuthorityText(name_, key_);
  text.issuer = parent.name_;
  text.serial = IntegerOf(serial);
  certificate_ = parent.key_.Signed(text, Ecdsa("SHA256"));
}

Octets TlsAuthority::Issue(std::string_view serial) const {
  CertificateText text;
  text.serial = IntegerOf(serial);
  return Issue(text);
}

Octets TlsAuthority::Issue(CertificateText text) const {
  text.issuer = name_;
  text.public_key = EndKey().Spki();
  return key_.Signed(text, Ecdsa("SHA256"));
}

std::shared_ptr<const Buffer> TlsAuthority::Crl(CrlText text) const {
  text.issuer = name_;
  return AsBuffer(key_.Signed(text, Ecdsa("SHA256")));
}

std::shared_ptr<const Buffer> TlsAuthority::CrlListing(
    const std::vector<Octets>& entries) const {
  CrlText text;
  text.entries = entries;
  return Crl(text);
}

const SigningKey& EndKey() {
  static const SigningKey& key = SigningKey::Ec("P-256");
  return key;
}

std::unique_ptr<const Snapshot> SnapshotOfAll(
    const std::vector<const TlsAuthority*>& authorities,
    const std::vector<std::shared_ptr<const Buffer>>& crls, Trusted trusted) {
  EvidencePolicy policy;
  policy.lookup = At(kDuring);
  EvidenceBuilder builder(policy);
  for (const TlsAuthority* authority : authorities) {
    const auto certificate = AsBuffer(authority->certificate());
    EXPECT_TRUE((trusted == Trusted::kAll || authority == authorities.front()
                     ? builder.AddTrusted(certificate)
                     : builder.AddUntrusted(certificate))
                    .ok());
  }
  for (const auto& crl : crls) {
    const absl::Status status = builder.IngestCrl(crl);
    EXPECT_TRUE(status.ok()) << status;
  }
  return std::move(builder).Build().snapshot;
}

ContextPointer NewContext(const SSL_METHOD* method, const Identity& identity,
                          const std::vector<Octets>& trusted,
                          std::string_view at) {
  ContextPointer context(SSL_CTX_new(method));
  for (size_t i = 0; i < identity.chain.size(); ++i) {
    const X509Pointer certificate = Decode(identity.chain[i]);
    EXPECT_EQ(i == 0
                  ? SSL_CTX_use_certificate(context.get(), certificate.get())
                  : SSL_CTX_add1_chain_cert(context.get(), certificate.get()),
              1);
  }
  if (!identity.chain.empty()) {
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context.get(), EndKey().get()), 1);
  }
  for (const Octets& certificate : trusted) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()),
                        Decode(certificate).get());
  }
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context.get()),
                             ToUnix(*ParseTime(at)));
  SSL_CTX_set_verify(context.get(),
                     SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  constexpr unsigned char kId[] = "revstat";
  SSL_CTX_set_session_id_context(context.get(), kId, sizeof kId);
  return context;
}

TlsPair Connect(SSL_CTX* client, SSL_CTX* server, SSL_SESSION* resumed) {
  TlsPair pair{SslPointer(SSL_new(client)), SslPointer(SSL_new(server))};
  if (resumed != nullptr) SSL_set_session(pair.client.get(), resumed);
  Handshake(&pair);
  return pair;
}

void Join(TlsPair* pair) {
  BIO* client_end = nullptr;
  BIO* server_end = nullptr;
  EXPECT_EQ(BIO_new_bio_pair(&client_end, 0, &server_end, 0), 1);
  SSL_set_bio(pair->client.get(), client_end, client_end);
  SSL_set_bio(pair->server.get(), server_end, server_end);
  SSL_set_connect_state(pair->client.get());
  SSL_set_accept_state(pair->server.get());
}

void Handshake(TlsPair* pair) {
  Join(pair);
  SSL* const client = pair->client.get();
  SSL* const server = pair->server.get();
  // Each end goes on as far as it can; a flight or two each is a handshake.
  int client_done = 0;
  int server_done = 0;
  for (int flight = 0; flight < 8 && (client_done < 1 || server_done < 1);
       ++flight) {
    client_done = SSL_do_handshake(client);
    server_done = SSL_do_handshake(server);
  }
  // One octet each way: brings TLS 1.3's tickets, or the alert of a refusal.
  char octet = 'x';
  pair->is_connected =
      client_done == 1 && server_done == 1 &&
      SSL_write(server, &octet, 1) == 1 && SSL_read(client, &octet, 1) == 1 &&
      SSL_write(client, &octet, 1) == 1 && SSL_read(server, &octet, 1) == 1;
  // As if closed in order: else the session could not be resumed.
  for (SSL* end : {client, server})
    SSL_set_shutdown(end, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  pair->has_left_errors = ERR_peek_error() != 0;
  ERR_clear_error();
}

}  // namespace revstat::test
