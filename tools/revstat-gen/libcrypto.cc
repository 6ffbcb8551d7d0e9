#include "tools/revstat-gen/libcrypto.h"

#include <openssl/err.h>

#include <cstdio>
#include <cstdlib>

namespace revstat::gen {

void Must(bool done, const char* what) {
  if (done) return;
  char reason[256];
  ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
  std::fprintf(stderr, "revstat-gen: %s failed: %s\n", what, reason);
  std::exit(2);
}

BigNumber NewBigNumber() {
  BigNumber number(BN_new());
  Must(number != nullptr, "BN_new");
  return number;
}

BigNumber ToBigNumber(Bytes big_endian) {
  BigNumber number(BN_bin2bn(big_endian.data(),
                             static_cast<int>(big_endian.size()), nullptr));
  Must(number != nullptr, "BN_bin2bn");
  return number;
}

Octets FromBigNumber(const BIGNUM* number, size_t size) {
  Octets out(size);
  Must(BN_bn2binpad(number, out.data(), static_cast<int>(size)) >= 0,
       "BN_bn2binpad");
  return out;
}

}  // namespace revstat::gen
