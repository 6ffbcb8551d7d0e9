// May the CRLs of a signer be believed? RFC 5280 6.3.3 (f) asks for a validated
// path of the CRL's issuer, and so for the status of every certificate on it.
#ifndef REVSTAT_ENGINE_CHECK_SIGNER_CHECKER_H_
#define REVSTAT_ENGINE_CHECK_SIGNER_CHECKER_H_

#include <vector>

#include "engine/check/checker.h"
#include "engine/check/issuer_resolver.h"

namespace revstat {

// Whether a listing of a certificate is a reason to believe its key in no other
// certificate either: any but affiliationChanged, superseded and
// cessationOfOperation (RFC 5280 5.3.1), by which one CA says that it no longer
// stands for a certificate, and nothing of its key. A verdict has the reason of
// one list; where any of the snapshot has another for this certificate, that
// counts, also an older one's: refusing is safe.
bool SpeaksAgainstKey(const Snapshot& snapshot,
                      const CertificateView& certificate,
                      const Verdict& verdict);

// Judges the issuers of a snapshot that holds all CRLs. Lifetime: borrows the
// snapshot while it is made. Thread-safety: immutable afterwards.
//
// In rounds: those the caller vouches for pass; then those whose certificates
// are active by CRLs of signers that passed in a round before, and by their
// own, which else could not list the certificate of its own key. Signers that
// only vouch for each other never pass. Whoever is then found to be listed by
// one that passed is banned, and all is done again without it. The order of
// issuers and CRLs changes nothing. Cost: a status for each signer and round.
//
// A key may have several certificates, by several CAs: one that is active is
// enough, as one validated path is, while none is listed for a reason that
// speaks against the key (SpeaksAgainstKey). A certificate that has only been
// retired is passed over, as an expired one is.
class SignerChecker {
 public:
  SignerChecker(const Snapshot& snapshot, const LookupPolicy& policy);

  // kNone, or kSignerNotTrusted.
  Cause Judge(IssuerId signer) const {
    return signer < is_trusted_.size() && is_trusted_[signer]
               ? Cause::kNone
               : Cause::kSignerNotTrusted;
  }

 private:
  using Marks = std::vector<bool>;  // by IssuerId

  Marks TrustedWithout(const Marks& banned);
  // What the believed signers, and the signer itself, say of its certificates:
  // active if one is and none is listed but for its retirement; revoked where
  // that is all that is known.
  Status StatusOf(IssuerId signer, const Marks& believed);
  Verdict VerdictOf(const CertificateView& certificate, IssuerId signer,
                    const Marks& believed);

  const Snapshot& snapshot_;
  const LookupPolicy policy_;
  IssuerResolver resolver_;
  Marks is_trusted_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_SIGNER_CHECKER_H_
