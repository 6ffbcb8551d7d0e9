#include "engine/verify/pkcs7.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <memory>
#include <new>

namespace revstat {

std::optional<std::vector<std::vector<uint8_t>>> CertificatesOfPkcs7(
    Bytes der) {
  const uint8_t* position = der.data();
  const std::unique_ptr<PKCS7, decltype(&PKCS7_free)> pkcs7(
      d2i_PKCS7(nullptr, &position, static_cast<long>(der.size())), PKCS7_free);
  ERR_clear_error();
  // The content is optional (RFC 2315 7): it may say SignedData and have none.
  if (pkcs7 == nullptr || !PKCS7_type_is_signed(pkcs7.get()) ||
      pkcs7->d.sign == nullptr) {
    return std::nullopt;
  }
  std::vector<std::vector<uint8_t>> certificates;
  const STACK_OF(X509)* const carried = pkcs7->d.sign->cert;
  for (int i = 0; i < sk_X509_num(carried); ++i) {
    uint8_t* encoded = nullptr;
    const int size = i2d_X509(sk_X509_value(carried, i), &encoded);
    if (size <= 0) throw std::bad_alloc();
    certificates.emplace_back(encoded, encoded + size);
    OPENSSL_free(encoded);
  }
  return certificates;
}

}  // namespace revstat
