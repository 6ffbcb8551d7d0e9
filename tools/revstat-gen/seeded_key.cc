#include "tools/revstat-gen/seeded_key.h"

#include <openssl/core_names.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>

#include <string_view>

namespace revstat::gen {
namespace {

using ParamBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;

PrivateKey FromParams(const char* algorithm, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const PrivateKeyContext context(
      EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
  EVP_PKEY* key = nullptr;
  Must(params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
           EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR,
                             params.get()) == 1,
       "EVP_PKEY_fromdata");
  return PrivateKey(key);
}

// ---- RSA (RFC 8017 3) ----

constexpr BN_ULONG kPublicExponent = 65537;

// The first prime p at or after a random odd number of that many bits with p-1
// prime to the exponent. BN_check_prime draws random bases, but its answer does
// not depend on them.
BigNumber MakePrime(int bits, SeededStream* stream, BN_CTX* context) {
  BigNumber prime = ToBigNumber(stream->Take(static_cast<size_t>(bits) / 8));
  // The two first bits set: the product of two such primes has all its bits.
  Must(BN_set_bit(prime.get(), bits - 1) == 1 &&
           BN_set_bit(prime.get(), bits - 2) == 1 &&
           BN_set_bit(prime.get(), 0) == 1,
       "BN_set_bit");
  for (;; Must(BN_add_word(prime.get(), 2) == 1, "BN_add_word")) {
    // 65537 is prime: it divides p-1, or the two have no common factor.
    if (BN_mod_word(prime.get(), kPublicExponent) == 1) continue;
    const int answer = BN_check_prime(prime.get(), context, nullptr);
    Must(answer >= 0, "BN_check_prime");
    if (answer == 1) return prime;
  }
}

PrivateKey MakeRsaKey(int bits, SeededStream* stream) {
  const BnContext context(BN_CTX_new());
  BigNumber p = MakePrime(bits / 2, stream, context.get());
  BigNumber q = MakePrime(bits / 2, stream, context.get());
  if (BN_cmp(p.get(), q.get()) < 0) p.swap(q);
  const BigNumber n = NewBigNumber(), d = NewBigNumber(), p1 = NewBigNumber(),
                  q1 = NewBigNumber(), phi = NewBigNumber(),
                  dp = NewBigNumber(), dq = NewBigNumber(),
                  qinv = NewBigNumber(), e = NewBigNumber();
  BN_CTX* const c = context.get();
  Must(BN_set_word(e.get(), kPublicExponent) == 1 &&
           BN_mul(n.get(), p.get(), q.get(), c) == 1 &&
           BN_sub(p1.get(), p.get(), BN_value_one()) == 1 &&
           BN_sub(q1.get(), q.get(), BN_value_one()) == 1 &&
           BN_mul(phi.get(), p1.get(), q1.get(), c) == 1 &&
           BN_mod_inverse(d.get(), e.get(), phi.get(), c) != nullptr &&
           BN_mod(dp.get(), d.get(), p1.get(), c) == 1 &&
           BN_mod(dq.get(), d.get(), q1.get(), c) == 1 &&
           BN_mod_inverse(qinv.get(), q.get(), p.get(), c) != nullptr,
       "RSA arithmetic");
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  Must(
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) ==
              1 &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E,
                                 e.get()) == 1 &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_D,
                                 d.get()) == 1 &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_FACTOR1,
                                 p.get()) == 1 &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_FACTOR2,
                                 q.get()) == 1 &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_EXPONENT1,
                                 dp.get()) == 1 &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_EXPONENT2,
                                 dq.get()) == 1 &&
          OSSL_PARAM_BLD_push_BN(
              builder.get(), OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qinv.get()) == 1,
      "RSA key parameters");
  return FromParams("RSA", builder.get());
}

// ---- The P curves ----

int CurveOf(KeyType type) {
  switch (type) {
    case KeyType::kP256:
      return NID_X9_62_prime256v1;
    case KeyType::kP384:
      return NID_secp384r1;
    case KeyType::kP521:
      return NID_secp521r1;
    default:
      return NID_undef;
  }
}

struct EcKeyPair {
  BigNumber private_value;
  Octets public_point;  // uncompressed
};

// FIPS 186-4 B.4.1: a number 64 bits longer than the order, reduced to
// 1 .. order-1.
EcKeyPair MakeEcKeyPair(const EC_GROUP* group, SeededStream* stream) {
  const BnContext context(BN_CTX_new());
  const BIGNUM* const order = EC_GROUP_get0_order(group);
  const BigNumber wide =
      ToBigNumber(stream->Take(static_cast<size_t>(BN_num_bytes(order)) + 8));
  const BigNumber order_less_one = NewBigNumber();
  BigNumber value = NewBigNumber();
  const EcPoint point(EC_POINT_new(group));
  Must(BN_sub(order_less_one.get(), order, BN_value_one()) == 1 &&
           BN_mod(value.get(), wide.get(), order_less_one.get(),
                  context.get()) == 1 &&
           BN_add_word(value.get(), 1) == 1 &&
           EC_POINT_mul(group, point.get(), value.get(), nullptr, nullptr,
                        context.get()) == 1,
       "EC key arithmetic");
  Octets octets(1 + 2 * 66);  // P-521 has the longest coordinates
  octets.resize(EC_POINT_point2oct(group, point.get(),
                                   POINT_CONVERSION_UNCOMPRESSED, octets.data(),
                                   octets.size(), context.get()));
  return {std::move(value), std::move(octets)};
}

PrivateKey MakeEcKey(int curve, SeededStream* stream) {
  const EcGroup group(EC_GROUP_new_by_curve_name(curve));
  const EcKeyPair pair = MakeEcKeyPair(group.get(), stream);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  Must(
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      OBJ_nid2sn(curve), 0) == 1 &&
          OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY,
                                 pair.private_value.get()) == 1 &&
          OSSL_PARAM_BLD_push_octet_string(
              builder.get(), OSSL_PKEY_PARAM_PUB_KEY, pair.public_point.data(),
              pair.public_point.size()) == 1,
      "EC key parameters");
  return FromParams("EC", builder.get());
}

std::string_view CurveOidOf(KeyType type) {
  switch (type) {
    case KeyType::kP384:
      return "1.3.132.0.34";
    case KeyType::kP521:
      return "1.3.132.0.35";
    default:
      return "1.2.840.10045.3.1.7";
  }
}

// ---- Edwards curves (RFC 8032): any octets are a private key ----

PrivateKey MakeEdKey(int type, size_t size, SeededStream* stream) {
  const Octets raw = stream->Take(size);
  PrivateKey key(
      EVP_PKEY_new_raw_private_key(type, nullptr, raw.data(), raw.size()));
  Must(key != nullptr, "EVP_PKEY_new_raw_private_key");
  return key;
}

}  // namespace

PrivateKey MakePrivateKey(KeyType type, const KeySeed& seed) {
  SeededStream stream(seed);
  switch (type) {
    case KeyType::kRsa2048:
    case KeyType::kRsaPss:
      return MakeRsaKey(2048, &stream);
    case KeyType::kRsa3072:
      return MakeRsaKey(3072, &stream);
    case KeyType::kRsa4096:
      return MakeRsaKey(4096, &stream);
    case KeyType::kEd25519:
      return MakeEdKey(EVP_PKEY_ED25519, 32, &stream);
    case KeyType::kEd448:
      return MakeEdKey(EVP_PKEY_ED448, 57, &stream);
    case KeyType::kP256:
    case KeyType::kP384:
    case KeyType::kP521:
      break;
  }
  return MakeEcKey(CurveOf(type), &stream);
}

Octets PublicKeyInfoOf(const EVP_PKEY* key) {
  uint8_t* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  Must(size > 0, "i2d_PUBKEY");
  Octets out(der, der + size);
  OPENSSL_free(der);
  return out;
}

Octets MakePublicKeyInfo(KeyType type, const KeySeed& seed) {
  if (CurveOf(type) == NID_undef)
    return PublicKeyInfoOf(MakePrivateKey(type, seed).get());
  // RFC 5480 2: SubjectPublicKeyInfo ::= SEQUENCE {
  //   algorithm { id-ecPublicKey, namedCurve }, subjectPublicKey BIT STRING }
  static thread_local EcGroup group;
  static thread_local int group_curve = NID_undef;
  if (group_curve != CurveOf(type)) {
    group.reset(EC_GROUP_new_by_curve_name(CurveOf(type)));
    group_curve = CurveOf(type);
  }
  SeededStream stream(seed);
  return der::Sequence(
      {der::Sequence(
           {der::Oid("1.2.840.10045.2.1"), der::Oid(CurveOidOf(type))}),
       der::BitString(MakeEcKeyPair(group.get(), &stream).public_point)});
}

}  // namespace revstat::gen
