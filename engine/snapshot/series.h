// Of the CRLs of one scope and signer: which serve, and which deltas apply.
#ifndef REVSTAT_ENGINE_SNAPSHOT_SERIES_H_
#define REVSTAT_ENGINE_SNAPSHOT_SERIES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "engine/x509/crl.h"

namespace revstat {

// True where `a` replaces `b`, both complete or both deltas. RFC 5280 5.2.3: a
// later CRL of a scope has a higher number. Where number and time do not agree,
// or nothing tells them apart, neither is newer: both are kept, and a listing
// in either stands.
bool IsNewer(const CrlView& a, const CrlView& b);

// The CRLs that make up the newest state, each by its position in `crls`: the
// deltas that apply, the newest first, and the complete CRL last. Several
// chains where complete CRLs, or newest deltas, do not replace each other; none
// without a complete CRL, to which alone a delta can be applied. `crls` have
// one scope and one signer. The order of `crls` changes only the chains' order.
//
// 5.2.4: a delta applies to a complete CRL of the same scope and key whose
// number is at least its BaseCRLNumber and below its own; and so does a delta
// to what an earlier delta has brought up to date.
std::vector<std::vector<uint32_t>> MakeChains(std::span<const CrlView> crls);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_SERIES_H_
