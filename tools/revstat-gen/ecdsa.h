// Deterministic ECDSA (RFC 6979): the same key and digest give the same
// signature with any libcrypto. Not hardened against timing: for test data.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_ECDSA_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_ECDSA_H_

#include <openssl/evp.h>

#include "tools/revstat-gen/libcrypto.h"

namespace revstat::gen {

// Thread-safety: none (it keeps scratch numbers). Cost: some 50 us for P-256.
class EcdsaSigner {
 public:
  // `key` is an EC private key on a named curve.
  explicit EcdsaSigner(const EVP_PKEY* key);
  // `curve` is libcrypto's NID of it.
  EcdsaSigner(int curve, BigNumber private_value);

  // The DER of Ecdsa-Sig-Value { r INTEGER, s INTEGER } (RFC 3279 2.2.3) over
  // a digest that `md` made; `md` also drives the nonce.
  Octets Sign(const EVP_MD* md, Bytes digest) const;

 private:
  BigNumber ToNumber(Bytes octets) const;
  Octets ToOrderSize(const BIGNUM* number) const;

  EcGroup group_;
  BnContext context_;
  BigNumber private_value_;
  const BIGNUM* order_;
};

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_ECDSA_H_
