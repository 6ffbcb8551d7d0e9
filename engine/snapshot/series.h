// Of the CRLs of one scope and signer: which serve, and which deltas apply.
#ifndef REVSTAT_ENGINE_SNAPSHOT_SERIES_H_
#define REVSTAT_ENGINE_SNAPSHOT_SERIES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/time.h"
#include "engine/snapshot/crl_source.h"
#include "engine/x509/crl.h"

namespace revstat {

// True where `a` replaces `b`, both complete or both deltas. RFC 5280 5.2.3: a
// later CRL of a scope has a higher number. Where number and time do not agree,
// or nothing tells them apart, neither is newer: both are kept, and a listing
// in either stands.
bool IsNewer(const CrlView& a, const CrlView& b);
// The same, by no more than it depends on.
struct CrlAge {
  std::optional<CrlNumber> number;
  Time this_update;
};
bool IsNewer(const CrlAge& a, const CrlAge& b);

// RFC 5280 5.2, 5.3: a CRL with a critical extension that is not processed, its
// own or an entry's, must not be used. What it lists is believed all the same;
// of what it does not list it proves nothing. False of such a CRL.
bool ProvesAbsence(const CrlSource& crl);

struct Chains {
  // Each the newest state: the deltas that apply, the newest first, and the
  // complete CRL last. All of these deltas prove absence.
  std::vector<std::vector<uint32_t>> chains;
  // Deltas from after every chain's newest that apply to none, and that no
  // newer delta supersedes: what they list is believed, and nothing else
  // follows from them.
  std::vector<uint32_t> unapplied;
  // Deltas that would apply to a state of a chain, but do not prove absence.
  // From after every chain's complete CRL, and superseded by no newer delta;
  // believed like those above.
  std::vector<uint32_t> flawed;
};

// Positions are those in `crls`, which have one scope and one signer. Several
// chains where complete CRLs, or deltas of one number, do not replace each
// other; their order alone depends on that of `crls`.
//
// 5.2.4: a delta applies to a complete CRL of the same scope and key whose
// number is at least its BaseCRLNumber and below its own; and so does a delta
// to what an earlier delta has brought up to date. One whose time contradicts
// its number applies to nothing. It has all that has changed since its
// BaseCRLNumber: so a newer delta of the same BaseCRLNumber, or a lower one,
// supersedes it, with a base or without. One that does not prove absence
// applies to nothing and supersedes nothing: chains are what they are without
// it.
Chains MakeChains(std::span<const std::shared_ptr<const CrlSource>> crls);

// Which of the CRLs of one signer and scope still say anything: those of the
// newest state, and of the state at `at`, which differ where some are of a
// later time.
std::vector<bool> StillNeeded(
    std::span<const std::shared_ptr<const CrlSource>> crls, Time at);

// At most so many chains from contradicting deltas of one complete CRL; where
// there are more, none of its deltas applies.
inline constexpr size_t kMaxChains = 16;

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_SERIES_H_
