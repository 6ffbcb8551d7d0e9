// libcrypto's objects as owners, and its impossible failures as an exit.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_LIBCRYPTO_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_LIBCRYPTO_H_

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

#include "tools/revstat-gen/der.h"

namespace revstat::gen {

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
template <typename T, auto kFree>
using Owned = std::unique_ptr<T, Freer<kFree>>;

using BigNumber = Owned<BIGNUM, BN_clear_free>;
using BnContext = Owned<BN_CTX, BN_CTX_free>;
using EcGroup = Owned<EC_GROUP, EC_GROUP_free>;
using EcPoint = Owned<EC_POINT, EC_POINT_free>;
using PrivateKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using PrivateKeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using X509Certificate = Owned<X509, X509_free>;
using File = Owned<BIO, BIO_free>;

// Ends the program with libcrypto's reason. For calls that fail only when
// memory is out or the program is wrong; what depends on input gives a Status.
void Must(bool done, const char* what);

BigNumber NewBigNumber();
BigNumber ToBigNumber(Bytes big_endian);
// Big-endian, padded to `size` octets.
Octets FromBigNumber(const BIGNUM* number, size_t size);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_LIBCRYPTO_H_
