// Which segments are put into which packs, and what a manifest may say of them.
#include <numeric>

#include "engine/store/pack_file.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

ManifestSegment Alone(uint64_t id, uint64_t bytes) {
  ManifestSegment segment;
  segment.id = id;
  segment.file_bytes = bytes;
  return segment;
}
ManifestSegment Packed(uint64_t id, uint64_t bytes, uint64_t pack) {
  ManifestSegment segment = Alone(id, bytes);
  segment.pack = pack;
  segment.offset = 512;
  return segment;
}

using Plan = std::vector<std::vector<size_t>>;

std::vector<size_t> UpTo(size_t end) {
  std::vector<size_t> positions(end);
  std::iota(positions.begin(), positions.end(), size_t{0});
  return positions;
}

TEST(PackPlan, good_few_stay_alone) {
  std::vector<ManifestSegment> segments;
  while (segments.size() + 1 < kFewestPacked)
    segments.push_back(Alone(segments.size() + 1, 1000));
  EXPECT_EQ(PlanPacks(segments, {}), Plan());
  segments.push_back(Alone(segments.size() + 1, 1000));
  EXPECT_EQ(PlanPacks(segments, {}), Plan{UpTo(kFewestPacked)});
  EXPECT_EQ(PlanPacks({}, {}), Plan());
}

TEST(PackPlan, good_large_ones_stay_alone) {
  std::vector<ManifestSegment> segments;
  for (uint64_t id = 1; id <= kFewestPacked; ++id)
    segments.push_back(Alone(id, kSmallSegment));
  EXPECT_EQ(PlanPacks(segments, {}), Plan());
  for (ManifestSegment& segment : segments) --segment.file_bytes;
  std::vector<size_t> all;
  for (const auto& pack : PlanPacks(segments, {}))
    all.insert(all.end(), pack.begin(), pack.end());
  EXPECT_EQ(all, UpTo(kFewestPacked));
}

// So that no pack is moved as a whole for very few segments of another.
TEST(PackPlan, good_packs_are_bounded) {
  for (const uint64_t bytes : {uint64_t{5000}, kSmallSegment / 3}) {
    std::vector<ManifestSegment> segments;
    for (uint64_t id = 1; id <= 300; ++id) segments.push_back(Alone(id, bytes));
    const Plan plan = PlanPacks(segments, {});
    std::vector<size_t> all;
    for (const auto& pack : plan) {
      all.insert(all.end(), pack.begin(), pack.end());
      EXPECT_LE(pack.size() * bytes, 2 * kPackBytes);
      if (plan.size() > 1) {
        EXPECT_GE(pack.size() * bytes, kPackBytes - bytes);
      }
    }
    EXPECT_EQ(all, UpTo(300));
  }
}

TEST(PackPlan, good_packs_that_are_mostly_used_stay) {
  std::vector<ManifestSegment> segments;
  for (uint64_t id = 1; id <= 100; ++id)
    segments.push_back(Packed(id, 1000, 1000));
  const std::vector<ManifestPack> packs = {{1000, 200'000}};
  EXPECT_EQ(PlanPacks(segments, packs), Plan());
  segments.pop_back();
  EXPECT_EQ(PlanPacks(segments, packs), Plan{UpTo(99)});
}

// What is left of a pack and what came since are packed together.
TEST(PackPlan, good_rests_are_joined) {
  std::vector<ManifestSegment> segments;
  for (uint64_t id = 1; id <= 40; ++id)
    segments.push_back(Packed(id, 1000, 1000));
  for (uint64_t id = 41; id <= 63; ++id) segments.push_back(Alone(id, 1000));
  const std::vector<ManifestPack> packs = {{1000, 100'000}};
  EXPECT_EQ(PlanPacks(segments, packs), Plan());
  segments.push_back(Alone(1001, 1000));
  EXPECT_EQ(PlanPacks(segments, packs), Plan{UpTo(64)});
}

// However few segments keep it.
TEST(PackPlan, good_room_is_given_back) {
  const std::vector<ManifestSegment> segments = {Packed(1, 1000, 1000)};
  EXPECT_EQ(PlanPacks(segments, std::vector<ManifestPack>{{1000, kPackBytes}}),
            Plan());
  EXPECT_EQ(
      PlanPacks(segments, std::vector<ManifestPack>{{1000, kPackBytes + 1000}}),
      Plan{{0}});
}

absl::Status Decoded(const Manifest& manifest) {
  return DecodeManifest(Buffer::FromVector(EncodeManifest(manifest)), "m")
      .status();
}

TEST(PackPlan, invalid_manifest_of_a_segment_outside_its_pack) {
  Manifest manifest;
  manifest.next_segment = 10;
  manifest.packs = {{5, 4096}, {7, 1000}};
  const auto with = [&](uint64_t pack, uint64_t offset, uint64_t bytes) {
    ManifestSegment segment = Alone(3, bytes);
    segment.pack = pack;
    segment.offset = offset;
    manifest.segments = {segment};
    return ErrorCodeOf(Decoded(manifest));
  };
  EXPECT_EQ(with(5, 512, 3584), ErrorCode::kOk);
  EXPECT_EQ(with(7, 512, 488), ErrorCode::kOk);
  EXPECT_EQ(with(5, 512, 3585), ErrorCode::kStoreDamaged);
  EXPECT_EQ(with(5, 4160, 0), ErrorCode::kStoreDamaged);
  EXPECT_EQ(with(5, 520, 10), ErrorCode::kStoreDamaged);
  EXPECT_EQ(with(5, uint64_t{0} - 64, 128), ErrorCode::kStoreDamaged);
  EXPECT_EQ(with(5, 512, ~uint64_t{0}), ErrorCode::kStoreDamaged);
  EXPECT_EQ(with(6, 512, 10), ErrorCode::kStoreDamaged);
  EXPECT_EQ(with(8, 512, 10), ErrorCode::kStoreDamaged);
  EXPECT_EQ(with(0, 512, 10), ErrorCode::kStoreDamaged);
  EXPECT_EQ(with(0, 0, 10), ErrorCode::kOk);
}

TEST(PackPlan, invalid_manifest_of_packs_out_of_order) {
  Manifest manifest;
  manifest.next_segment = 10;
  for (const std::vector<ManifestPack>& packs :
       {std::vector<ManifestPack>{{5, 1}, {5, 1}},
        {{7, 1}, {5, 1}},
        {{0, 1}},
        {{10, 1}}}) {
    manifest.packs = packs;
    EXPECT_EQ(ErrorCodeOf(Decoded(manifest)), ErrorCode::kStoreDamaged);
  }
}

}  // namespace
}  // namespace revstat::test
