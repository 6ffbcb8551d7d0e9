// Keys and signatures for tests, by libcrypto.
#ifndef REVSTAT_TESTS_SUPPORT_SIGNING_KEY_H_
#define REVSTAT_TESTS_SUPPORT_SIGNING_KEY_H_

#include <memory>
#include <string>

#include "tests/support/crl_text.h"

struct evp_pkey_st;

namespace revstat::test {

// How a signature is made, and the AlgorithmIdentifier that says so.
struct SignatureForm {
  std::string name;            // for test names
  Octets algorithm;            // AlgorithmIdentifier
  const char* digest;          // libcrypto's name; null for Ed25519 and Ed448
  int pss_salt = -1;           // octets; -1: not PSS
  const char* mgf1 = nullptr;  // PSS; null: as digest
};

SignatureForm Pkcs1(const char* digest);
SignatureForm Pss(const char* digest, int salt);
SignatureForm Ecdsa(const char* digest);
SignatureForm Ed25519();
SignatureForm Ed448();
SignatureForm Gost(int bits);  // 256 or 512: RFC 9215

// RSASSA-PSS-params by hand; empty parts are left out.
Octets PssAlgorithm(const Octets& parameters);
Octets DigestAlgorithm(const char* digest);

class SigningKey {
 public:
  // Made once for each size or curve, then shared by all tests of a program.
  static const SigningKey& Rsa(int bits);
  static const SigningKey& Ec(const char* curve);
  static const SigningKey& Edwards(const char* name);  // "ED25519", "ED448"
  // GOST R 34.10-2012; needs RequireGost to have been OK.
  static const SigningKey& Gost(int bits);
  // A second key of the same kind.
  static SigningKey NewRsa(int bits);
  static SigningKey NewEc(const char* curve);
  static SigningKey NewEdwards(const char* name);
  // `parameters` by the module's name: "A", "TCA"; see MakeCurves in gost.cc.
  static SigningKey NewGost(int bits, const char* parameters = "A");

  evp_pkey_st* get() const { return key_.get(); }
  Octets Spki() const;
  Octets Sign(Bytes message, const SignatureForm& form) const;

  // The structure with the algorithm and the signature filled in.
  template <class Text>  // CrlText or CertificateText
  Octets Signed(Text text, const SignatureForm& form) const {
    text.algorithm = form.algorithm;
    text.signature = BitString(Sign(text.Tbs(), form));
    return text.Der();
  }

 private:
  explicit SigningKey(evp_pkey_st* key);

  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SUPPORT_SIGNING_KEY_H_
