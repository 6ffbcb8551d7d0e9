// The question a caller asks: what is the status of this certificate?
#ifndef REVSTAT_ENGINE_CHECK_CHECKER_H_
#define REVSTAT_ENGINE_CHECK_CHECKER_H_

#include <memory>
#include <span>

#include "engine/base/time.h"
#include "engine/snapshot/snapshot.h"
#include "engine/x509/certificate.h"

namespace revstat {

// Of how the issuer was named: by its key or a certificate of it, or by its
// name, which all keys have that one CA has had. CRLs make no difference; OCSP
// responses are about the certificates of one key.
enum class IssuerNaming : uint8_t { kByKey, kByName };

// A certificate as far as its status needs it. Without known validity (a bare
// serial) the bounds stay open and it is neither expired nor not yet valid.
struct Question {
  LookupKey key;
  Time not_before = Time::min();
  Time not_after = Time::max();
  // Which CRLs speak for the certificate; null for a bare serial, and where it
  // makes no difference. Of the snapshot that is asked.
  std::shared_ptr<const Coverage> coverage = nullptr;
  CertificateView::RevocationInfo revocation_info =
      CertificateView::RevocationInfo::kExpected;
  IssuerNaming issuer_naming = IssuerNaming::kByKey;
  CertificateView::Stapling stapling = CertificateView::Stapling::kOptional;
};

// Adds to what the sources say what the certificate itself says: its validity,
// and whether it needs a source at all. Check does this; for verdicts that come
// from elsewhere.
void ApplyCertificate(const LookupPolicy& policy, const Question& question,
                      Verdict* verdict);

// Answers by the status model: revoked and on hold first, then the
// certificate's own validity, then active or unknown. A certificate whose
// issuer publishes no revocation information (noRevAvail, RFC 9608), or that
// the policy calls short-lived, is active unless something lists it. Writes the
// verdict of questions[i] to verdicts[i]. No allocation, no lock, no failure.
// Whether an unknown is accepted is the caller's decision, never made here.
void Check(const Snapshot& snapshot, const LookupPolicy& policy,
           std::span<const Question> questions, std::span<Verdict> verdicts);
Verdict Check(const Snapshot& snapshot, const LookupPolicy& policy,
              const Question& question);
// The same for bare serials: of a Question with nothing but its key, in a third
// of the memory.
void Check(const Snapshot& snapshot, const LookupPolicy& policy,
           std::span<const LookupKey> serials, std::span<Verdict> verdicts);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_CHECKER_H_
