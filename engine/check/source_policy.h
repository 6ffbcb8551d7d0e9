// CRLs and OCSP together: which of them is asked, and which is believed.
#ifndef REVSTAT_ENGINE_CHECK_SOURCE_POLICY_H_
#define REVSTAT_ENGINE_CHECK_SOURCE_POLICY_H_

#include <optional>
#include <string_view>

#include "engine/snapshot/verdict.h"

namespace revstat {

enum class SourcePolicy : uint8_t {
  kCrlOnly,
  kOcspOnly,
  kPreferCrl,   // OCSP where CRLs leave the status unknown
  kPreferOcsp,  // CRLs where OCSP leaves the status unknown
  kBoth,        // the stricter answer: active only where both say so
};

std::string_view NameOf(SourcePolicy policy);  // "prefer_crl"
// The policy of that name, also with hyphens; nothing for another.
std::optional<SourcePolicy> SourcePolicyNamed(std::string_view name);

// Whether a source lists the certificate.
inline bool IsListed(const Verdict& verdict) {
  return verdict.status == Status::kRevoked ||
         verdict.status == Status::kOnHold;
}

// Whether a status is unknown because nothing was published, or nothing current
// is held; not because of what the sources say.
inline bool IsForWantOfSource(Cause cause) {
  return cause != Cause::kNoIssuer && cause != Cause::kAmbiguousIssuer &&
         cause != Cause::kRevokedLater && cause != Cause::kResponderUnknown &&
         cause != Cause::kBadInput && cause != Cause::kLeftBehind;
}

// One verdict of two about the same certificate, time and policy, each complete
// (Check, OcspChecker::Ask). Whatever is preferred, `revoked` and `on_hold` of
// either prevail where both are asked; against an `active` of the other the
// verdict is marked kContradicted. A hold that a newer source has lifted is no
// exception: that would leave an older list in doubt, and refusing is safe. A
// certificate that needs no source (kNoRevocationInfo) is active where neither
// has a word about it, not against one that does not know it.
// Pure; no allocation.
Verdict Join(SourcePolicy policy, const Verdict& crl, const Verdict& ocsp);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_SOURCE_POLICY_H_
