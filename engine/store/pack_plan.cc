#include "engine/store/pack_plan.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <utility>

#include "engine/store/segment.h"

namespace revstat {
namespace {

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

// Those below half of the size aimed at that are eight or more of one class:
// from 16 KiB to 128 is one, to 1 MiB the next, and so on.
std::set<uint64_t> SmallPacks(const Rooms& packs, uint64_t pack_bytes) {
  std::map<uint64_t, std::vector<uint64_t>> by_size;
  for (const auto& [id, room] : packs) {
    if (room.all < pack_bytes / 2)
      by_size[static_cast<uint64_t>(std::bit_width(room.all)) / 3].push_back(
          id);
  }
  std::set<uint64_t> small;
  for (const auto& [size, ids] : by_size) {
    if (ids.size() >= kAlike) small.insert(ids.begin(), ids.end());
  }
  return small;
}

// Into packs of `aim` octets to twice that, or one that is smaller.
std::vector<std::vector<size_t>> Divide(
    std::span<const ManifestSegment> segments,
    const std::vector<size_t>& positions, uint64_t bytes, uint64_t aim) {
  const uint64_t count = std::max<uint64_t>(1, bytes / aim);
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
  const std::set<uint64_t> small = SmallPacks(rooms, limits.pack_bytes);
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
      positions.size() >= limits.fewest || unused >= limits.pack_bytes;
  if (!is_worth_it || positions.empty()) return {};
  return Divide(segments, positions, bytes, limits.pack_bytes);
}

}  // namespace revstat
