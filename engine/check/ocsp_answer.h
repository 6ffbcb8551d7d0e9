// A verified OCSP answer about one certificate, as it is kept.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_ANSWER_H_
#define REVSTAT_ENGINE_CHECK_OCSP_ANSWER_H_

#include <algorithm>
#include <memory>
#include <optional>

#include "engine/base/buffer.h"
#include "engine/base/time.h"
#include "engine/snapshot/verdict.h"
#include "engine/verify/digest.h"
#include "engine/verify/ocsp_verifier.h"

namespace revstat {

// A value. Made of a VerifiedOcsp, or read back from where one was kept.
struct OcspAnswer {
  OcspStatus status = OcspStatus::kUnknown;
  ReasonCode reason = ReasonCode::kAbsent;
  Time revocation_time;  // the epoch unless kRevoked or kOnHold
  Time produced_at;
  Time this_update;
  // Until when it is current: nextUpdate or, where the response has none, what
  // the caller allows; and no longer than who signed it may sign.
  Time until;
  // kSigner: the signer's own end comes before nextUpdate.
  enum class End : uint8_t { kNextUpdate, kSetByCaller, kSigner };
  End end = End::kNextUpdate;
  // 4.4.4; of kGood only, as of no other it changes anything.
  std::optional<Time> archive_cutoff;
  Cause cause = Cause::kNone;  // or kNeverIssued, of kOnHold
  OcspSignerCheck signer_check = OcspSignerCheck::kSettled;
  // The certificate of the delegate that signed; null: another signed. It may
  // be revoked later.
  std::shared_ptr<const Buffer> delegate;
  Sha256Digest sha256 = {};  // of the response
  // The response's own bytes, where they are kept; else null.
  std::shared_ptr<const Buffer> response;

  // `lifetime` counts from thisUpdate where there is no nextUpdate. `der` holds
  // the response that was verified.
  static OcspAnswer Of(const VerifiedOcsp& verified,
                       std::chrono::seconds lifetime,
                       std::shared_ptr<const Buffer> der) {
    const OcspSingleResponse& single = verified.single();
    OcspAnswer answer;
    answer.status = verified.status();
    if (single.status == CertStatus::kRevoked) {
      answer.reason = single.reason;
      answer.revocation_time = single.revocation_time;
    }
    if (verified.status() == OcspStatus::kGood)
      answer.archive_cutoff = single.archive_cutoff;
    if (verified.is_never_issued()) answer.cause = Cause::kNeverIssued;
    answer.signer_check = verified.signer_check();
    if (const Bytes delegate = verified.signed_by().delegate();
        !delegate.empty())
      answer.delegate = Buffer::FromVector({delegate.begin(), delegate.end()});
    answer.produced_at = verified.response().produced_at();
    answer.this_update = single.this_update;
    const Time end = single.next_update.value_or(single.this_update + lifetime);
    answer.until = std::min(end, verified.signed_by().signer_not_after());
    answer.end = !single.next_update.has_value() ? End::kSetByCaller
                 : answer.until < end            ? End::kSigner
                                                 : End::kNextUpdate;
    answer.sha256 = Sha256(der->bytes());
    answer.response = std::move(der);
    return answer;
  }
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_ANSWER_H_
