// May the CRLs of a signer be believed? RFC 5280 6.3.3 (f) asks for a validated
// path of the CRL's issuer, and so for the status of every certificate on it.
#ifndef REVSTAT_ENGINE_CHECK_SIGNER_CHECKER_H_
#define REVSTAT_ENGINE_CHECK_SIGNER_CHECKER_H_

#include <vector>

#include "engine/check/checker.h"
#include "engine/check/issuer_resolver.h"

namespace revstat {

// Whether what cannot be known is accepted: the caller's choice.
enum class UnknownPolicy : uint8_t { kRefuse, kAccept };

// Judges the issuers of a snapshot that holds all CRLs, by those CRLs whose own
// signers pass. A signer whose certificate is covered by a CRL that it signed
// itself, or by one of a signer that is just being judged, is believed in that
// unless it is listed there: else no CA could list the certificate of its own
// CRL key. Lifetime: borrows the snapshot. Not thread-safe. Cost: one status
// for each signer.
class SignerChecker {
 public:
  SignerChecker(const Snapshot& snapshot, const LookupPolicy& policy,
                UnknownPolicy unknown);

  // kNone, or kSignerNotTrusted. Issuers the caller vouches for always pass.
  Cause Judge(IssuerId signer) { return Judge(signer, 0); }

 private:
  // A chain of signers longer than this is not followed: it is not trusted.
  static constexpr int kMaxDepth = 64;

  enum class State : uint8_t { kNew, kInProgress, kTrusted, kNotTrusted };

  Cause Judge(IssuerId signer, int depth);
  bool IsUnrevoked(IssuerId signer, int depth);

  const Snapshot& snapshot_;
  const LookupPolicy policy_;
  const UnknownPolicy unknown_;
  IssuerResolver resolver_;
  std::vector<State> states_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_SIGNER_CHECKER_H_
