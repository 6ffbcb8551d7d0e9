// CAs, certificates and both ends of a TLS connection in memory.
#ifndef REVSTAT_TESTS_EMBED_TLS_TLS_WORLD_H_
#define REVSTAT_TESTS_EMBED_TLS_TLS_WORLD_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/snapshot/publisher.h"
#include "tests/snapshot/test_authority.h"

namespace revstat::test {

template <auto kFree>
struct OpensslFree {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using SslPointer = std::unique_ptr<SSL, OpensslFree<SSL_free>>;
using ContextPointer = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;
using SessionPointer =
    std::unique_ptr<SSL_SESSION, OpensslFree<SSL_SESSION_free>>;
using X509Pointer = std::unique_ptr<X509, OpensslFree<X509_free>>;

X509Pointer Decode(const Octets& der);

// A CA whose certificate OpenSSL accepts as one.
class TlsAuthority {
 public:
  // Self-signed, or issued by `parent` with this serial.
  explicit TlsAuthority(std::string_view name);
  TlsAuthority(std::string_view name, const TlsAuthority& parent,
               std::string_view serial);
  // The same name and key, certified by another.
  TlsAuthority CertifiedBy(const TlsAuthority& parent,
                           std::string_view serial) const;

  // Of a TLS client and server; valid from 2025 to 2035 unless changed.
  Octets Issue(std::string_view serial) const;
  Octets Issue(CertificateText text) const;
  // As CrlText, listing these; valid from 2026-01-01 to 2026-02-01.
  std::shared_ptr<const Buffer> Crl(CrlText text) const;
  std::shared_ptr<const Buffer> CrlListing(
      const std::vector<Octets>& entries) const;

  const Octets& certificate() const { return certificate_; }
  const Octets& name() const { return name_; }
  const SigningKey& key() const { return key_; }

 private:
  void CertifyBy(const TlsAuthority& parent, std::string_view serial);

  Octets name_;
  SigningKey key_;
  Octets certificate_;
};

// The key of all end entities.
const SigningKey& EndKey();

// A snapshot at kDuring of authorities, the first or all of them trusted, and
// CRLs.
enum class Trusted : uint8_t { kFirst, kAll };
std::unique_ptr<const Snapshot> SnapshotOfAll(
    const std::vector<const TlsAuthority*>& authorities,
    const std::vector<std::shared_ptr<const Buffer>>& crls,
    Trusted trusted = Trusted::kFirst);

// A context that asks for the peer's certificate, trusts these and judges
// validity at `at`.
struct Identity {
  std::vector<Octets> chain;  // the end entity first; empty: none
};
ContextPointer NewContext(const SSL_METHOD* method, const Identity& identity,
                          const std::vector<Octets>& trusted,
                          std::string_view at = kDuring);

// Both ends, after their handshake has come to an end.
struct TlsPair {
  SslPointer client;
  SslPointer server;
  bool is_connected = false;     // both ends say so, and data went across
  bool has_left_errors = false;  // in OpenSSL's error queue

  int server_error() const {
    return static_cast<int>(SSL_get_verify_result(server.get()));
  }
  int client_error() const {
    return static_cast<int>(SSL_get_verify_result(client.get()));
  }
};
TlsPair Connect(SSL_CTX* client, SSL_CTX* server,
                SSL_SESSION* resumed = nullptr);
// The same with two ends that are there, and new or cleared (SSL_clear).
void Handshake(TlsPair* pair);
// Only puts them at the ends of one connection.
void Join(TlsPair* pair);

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_EMBED_TLS_TLS_WORLD_H_
