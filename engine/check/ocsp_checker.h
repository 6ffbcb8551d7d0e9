// The status of certificates by OCSP responses, as a Verdict.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_CHECKER_H_
#define REVSTAT_ENGINE_CHECK_OCSP_CHECKER_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
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
  // A delegate without id-pkix-ocsp-nocheck that neither a CRL nor another's
  // response shows to be active.
  UncheckedSigner unchecked_signer = UncheckedSigner::kRefuse;
  // Believed for the certificates of every issuer; one DER certificate each.
  std::vector<std::shared_ptr<const Buffer>> trusted_responders;
};

// What a verified response says at `at`, or for what cause a refused one says
// nothing; the position and the flag of its source are left to the caller. A
// `good` from after the certificate's notAfter says nothing either, unless the
// responder's archive cutoff covers it (RFC 6960 4.4.4): kNotArchived. Else
// without the certificate's own validity: see ApplyCertificate.
Verdict VerdictOf(const absl::StatusOr<VerifiedOcsp>& answer,
                  const Question& question, const LookupPolicy& policy);

// Asks the responses of a set, and the cache beside them if it has one, about
// certificates of a snapshot's issuers, and joins the answers with those of its
// CRLs. Lifetime: borrows the snapshot and the set. Thread-safety: one thread
// each. Cost: for a certificate that no response is about, one look into a
// table; else a signature check for each response that is about it, and one for
// all the questions about a response of several answers.
//
// A delegate's own status (RFC 6960 4.2.2.2.1), also of one whose answer comes
// out of the cache, is that of the CRLs and of the responses together, listed
// in either or active in either. Only a response whose own signer needs no such
// check, or passes it by CRLs, says so: no delegate vouches for itself, nor two
// for each other, and the work ends.
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

  // Answers for another time from now on; `crl` of the others is then of that
  // time as well.
  void SetTime(Time at);

  // What all sources say: `crl` is what Check said of the same question. Marked
  // with kContradicted where a CRL and an OCSP response say the contrary of
  // each other: one of them is wrong, or late.
  Verdict Join(const Question& question, NameView issuer_name,
               const Verdict& crl);

  // The same of a serial whose issuer is known by its name alone
  // (IssuerNaming::kByName), so that it may have been issued with any key that
  // the CA has had: each is asked about. Listed where one lists it; active
  // where one says so and the others do not know it or have never issued it
  // (RFC 6960 2.2), for else the one that has issued it may be silent. Sets the
  // question's issuer to the key whose answer decides, for the evidence.
  Verdict JoinNamed(Question* question, const Verdict& crl);

  // The same in a handshake, where the server sent `stapled` (null: nothing):
  // verified as any other, and believed before what is held, unless that lists
  // the certificate: a server may go on sending an old response. Its position,
  // if it decides, is OcspSet::kStapled. kStapleMissing where the certificate
  // demands one (RFC 7633) and none that verifies was sent.
  Verdict JoinStapled(const Question& question, NameView issuer_name,
                      const Verdict& crl, const OcspResponseView* stapled);

  // The responses of the set that have been asked about a certificate and whose
  // signature, or signer, is not believed: why the first time, by source.
  const std::map<uint32_t, absl::Status>& refused() const { return refused_; }

 private:
  OcspChecker(const Snapshot& snapshot, const OcspSet& set,
              OcspCheckPolicy policy);

  // Whether a response is asked about a certificate or, to judge another one's
  // signer, about a delegate.
  enum class About : uint8_t { kCertificate, kDelegate };

  Verdict AskKeys(Question* question);
  Verdict AskStapled(const OcspResponseView& response, const Question& question,
                     NameView issuer_name);
  Verdict AskSet(const Question& question, NameView issuer_name, About about);
  // `positions` are of one response of the set.
  Verdict AskHeld(std::span<const uint32_t> positions, const Question& question,
                  NameView issuer_name, About about);
  absl::StatusOr<SignedOcsp> SignerOf(uint32_t source, IssuerId id,
                                      const OcspIssuer& issuer, About about);
  Verdict AskCache(const Question& question, About about);
  // kOk, or why the signer of an answer of the cache is not believed now.
  ErrorCode CheckKeptSigner(const OcspAnswer& answer, IssuerId issuer,
                            About about);
  Verdict Judge(const absl::StatusOr<VerifiedOcsp>& answer,
                const Question& question, About about);
  // Null where the issuer's key cannot be used, which sets *cause.
  const OcspIssuer* IssuerOf(IssuerId id, Cause* cause);
  bool IsBelieved(IssuerId id);
  bool IsActive(IssuerId id);
  OcspSignerStatus StatusOfDelegate(const CertificateView& delegate);
  OcspSignerStatus StatusByCrls(const CertificateView& delegate);

  const Snapshot& snapshot_;
  const OcspSet& set_;
  OcspCheckPolicy policy_;
  OcspPolicy verify_policy_;
  IssuerResolver resolver_;
  OcspVerifier verifier_;
  OcspVerifier delegate_verifier_;  // of responses about delegates
  std::unordered_map<IssuerId, absl::StatusOr<OcspIssuer>> issuers_;
  std::unordered_map<IssuerId, bool> is_believed_;
  // Those whose judgement others wait for, the first of them, by place, that
  // was asked about meanwhile, and certificates that may still be judged.
  static constexpr size_t kNotProvisional = SIZE_MAX;
  static constexpr int kMaxJudgements = 256;
  std::vector<IssuerId> being_judged_;
  size_t provisional_ = kNotProvisional;
  int judgements_left_ = kMaxJudgements;
  // Of responses with several answers, by source and issuer.
  std::map<std::pair<uint32_t, IssuerId>, absl::StatusOr<SignedOcsp>> signers_;
  // Of the delegates met last, by certificate.
  std::vector<std::pair<std::vector<uint8_t>, OcspSignerStatus>> delegates_;
  std::map<uint32_t, absl::Status> refused_;
  IssuerId asked_issuer_ = kUnknownIssuer;  // of the response being verified
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_CHECKER_H_
