// A server that sends its certificate's OCSP response along (RFC 6066 8): asked
// for in the background, verified before it is sent, and kept over restarts.
//
//   stapling_server CERTIFICATE KEY ISSUER RESPONDER_URL FILE
//
// FILE keeps the response.
#include <cstdio>
#include <string>

#include "engine/embed/openssl_hook.h"
#include "engine/refresh/ocsp_stapler.h"
#include "example_server.h"

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

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) return 2;
  const auto context = example::NewContext(arguments[1], arguments[2]);
  if (context == nullptr) return 1;

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
  const auto added =
      (*stapler)->Add(DerOf(SSL_CTX_get0_certificate(context.get())),
                      DerOf(issuer), {arguments[4]});
  if (!added.ok()) return Fail(added.status());
  X509_free(issuer);
  std::fclose(pem);
  const int listener = example::Listen();
  (*stapler)->Start();
  SSL_CTX_set_tlsext_status_cb(context.get(), &SendStaple);
  SSL_CTX_set_tlsext_status_arg(context.get(), stapler->get());

  example::Serve(context.get(), listener, "1", &example::Talk);
  return 0;
}
