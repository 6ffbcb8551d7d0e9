// The packs of a store's next generation.
#ifndef REVSTAT_ENGINE_REFRESH_STORE_PACKS_H_
#define REVSTAT_ENGINE_REFRESH_STORE_PACKS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/check/store_contents.h"
#include "engine/store/pack_plan.h"

namespace revstat {

// Copies segments into new packs, as PlanPacks has it, and opens them there:
// crls, packs and manifest.next_segment of `contents` are changed, and the
// files that segments had of their own are added to `obsolete`. The packs are
// synced, and segments/ is not. A file system's error ends it; a copy that has
// not the checksums it should have (kStoreDamaged) keeps that pack alone from
// being written. What was not moved stays. Cost: copies what is moved, 1 to 2
// GB a second beside the disk's own time.
absl::Status UpdatePacks(FileSystem* files, const StoreFiles& names,
                         const PackLimits& limits, StoreContents* contents,
                         std::vector<std::string>* obsolete);

// Takes the packs that no CRL is in out of `contents`.
void DropUnusedPacks(const StoreFiles& names, StoreContents* contents,
                     std::vector<std::string>* obsolete);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_STORE_PACKS_H_
