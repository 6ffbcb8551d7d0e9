// OCSP responses read and verified, beside the bare signature check of the same
// response by libcrypto.
#ifndef REVSTAT_BENCH_OCSP_CONTENDERS_H_
#define REVSTAT_BENCH_OCSP_CONTENDERS_H_

#include <memory>
#include <string>

#include "bench/contender.h"

namespace revstat::bench {

enum class OcspSignedBy { kIssuer, kDelegate };

// An issuer and one response. Ends the program where it cannot be made.
class OcspSubject {
 public:
  // "RSA-2048" or "P-256".
  OcspSubject(const std::string& key_type, OcspSignedBy signed_by);
  ~OcspSubject();

  struct Parts;
  const Parts& parts() const { return *parts_; }

 private:
  std::unique_ptr<const Parts> parts_;
};

// Each verifies the subject's response again and again, and borrows it; one
// that does not verify ends the program.
std::unique_ptr<Contender> MakeOcspEngine(const OcspSubject& subject);
// The signature alone, of a digest made before, with a context made once.
std::unique_ptr<Contender> MakeRawSignature(const OcspSubject& subject);
// As a caller would do it who has the key and the signed octets.
std::unique_ptr<Contender> MakeDigestVerify(const OcspSubject& subject);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_OCSP_CONTENDERS_H_
