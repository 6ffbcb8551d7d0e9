#include "tests/refresh/tls_handshake.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <thread>

namespace revstat::test {
namespace {

using Staple = std::function<std::shared_ptr<const Buffer>()>;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

// What an embedder writes around OcspStapler::Response.
int OnStatusRequest(SSL* ssl, void* argument) {
  const auto response = (*static_cast<const Staple*>(argument))();
  if (response == nullptr) return SSL_TLSEXT_ERR_NOACK;
  const Bytes bytes = response->bytes();
  auto* copy = static_cast<uint8_t*>(OPENSSL_malloc(bytes.size()));
  if (copy == nullptr) return SSL_TLSEXT_ERR_ALERT_FATAL;
  std::memcpy(copy, bytes.data(), bytes.size());
  SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(bytes.size()));
  return SSL_TLSEXT_ERR_OK;
}

Context NewContext(const SSL_METHOD* method, TlsVersion version) {
  Context context(SSL_CTX_new(method), &SSL_CTX_free);
  const int number =
      version == TlsVersion::k12 ? TLS1_2_VERSION : TLS1_3_VERSION;
  SSL_CTX_set_min_proto_version(context.get(), number);
  SSL_CTX_set_max_proto_version(context.get(), number);
  return context;
}

// Both ends of a TCP connection over 127.0.0.1.
std::pair<int, int> Connected() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(listener, any, size), 0);
  EXPECT_EQ(listen(listener, 1), 0);
  EXPECT_EQ(getsockname(listener, any, &size), 0);
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(connect(client, any, size), 0);
  const int server = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  close(listener);
  return {client, server};
}

}  // namespace

TlsKey::TlsKey() : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free) {}

Octets TlsKey::Spki() const {
  Octets der(static_cast<size_t>(i2d_PUBKEY(key_.get(), nullptr)));
  uint8_t* out = der.data();
  i2d_PUBKEY(key_.get(), &out);
  return der;
}

Octets StapleOfHandshake(TlsVersion version, const Octets& certificate,
                         const TlsKey& key, const Staple& staple) {
  const Context server = NewContext(TLS_server_method(), version);
  EXPECT_EQ(SSL_CTX_use_certificate_ASN1(server.get(),
                                         static_cast<int>(certificate.size()),
                                         certificate.data()),
            1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey(server.get(), key.get()), 1);
  SSL_CTX_set_tlsext_status_cb(server.get(), &OnStatusRequest);
  SSL_CTX_set_tlsext_status_arg(server.get(), const_cast<Staple*>(&staple));
  const Context client = NewContext(TLS_client_method(), version);

  const auto [client_socket, server_socket] = Connected();
  std::thread serving([&, socket = server_socket] {
    const Session ssl(SSL_new(server.get()), &SSL_free);
    SSL_set_fd(ssl.get(), socket);
    EXPECT_EQ(SSL_accept(ssl.get()), 1);
  });
  Octets stapled;
  {
    const Session ssl(SSL_new(client.get()), &SSL_free);
    SSL_set_fd(ssl.get(), client_socket);
    SSL_set_tlsext_status_type(ssl.get(), TLSEXT_STATUSTYPE_ocsp);
    EXPECT_EQ(SSL_connect(ssl.get()), 1);
    const uint8_t* response = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl.get(), &response);
    if (size > 0) stapled.assign(response, response + size);
  }
  serving.join();
  close(client_socket);
  close(server_socket);
  return stapled;
}

}  // namespace revstat::test
