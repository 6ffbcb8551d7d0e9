// Small segments one behind another in a file of their own (FORMAT.md). Of
// thousands of CAs a few files are opened and mapped then, and not one for
// each; and the segments stand on huge pages where the system has such for
// files.
#ifndef REVSTAT_ENGINE_STORE_PACK_FILE_H_
#define REVSTAT_ENGINE_STORE_PACK_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/store/manifest.h"
#include "engine/store/segment.h"
#include "engine/store/staged_file.h"
#include "engine/store/store_files.h"

namespace revstat {

// Which segments the next generation has in new packs: positions in
// `segments`, those of one pack together. Small ones that have a file of their
// own, once there are many of them; and what is left of packs that are for the
// most part of segments that are gone. So all packing together writes no more
// than twice what the segments did, and packs take no more than twice the room
// of what is used of them, and kPackBytes.
std::vector<std::vector<size_t>> PlanPacks(
    std::span<const ManifestSegment> segments,
    std::span<const ManifestPack> packs);

// What PlanPacks aims at.
inline constexpr size_t kFewestPacked = 64;
inline constexpr uint64_t kPackBytes = 32 * kHugePage;

// Puts segments, each the octets of its file, into an empty pack, and lets the
// disk begin with it; to sync it is the caller's. Gives the offset of each.
// kNotWritable.
absl::StatusOr<std::vector<uint64_t>> WritePack(
    StagedFile* staged, std::span<const Bytes> segments);

// Whether these octets are a pack of that size: kStoreDamaged, kStoreVersion.
// What is in it has headers of its own.
absl::Status CheckPack(Bytes file, uint64_t file_bytes, std::string_view name);

// How errors name a segment: by its file, and in a pack also by where it is.
std::string NameOf(const StoreFiles& names, const ManifestSegment& segment);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_PACK_FILE_H_
