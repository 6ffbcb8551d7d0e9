#include "engine/store/pack_file.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "engine/base/checksum.h"
#include "engine/base/error.h"

namespace revstat {
namespace {

struct PackHeader {
  static constexpr uint64_t kMagic = 0x31736b6361505352;  // "RSPacks1"
  static constexpr uint32_t kVersion = 1;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t segment_count = 0;
  uint64_t segments_checksum = 0;  // of all their header_checksums
  uint64_t header_checksum = 0;    // of all octets before this one
};
static_assert(sizeof(PackHeader) == 32);
static_assert(sizeof(PackHeader) <= StagedFile::kDerOffset);

uint64_t ChecksumOf(const PackHeader& header) {
  return Checksum({reinterpret_cast<const uint8_t*>(&header),
                   offsetof(PackHeader, header_checksum)});
}

struct Room {
  uint64_t used = 0;  // octets of segments
  uint64_t all = 0;

  bool is_sparse() const { return used < all / 2; }
  uint64_t unused() const { return all - used; }
};
using Rooms = std::map<uint64_t, Room>;  // by the packs' numbers

// So that a commit moves no more than some of them.
constexpr size_t kMostSparse = 4;
// From so many packs of about one size on they are joined.
constexpr size_t kAlike = 8;

// Those of which less than half is used, where most can be won.
Rooms SparsePacks(const Rooms& packs) {
  std::vector<std::pair<uint64_t, Room>> sparse;
  for (const auto& pack : packs) {
    if (pack.second.is_sparse()) sparse.push_back(pack);
  }
  std::ranges::sort(sparse, [](const auto& a, const auto& b) {
    return a.second.unused() > b.second.unused();
  });
  if (sparse.size() > kMostSparse) sparse.resize(kMostSparse);
  return {sparse.begin(), sparse.end()};
}

std::set<uint64_t> SmallPacks(const Rooms& packs, uint64_t bytes) {
  std::map<uint64_t, std::vector<uint64_t>> by_size;
  for (const auto& [id, room] : packs) {
    if (room.all < bytes / 2)
      by_size[static_cast<uint64_t>(std::bit_width(room.all)) / 3].push_back(
          id);
  }
  std::set<uint64_t> small;
  for (const auto& [size, ids] : by_size) {
    if (ids.size() >= kAlike) small.insert(ids.begin(), ids.end());
  }
  return small;
}

// Into packs of `most` octets to twice that, or one that is smaller.
std::vector<std::vector<size_t>> Divide(
    std::span<const ManifestSegment> segments,
    const std::vector<size_t>& positions, uint64_t bytes, uint64_t most) {
  const uint64_t count = std::max<uint64_t>(1, bytes / most);
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
    std::span<const ManifestPack> packs, const PackLimits& limits) {
  Rooms rooms;
  for (const ManifestPack& pack : packs) rooms[pack.id].all = pack.file_bytes;
  for (const ManifestSegment& segment : segments) {
    if (segment.pack != 0) rooms[segment.pack].used += segment.file_bytes;
  }
  // What is not used at all goes without.
  std::erase_if(rooms, [](const auto& pack) { return pack.second.used == 0; });
  const Rooms sparse = SparsePacks(rooms);
  const std::set<uint64_t> small = SmallPacks(rooms, limits.bytes);
  std::vector<size_t> positions;
  uint64_t bytes = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    const ManifestSegment& segment = segments[i];
    const bool is_chosen =
        segment.pack == 0
            ? segment.file_bytes < kSmallSegment
            : sparse.contains(segment.pack) || small.contains(segment.pack);
    if (!is_chosen) continue;
    positions.push_back(i);
    bytes += segment.file_bytes;
  }
  uint64_t unused = 0;
  for (const auto& [id, room] : sparse) unused += room.unused();
  const bool is_worth_it =
      positions.size() >= limits.fewest || unused >= limits.bytes;
  if (!is_worth_it || positions.empty()) return {};
  return Divide(segments, positions, bytes, limits.bytes);
}

absl::StatusOr<WrittenPack> WritePack(
    StagedFile* staged,
    std::span<const std::shared_ptr<const Segment>> segments) {
  static constexpr uint8_t kPadding[kPackAlignment] = {};
  WrittenPack written;
  std::vector<uint64_t> checksums;
  for (const auto& segment : segments) {
    const uint64_t end = StagedFile::kDerOffset + staged->der_bytes();
    const uint64_t padding =
        (kPackAlignment - end % kPackAlignment) % kPackAlignment;
    written.offsets.push_back(end + padding);
    checksums.push_back(segment->header_checksum());
    absl::Status status = staged->Append(Bytes(kPadding).first(padding));
    if (status.ok()) status = staged->Append(segment->octets());
    if (!status.ok()) return status;
  }
  PackHeader header;
  header.segment_count = static_cast<uint32_t>(segments.size());
  header.segments_checksum =
      Checksum({reinterpret_cast<const uint8_t*>(checksums.data()),
                checksums.size() * sizeof(uint64_t)});
  header.header_checksum = ChecksumOf(header);
  written.header_checksum = header.header_checksum;
  const absl::Status status = staged->WriteAt(
      0, {reinterpret_cast<const uint8_t*>(&header), sizeof(header)});
  if (!status.ok()) return status;
  return written;
}

absl::Status CheckPack(Bytes file, const ManifestPack& pack,
                       std::string_view name) {
  PackHeader header;
  if (file.size() < sizeof(header))
    return DamagedAt(name, file.size(), "the file ends in its header");
  std::memcpy(&header, file.data(), sizeof(header));
  if (header.magic != PackHeader::kMagic) return DamagedAt(name, 0, "magic");
  if (header.header_checksum != ChecksumOf(header)) {
    return DamagedAt(name, offsetof(PackHeader, header_checksum),
                     "header_checksum");
  }
  if (header.version != PackHeader::kVersion) {
    return MakeError(ErrorCode::kStoreVersion,
                     Concat({name, ": version ", std::to_string(header.version),
                             ", not ", std::to_string(header.kVersion)}));
  }
  if (header.header_checksum != pack.header_checksum ||
      file.size() != pack.file_bytes) {
    return DamagedAt(name, 0, "not the pack that the manifest names");
  }
  return absl::OkStatus();
}

std::string NameOf(const StoreFiles& names, const ManifestSegment& segment) {
  if (segment.pack == 0) return names.SegmentPath(segment.id);
  return Concat({names.PackPath(segment.pack), ", segment ",
                 std::to_string(segment.id), " from octet ",
                 std::to_string(segment.offset), " on"});
}

}  // namespace revstat
