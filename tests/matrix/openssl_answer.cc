#include "tests/matrix/openssl_answer.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <memory>
#include <stdexcept>

namespace revstat::test {
namespace {

template <class T, void (*kFree)(T*)>
struct Freer {
  void operator()(T* object) const { kFree(object); }
};
using Certificate = std::unique_ptr<X509, Freer<X509, X509_free>>;
using Crl = std::unique_ptr<X509_CRL, Freer<X509_CRL, X509_CRL_free>>;
using Store = std::unique_ptr<X509_STORE, Freer<X509_STORE, X509_STORE_free>>;
using Context =
    std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX, X509_STORE_CTX_free>>;

Certificate ReadCertificate(const Octets& der) {
  const unsigned char* octets = der.data();
  Certificate read(d2i_X509(nullptr, &octets, static_cast<long>(der.size())));
  if (read == nullptr) throw std::runtime_error("OpenSSL reads no certificate");
  return read;
}

Crl ReadCrl(const Octets& der) {
  const unsigned char* octets = der.data();
  Crl read(d2i_X509_CRL(nullptr, &octets, static_cast<long>(der.size())));
  if (read == nullptr) throw std::runtime_error("OpenSSL reads no CRL");
  return read;
}

}  // namespace

std::string OpenSslAnswer(const MatrixCase& drawn) {
  const Store store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), ReadCertificate(drawn.anchor).get());
  X509_VERIFY_PARAM* const parameters = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(parameters, kMatrixTime);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK |
                                              X509_V_FLAG_EXTENDED_CRL_SUPPORT |
                                              X509_V_FLAG_USE_DELTAS);
  STACK_OF(X509)* const untrusted = sk_X509_new_null();
  for (const Octets& der : drawn.untrusted)
    sk_X509_push(untrusted, ReadCertificate(der).release());
  // Not in the store, which gives out only CRLs of the certificate's issuer.
  STACK_OF(X509_CRL)* const crls = sk_X509_CRL_new_null();
  for (const Octets& der : drawn.crls)
    sk_X509_CRL_push(crls, ReadCrl(der).release());
  const Certificate target = ReadCertificate(drawn.certificate);
  const Context context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), target.get(), untrusted);
  X509_STORE_CTX_set0_crls(context.get(), crls);
  const bool is_valid = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  sk_X509_pop_free(untrusted, X509_free);
  sk_X509_CRL_pop_free(crls, X509_CRL_free);
  ERR_clear_error();
  if (is_valid) return "active";
  return error == X509_V_ERR_CERT_REVOKED ? "revoked" : "undetermined";
}

}  // namespace revstat::test
