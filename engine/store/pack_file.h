// Small segments one behind another in a file of their own (FORMAT.md). Of
// thousands of CAs a few files are opened and mapped then, and not one for
// each; and the segments stand on huge pages where the system has such for
// files.
#ifndef REVSTAT_ENGINE_STORE_PACK_FILE_H_
#define REVSTAT_ENGINE_STORE_PACK_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
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

// Where WritePack has put the segments, and what tells the pack from others.
struct WrittenPack {
  std::vector<uint64_t> offsets;
  uint64_t header_checksum = 0;
};

// Puts segments into an empty pack; to sync it is the caller's. kNotWritable.
absl::StatusOr<WrittenPack> WritePack(
    StagedFile* staged,
    std::span<const std::shared_ptr<const Segment>> segments);

// Whether these octets begin as the pack that the manifest names, and have its
// size: kStoreDamaged, kStoreVersion. What is in it has headers of its own.
absl::Status CheckPack(Bytes file, const ManifestPack& pack,
                       std::string_view name);

// How errors name a segment: by its file, and in a pack also by where it is.
std::string NameOf(const StoreFiles& names, const ManifestSegment& segment);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_PACK_FILE_H_
