// What a CRL says that the one before it did not.
#ifndef REVSTAT_ENGINE_SNAPSHOT_CRL_CHANGES_H_
#define REVSTAT_ENGINE_SNAPSHOT_CRL_CHANGES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/snapshot/crl_source.h"

namespace revstat {

enum class CrlChange : uint8_t {
  kRevoked,    // newly, or from on hold to revoked
  kPutOnHold,  // certificateHold
  kLifted,     // was on hold: removeFromCRL, or no longer listed
  kGone,       // was revoked and is no longer listed: expired, mostly
};

std::string_view NameOf(CrlChange change);  // "revoked"

struct CrlChanges {
  struct Entry {
    CrlChange change = CrlChange::kRevoked;
    std::string serial;  // lower-case hexadecimal
    ReasonCode reason = ReasonCode::kAbsent;
  };

  uint64_t revoked = 0;
  uint64_t put_on_hold = 0;
  uint64_t lifted = 0;
  uint64_t gone = 0;
  // Revoked no longer, and known not to have expired: see FindVanished, whose
  // count whoever knows the certificates puts here.
  uint64_t gone_too_early = 0;
  std::vector<Entry> first;  // some of them, those of the new CRL first
};

// From `before`, a CRL of the same signer, scope and kind, or null for none:
// then all that is listed is new, and `first` stays empty. Serials are compared
// for each certificate issuer. Between deltas, what is no longer listed has not
// changed: a newer base lists it. Thread-safety: pure. Cost: a lookup for each
// entry of both, some 200 ns; none without `before`.
CrlChanges CompareCrls(const CrlSource* before, const CrlSource& after,
                       size_t max_first);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_CRL_CHANGES_H_
