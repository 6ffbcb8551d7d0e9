// Of the CRLs of one scope and signer: which serve, and which deltas apply.
#ifndef REVSTAT_ENGINE_SNAPSHOT_SERIES_H_
#define REVSTAT_ENGINE_SNAPSHOT_SERIES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/time.h"
#include "engine/x509/crl.h"

namespace revstat {

// True where `a` replaces `b`, both complete or both deltas. RFC 5280 5.2.3: a
// later CRL of a scope has a higher number. Where number and time do not agree,
// or nothing tells them apart, neither is newer: both are kept, and a listing
// in either stands.
bool IsNewer(const CrlView& a, const CrlView& b);

struct Chains {
  // Each the newest state: the deltas that apply, the newest first, and the
  // complete CRL last.
  std::vector<std::vector<uint32_t>> chains;
  // Deltas from after every chain's newest that apply to none: what they list
  // is believed, and nothing else follows from them.
  std::vector<uint32_t> unapplied;
};

// Positions are those in `crls`, which have one scope and one signer. Several
// chains where complete CRLs, or deltas of one number, do not replace each
// other; their order alone depends on that of `crls`.
//
// 5.2.4: a delta applies to a complete CRL of the same scope and key whose
// number is at least its BaseCRLNumber and below its own; and so does a delta
// to what an earlier delta has brought up to date. One whose time contradicts
// its number applies to nothing.
Chains MakeChains(std::span<const CrlView> crls);

// Which of the CRLs of one signer and scope still say anything: those of the
// newest state, and of the state at `at`, which differ where some are of a
// later time.
std::vector<bool> StillNeeded(std::span<const CrlView> crls, Time at);

// At most so many chains from contradicting deltas of one complete CRL; where
// there are more, none of its deltas applies.
inline constexpr size_t kMaxChains = 16;

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_SERIES_H_
