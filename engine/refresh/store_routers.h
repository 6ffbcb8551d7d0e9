// The routers of a store's next generation.
#ifndef REVSTAT_ENGINE_REFRESH_STORE_ROUTERS_H_
#define REVSTAT_ENGINE_REFRESH_STORE_ROUTERS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/check/store_contents.h"

namespace revstat {

// For each issuer that has more lists than RouterPool::kMostAsked: which of the
// routers held stay of use, and new ones for the rest, as RouterPool plans
// them. Writes the new ones, which get the numbers from *next_number on, into
// segments/; the folder is not synced. Cost: reads the serials of the lists
// that new routers are over, some 30 ns each. The file system's errors.
absl::StatusOr<std::vector<StoredRouter>> UpdateRouters(
    FileSystem* files, const StoreFiles& names, const StoreContents& contents,
    uint64_t* next_number);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_STORE_ROUTERS_H_
