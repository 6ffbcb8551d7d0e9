// OCSP requests and responses for tests: good ones whose every part can be
// replaced. Parts are TLVs unless said otherwise; an empty part is left out.
#ifndef REVSTAT_TESTS_SUPPORT_OCSP_TEXT_H_
#define REVSTAT_TESTS_SUPPORT_OCSP_TEXT_H_

#include <optional>
#include <string_view>
#include <vector>

#include "tests/support/crl_text.h"
#include "tests/support/signing_key.h"

namespace revstat::test {

// A CertID; its hashes are content octets.
struct CertIdText {
  Octets hash_algorithm = DigestAlgorithm("SHA1");
  Octets name_hash = Octets(20, 0x4e);
  Octets key_hash = Octets(20, 0x4b);
  Octets serial = IntegerOf("0123");

  Octets Der() const;
};
// With the hashes of a name (TLV) and of a SubjectPublicKeyInfo; `digest` is
// libcrypto's name.
CertIdText CertIdFor(const char* digest, const Octets& name, const Octets& spki,
                     const Octets& serial = IntegerOf("0123"));
// SHA-1 of the key's BIT STRING, and what responderID makes of it or of a name.
Octets KeyHash(const Octets& spki, const char* digest = "SHA1");
Octets ByName(const Octets& name);
Octets ByKey(const Octets& hash);

// CertStatus.
Octets Good();
Octets Unknown();
// `reason` below 0: none.
Octets Revoked(std::string_view time = "20260102030405Z", int reason = -1);

struct SingleText {
  Octets cert_id = CertIdText().Der();
  Octets status = Good();
  Octets this_update = GeneralizedTime("20260110000000Z");
  Octets next_update = GeneralizedTime("20260120000000Z");  // without its [0]
  std::vector<Octets> extensions;

  Octets Der() const;
};

struct ResponseText {
  Octets version;  // with its [0]
  Octets responder = ByName(CommonName("Test CA"));
  Octets produced_at = GeneralizedTime("20260110000000Z");
  std::vector<Octets> responses = {SingleText().Der()};
  std::vector<Octets> extensions;
  Octets after_extensions;
  Octets algorithm = Ed25519Algorithm();
  Octets signature = BitString(Octets(64, 0xa5));
  std::vector<Octets> certificates;
  Octets after_certificates;
  Octets status = Tlv(der::kEnumerated, Octets{0});
  Octets type = Oid("1.3.6.1.5.5.7.48.1.1");
  std::optional<Octets> basic;           // content of response
  std::optional<Octets> response_bytes;  // with its [0]

  Octets Tbs() const;    // tbsResponseData
  Octets Basic() const;  // BasicOCSPResponse
  Octets Der() const;    // OCSPResponse
};

Octets NonceExtension(const Octets& nonce,
                      Criticality criticality = Criticality::kNonCritical);

struct RequestText {
  Octets version;
  Octets requestor_name;
  std::vector<Octets> requests = {Seq({CertIdText().Der()})};
  std::vector<Octets> extensions;
  Octets signature;  // with its [0]

  Octets Der() const;
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SUPPORT_OCSP_TEXT_H_
