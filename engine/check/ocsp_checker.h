// The status of certificates by OCSP responses, as a Verdict.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_CHECKER_H_
#define REVSTAT_ENGINE_CHECK_OCSP_CHECKER_H_

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/check/checker.h"
#include "engine/check/issuer_resolver.h"
#include "engine/check/ocsp_set.h"
#include "engine/check/source_policy.h"
#include "engine/verify/ocsp_verifier.h"

namespace revstat {

struct OcspCheckPolicy {
  SourcePolicy sources = SourcePolicy::kPreferOcsp;
  // Times, ages and whether nextUpdate counts are as for CRLs.
  LookupPolicy lookup;
  SignaturePolicy signature;
  OcspLimits limits;
  // A delegate without id-pkix-ocsp-nocheck that no CRL shows to be active.
  UncheckedSigner unchecked_signer = UncheckedSigner::kRefuse;
  // Believed for the certificates of every issuer; one DER certificate each.
  std::vector<std::shared_ptr<const Buffer>> trusted_responders;
};

// What a verified response says at `at`, or for what cause a refused one says
// nothing; the position and the flag of its source are left to the caller.
// Without the certificate's own validity: see ApplyCertificate.
Verdict VerdictOf(const absl::StatusOr<VerifiedOcsp>& answer, Time at,
                  std::chrono::seconds clock_skew);

// Asks the responses of a set, and the cache beside them if it has one, about
// certificates of a snapshot's issuers, and joins the answers with those of its
// CRLs. Lifetime: borrows the snapshot and the set. Thread-safety: one thread
// each. Cost: for a certificate that no response is about, one look into a
// table; else a signature check for each response that is about it.
class OcspChecker {
 public:
  // Errors: a trusted responder whose certificate cannot be used.
  static absl::StatusOr<std::unique_ptr<OcspChecker>> Create(
      const Snapshot& snapshot, const OcspSet& set, OcspCheckPolicy policy);

  // The verdict by OCSP alone. `issuer_name` is the issuer's name as the
  // certificate has it, its tlv empty for a bare serial. kNoSource where no
  // response is about the certificate. An issuer that the caller does not vouch
  // for is believed only where its own certificate is active by CRLs and OCSP
  // together: else kSignerNotTrusted. Of several responses the strictest holds;
  // one that does not verify says nothing beside one that does.
  Verdict Ask(const Question& question, NameView issuer_name);

  // What all sources say: `crl` is what Check said of the same question.
  Verdict Join(const Question& question, NameView issuer_name,
               const Verdict& crl);

  // The same in a handshake, where the server sent `stapled` (null: nothing):
  // looked at first, verified as any other, and then alone if it settles the
  // status. Its position, if it decides, is kStapled. kStapleMissing where the
  // certificate demands one (RFC 7633) and none that verifies was sent.
  static constexpr uint32_t kStapled = 0xfffffffe;
  Verdict JoinStapled(const Question& question, NameView issuer_name,
                      const Verdict& crl, const OcspResponseView* stapled);

 private:
  OcspChecker(const Snapshot& snapshot, const OcspSet& set,
              OcspCheckPolicy policy);

  Verdict AskOne(const OcspResponseView& response, const Question& question,
                 NameView issuer_name);
  Verdict AskSet(const Question& question, NameView issuer_name);
  Verdict AskCache(const Question& question);
  // Null where the issuer's key cannot be used, which sets *cause.
  const OcspIssuer* IssuerOf(IssuerId id, Cause* cause);
  bool IsBelieved(IssuerId id);
  OcspSignerStatus StatusOfDelegate(const CertificateView& delegate);

  const Snapshot& snapshot_;
  const OcspSet& set_;
  const OcspCheckPolicy policy_;
  OcspPolicy verify_policy_;
  IssuerResolver resolver_;
  OcspVerifier verifier_;
  std::unordered_map<IssuerId, absl::StatusOr<OcspIssuer>> issuers_;
  std::unordered_map<IssuerId, bool> is_believed_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_CHECKER_H_
