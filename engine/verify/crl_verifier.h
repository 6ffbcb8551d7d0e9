// Is this CRL authentic: signed by a certificate that may sign CRLs for the
// name it carries (RFC 5280 6.3.3 (b), (f), (g))?
#ifndef REVSTAT_ENGINE_VERIFY_CRL_VERIFIER_H_
#define REVSTAT_ENGINE_VERIFY_CRL_VERIFIER_H_

#include <span>

#include "absl/status/statusor.h"
#include "engine/verify/signature.h"
#include "engine/x509/certificate.h"
#include "engine/x509/crl.h"

namespace revstat {

// Proof that a CRL's signature was checked: only VerifyCrl makes one. Says
// nothing of time or scope, which depend on the question, nor of the entries'
// form, which CrlEntryReader checks. Borrows what it was made from.
class VerifiedCrl {
 public:
  const CrlView& crl() const { return crl_; }
  // Which of the candidates signed it.
  size_t issuer_index() const { return issuer_index_; }
  const SignatureAlgorithm& algorithm() const { return algorithm_; }

 private:
  friend absl::StatusOr<VerifiedCrl> VerifyCrl(const CrlView&,
                                               std::span<const CertificateView>,
                                               const SignaturePolicy&);
  VerifiedCrl(const CrlView& crl, size_t issuer_index,
              const SignatureAlgorithm& algorithm)
      : crl_(crl), issuer_index_(issuer_index), algorithm_(algorithm) {}

  CrlView crl_;
  size_t issuer_index_;
  SignatureAlgorithm algorithm_;
};

// At most so many keys are tried on one CRL.
inline constexpr size_t kMaxCrlSigners = 16;

// Checks the CRL against certificates whose authority the caller vouches for.
// Cost: one digest of the CRL, and a signature check for each candidate that
// fits by name, key identifier and keyUsage. Errors, of the candidate that came
// closest: kNoIssuer (none of that name), kKeyIdentifierMismatch,
// kCrlSignMissing, kBadSignature, kUnsupportedAlgorithm, kWeakAlgorithm,
// kUnsupportedKey, kTooMany.
absl::StatusOr<VerifiedCrl> VerifyCrl(
    const CrlView& crl, std::span<const CertificateView> candidates,
    const SignaturePolicy& policy);

// OK where `issuer`'s key signed `certificate`: tells apart CAs of one name.
absl::Status VerifyIssuedBy(const CertificateView& certificate,
                            const CertificateView& issuer,
                            const SignaturePolicy& policy);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_CRL_VERIFIER_H_
