// One TLS handshake over a TCP connection on loopback, with OCSP stapling.
#ifndef REVSTAT_TESTS_REFRESH_TLS_HANDSHAKE_H_
#define REVSTAT_TESTS_REFRESH_TLS_HANDSHAKE_H_

#include <functional>
#include <memory>

#include "engine/base/buffer.h"
#include "tests/support/crl_text.h"

struct evp_pkey_st;

namespace revstat::test {

// A server's key pair.
class TlsKey {
 public:
  TlsKey();
  Octets Spki() const;
  evp_pkey_st* get() const { return key_.get(); }

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

enum class TlsVersion : uint8_t { k12, k13 };

// The response that the client was sent along, empty: none. `staple` is what
// the server's status callback hands out; null: nothing.
Octets StapleOfHandshake(
    TlsVersion version, const Octets& certificate, const TlsKey& key,
    const std::function<std::shared_ptr<const Buffer>()>& staple);

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_REFRESH_TLS_HANDSHAKE_H_
