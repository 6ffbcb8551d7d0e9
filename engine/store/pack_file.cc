#include "engine/store/pack_file.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "engine/base/error.h"

namespace revstat {
namespace {

struct PackHeader {
  static constexpr uint64_t kMagic = 0x31736b6361505352;  // "RSPacks1"
  static constexpr uint32_t kVersion = 1;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t reserved = 0;
};
static_assert(sizeof(PackHeader) == 16);
static_assert(sizeof(PackHeader) <= StagedFile::kDerOffset);

struct Room {
  uint64_t used = 0;  // octets of segments
  uint64_t all = 0;
};

// The packs of which less than half is used.
std::map<uint64_t, Room> SparsePacks(std::span<const ManifestSegment> segments,
                                     std::span<const ManifestPack> packs) {
  std::map<uint64_t, Room> rooms;
  for (const ManifestPack& pack : packs) rooms[pack.id].all = pack.file_bytes;
  for (const ManifestSegment& segment : segments) {
    if (segment.pack != 0) rooms[segment.pack].used += segment.file_bytes;
  }
  std::erase_if(rooms, [](const auto& room) {
    return room.second.used >= room.second.all / 2;
  });
  return rooms;
}

// Into packs of kPackBytes to twice that, or one that is smaller.
std::vector<std::vector<size_t>> Divide(
    std::span<const ManifestSegment> segments,
    const std::vector<size_t>& positions, uint64_t bytes) {
  const uint64_t count = std::max<uint64_t>(1, bytes / kPackBytes);
  std::vector<std::vector<size_t>> packs(1);
  uint64_t before = 0;
  for (const size_t position : positions) {
    if (before >= bytes / count * packs.size() && packs.size() < count)
      packs.emplace_back();
    packs.back().push_back(position);
    before += segments[position].file_bytes;
  }
  return packs;
}

}  // namespace

std::vector<std::vector<size_t>> PlanPacks(
    std::span<const ManifestSegment> segments,
    std::span<const ManifestPack> packs) {
  const std::map<uint64_t, Room> sparse = SparsePacks(segments, packs);
  std::vector<size_t> positions;
  uint64_t bytes = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    const ManifestSegment& segment = segments[i];
    const bool is_chosen = segment.pack == 0
                               ? segment.file_bytes < kSmallSegment
                               : sparse.contains(segment.pack);
    if (!is_chosen) continue;
    positions.push_back(i);
    bytes += segment.file_bytes;
  }
  uint64_t unused = 0;
  for (const auto& [id, room] : sparse) unused += room.all - room.used;
  const bool is_worth_it =
      positions.size() >= kFewestPacked || unused >= kPackBytes;
  if (!is_worth_it || positions.empty()) return {};
  return Divide(segments, positions, bytes);
}

absl::StatusOr<std::vector<uint64_t>> WritePack(
    StagedFile* staged, std::span<const Bytes> segments) {
  static constexpr uint8_t kPadding[kPackAlignment] = {};
  std::vector<uint64_t> offsets;
  for (const Bytes segment : segments) {
    const uint64_t end = StagedFile::kDerOffset + staged->der_bytes();
    const uint64_t padding =
        (kPackAlignment - end % kPackAlignment) % kPackAlignment;
    offsets.push_back(end + padding);
    absl::Status status = staged->Append(Bytes(kPadding).first(padding));
    if (status.ok()) status = staged->Append(segment);
    if (!status.ok()) return status;
  }
  const PackHeader header;
  absl::Status status = staged->WriteAt(
      0, {reinterpret_cast<const uint8_t*>(&header), sizeof(header)});
  if (!status.ok()) return status;
  staged->StartSync();
  return offsets;
}

absl::Status CheckPack(Bytes file, uint64_t file_bytes, std::string_view name) {
  PackHeader header;
  if (file.size() < sizeof(header))
    return DamagedAt(name, file.size(), "the file ends in its header");
  std::memcpy(&header, file.data(), sizeof(header));
  if (header.magic != PackHeader::kMagic) return DamagedAt(name, 0, "magic");
  if (header.version != PackHeader::kVersion) {
    return MakeError(ErrorCode::kStoreVersion,
                     Concat({name, ": version ", std::to_string(header.version),
                             ", not ", std::to_string(header.kVersion)}));
  }
  if (file.size() != file_bytes)
    return DamagedAt(name, file.size(), "not the size that the manifest names");
  return absl::OkStatus();
}

std::string NameOf(const StoreFiles& names, const ManifestSegment& segment) {
  if (segment.pack == 0) return names.SegmentPath(segment.id);
  return Concat({names.PackPath(segment.pack), ", segment ",
                 std::to_string(segment.id), " from octet ",
                 std::to_string(segment.offset), " on"});
}

}  // namespace revstat
