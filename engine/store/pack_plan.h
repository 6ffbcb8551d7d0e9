// Which segments are put together into which packs: the rule, and no file. It
// is asked by each commit, and by Take where very many are taken in before one
// (store_updater.h); what it chooses, UpdatePacks moves (store_packs.h).
#ifndef REVSTAT_ENGINE_STORE_PACK_PLAN_H_
#define REVSTAT_ENGINE_STORE_PACK_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/huge_page.h"
#include "engine/store/manifest.h"

namespace revstat {

struct PackLimits {
  // Fewer segments than this are not worth a pack,
  size_t fewest = 64;
  // if they do not give back so many octets. Packs have this size to twice
  // that, or there is but one; those below half of it are joined.
  uint64_t pack_bytes = 32 * kHugePage;
};

// Positions in `segments`, those of one new pack together. Chosen are: small
// segments in files of their own; what is still used of packs that are mostly
// of segments that are gone, of four packs at most; and all of small packs,
// from eight of one size class on, as writers make that commit few at a time.
// So a segment is copied some five times at most before it is in a pack of the
// size aimed at.
std::vector<std::vector<size_t>> PlanPacks(
    std::span<const ManifestSegment> segments,
    std::span<const ManifestPack> packs, const PackLimits& limits);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_PACK_PLAN_H_
