// A server that sends its certificate's OCSP response along (RFC 6066 8): asked
// for in the background, verified before it is sent, and kept over restarts.
//
//   stapling_server CERTIFICATE KEY ISSUER RESPONDER_URL FILE
//
// Answers whatever is asked with one line. FILE keeps the response.
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string_view>
#include <thread>

#include "engine/embed/openssl_hook.h"
#include "engine/refresh/ocsp_stapler.h"

namespace {

// OpenSSL's status callback: on the thread of the handshake, so it only looks.
int SendStaple(SSL* ssl, void* argument) {
  const auto& stapler = *static_cast<const revstat::OcspStapler*>(argument);
  const auto response =
      stapler.Response(0, revstat::RevocationCheckOptions().now());
  if (response == nullptr) return SSL_TLSEXT_ERR_NOACK;
  const revstat::Bytes der = response->bytes();
  SSL_set_tlsext_status_ocsp_resp(ssl, OPENSSL_memdup(der.data(), der.size()),
                                  static_cast<long>(der.size()));
  return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<const revstat::Buffer> DerOf(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  auto copy = revstat::Buffer::FromVector({der, der + (size > 0 ? size : 0)});
  OPENSSL_free(der);
  return copy;
}

void Serve(SSL_CTX* context, int listener) {
  for (int fd; (fd = accept(listener, nullptr, nullptr)) >= 0; close(fd)) {
    SSL* const ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    char request[1024];
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0)
      SSL_write(ssl, "welcome\n", 8);
    SSL_shutdown(ssl);
    SSL_free(ssl);
  }
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, arguments[1]) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, arguments[2], SSL_FILETYPE_PEM) != 1)
    return Fail(absl::InvalidArgumentError("the certificate or its key"));

  revstat::OcspStaplerOptions options;
  // The operator names the responder, so it may be anywhere.
  options.client.addresses = revstat::AddressPolicy::kAny;
  options.file = arguments[5];
  options.notify = [](size_t, const revstat::OcspResult& result) {
    std::printf("asked: %s\n", result.status.ok() ? "ok" : "failed");
  };
  auto stapler = revstat::OcspStapler::Create(std::move(options));
  if (!stapler.ok()) return Fail(stapler.status());
  X509* issuer = nullptr;
  std::FILE* const pem = std::fopen(arguments[3], "r");
  if (pem != nullptr) issuer = PEM_read_X509(pem, nullptr, nullptr, nullptr);
  if (issuer == nullptr) return Fail(absl::NotFoundError("the issuer"));
  const auto added = (*stapler)->Add(DerOf(SSL_CTX_get0_certificate(context)),
                                     DerOf(issuer), {arguments[4]});
  if (!added.ok()) return Fail(added.status());
  X509_free(issuer);
  std::fclose(pem);
  (*stapler)->Start();
  SSL_CTX_set_tlsext_status_cb(context, &SendStaple);
  SSL_CTX_set_tlsext_status_arg(context, stapler->get());

  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener, any, size) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, any, &size) != 0)
    return Fail(absl::UnavailableError("no port"));
  std::printf("port %d\n", ntohs(address.sin_port));
  {
    const std::jthread serving(Serve, context, listener);
    while (std::getchar() != EOF) {  // until standard input ends
    }
    shutdown(listener, SHUT_RDWR);
  }
  SSL_CTX_free(context);
  return 0;
}
