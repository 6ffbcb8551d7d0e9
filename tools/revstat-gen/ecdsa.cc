#include "tools/revstat-gen/ecdsa.h"

#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>

#include <initializer_list>
#include <utility>

namespace revstat::gen {
namespace {

Octets Hmac(const EVP_MD* md, const Octets& key,
            std::initializer_list<Bytes> parts) {
  const Octets message = der::Join(parts);
  Octets out(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  Must(HMAC(md, key.data(), static_cast<int>(key.size()), message.data(),
            message.size(), out.data(), &size) != nullptr,
       "HMAC");
  out.resize(size);
  return out;
}

// The candidates for the nonce, RFC 6979 3.2.
class NonceSource {
 public:
  // Steps b to g.
  NonceSource(const EVP_MD* md, const Octets& private_value,
              const Octets& digest)
      : md_(md),
        v_(static_cast<size_t>(EVP_MD_get_size(md)), 0x01),
        k_(static_cast<size_t>(EVP_MD_get_size(md)), 0x00) {
    for (const uint8_t mark : {uint8_t{0x00}, uint8_t{0x01}}) {
      k_ = Hmac(md_, k_, {v_, Bytes(&mark, 1), private_value, digest});
      v_ = Hmac(md_, k_, {v_});
    }
  }

  // Step h.2.
  Octets Next(size_t size) {
    Octets t;
    while (t.size() < size) {
      v_ = Hmac(md_, k_, {v_});
      t.insert(t.end(), v_.begin(), v_.end());
    }
    t.resize(size);
    return t;
  }

  // Step h.3, for a candidate that cannot be used.
  void Refuse() {
    const uint8_t zero = 0x00;
    k_ = Hmac(md_, k_, {v_, Bytes(&zero, 1)});
    v_ = Hmac(md_, k_, {v_});
  }

 private:
  const EVP_MD* md_;
  Octets v_;
  Octets k_;
};

int CurveOf(const EVP_PKEY* key) {
  char curve[80];
  Must(EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve,
                                      sizeof(curve), nullptr) == 1,
       "reading the EC curve");
  return OBJ_txt2nid(curve);
}

BigNumber PrivateValueOf(const EVP_PKEY* key) {
  BIGNUM* value = nullptr;
  Must(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &value) == 1,
       "reading the EC private key");
  return BigNumber(value);
}

}  // namespace

EcdsaSigner::EcdsaSigner(const EVP_PKEY* key)
    : EcdsaSigner(CurveOf(key), PrivateValueOf(key)) {}

EcdsaSigner::EcdsaSigner(int curve, BigNumber private_value)
    : group_(EC_GROUP_new_by_curve_name(curve)),
      context_(BN_CTX_new()),
      private_value_(std::move(private_value)) {
  Must(group_ != nullptr, "EC_GROUP_new_by_curve_name");
  order_ = EC_GROUP_get0_order(group_.get());
}

// RFC 6979 2.3.2, bits2int: the leftmost bits, as many as the order has.
BigNumber EcdsaSigner::ToNumber(Bytes octets) const {
  BigNumber number = ToBigNumber(octets);
  const int excess = static_cast<int>(octets.size()) * 8 - BN_num_bits(order_);
  if (excess > 0)
    Must(BN_rshift(number.get(), number.get(), excess) == 1, "BN_rshift");
  return number;
}

// RFC 6979 2.3.3, int2octets.
Octets EcdsaSigner::ToOrderSize(const BIGNUM* number) const {
  return FromBigNumber(number, static_cast<size_t>(BN_num_bytes(order_)));
}

Octets EcdsaSigner::Sign(const EVP_MD* md, Bytes digest) const {
  BN_CTX* const c = context_.get();
  BigNumber z = ToNumber(digest);
  if (BN_cmp(z.get(), order_) >= 0)
    Must(BN_sub(z.get(), z.get(), order_) == 1, "BN_sub");
  NonceSource nonces(md, ToOrderSize(private_value_.get()),
                     ToOrderSize(z.get()));
  const EcPoint point(EC_POINT_new(group_.get()));
  const BigNumber r = NewBigNumber(), s = NewBigNumber(),
                  inverse = NewBigNumber();
  for (;; nonces.Refuse()) {
    const BigNumber k =
        ToNumber(nonces.Next(static_cast<size_t>(BN_num_bytes(order_))));
    if (BN_is_zero(k.get()) || BN_cmp(k.get(), order_) >= 0) continue;
    // r = x of k*G, s = (z + r*d) / k, both modulo the order.
    Must(EC_POINT_mul(group_.get(), point.get(), k.get(), nullptr, nullptr,
                      c) == 1 &&
             EC_POINT_get_affine_coordinates(group_.get(), point.get(), r.get(),
                                             nullptr, c) == 1 &&
             BN_nnmod(r.get(), r.get(), order_, c) == 1 &&
             BN_mod_mul(s.get(), r.get(), private_value_.get(), order_, c) ==
                 1 &&
             BN_mod_add(s.get(), s.get(), z.get(), order_, c) == 1 &&
             BN_mod_inverse(inverse.get(), k.get(), order_, c) != nullptr &&
             BN_mod_mul(s.get(), s.get(), inverse.get(), order_, c) == 1,
         "ECDSA arithmetic");
    if (!BN_is_zero(r.get()) && !BN_is_zero(s.get())) break;
  }
  return der::Sequence({der::Unsigned(ToOrderSize(r.get())),
                        der::Unsigned(ToOrderSize(s.get()))});
}

}  // namespace revstat::gen
