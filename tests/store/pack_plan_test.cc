// Which segments are put into which packs, and what a manifest may say of them.
#include "engine/store/pack_plan.h"

#include <numeric>

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

constexpr PackLimits kLimits;

Plan PlanOf(const std::vector<ManifestSegment>& segments,
            const std::vector<ManifestPack>& packs = {}) {
  return PlanPacks(segments, packs, kLimits);
}

std::vector<size_t> UpTo(size_t end) {
  std::vector<size_t> positions(end);
  std::iota(positions.begin(), positions.end(), size_t{0});
  return positions;
}

TEST(PackPlan, good_few_stay_alone) {
  std::vector<ManifestSegment> segments;
  while (segments.size() + 1 < kLimits.fewest)
    segments.push_back(Alone(segments.size() + 1, 1000));
  EXPECT_EQ(PlanOf(segments), Plan());
  segments.push_back(Alone(segments.size() + 1, 1000));
  EXPECT_EQ(PlanOf(segments), Plan{UpTo(kLimits.fewest)});
  EXPECT_EQ(PlanOf({}), Plan());
}

TEST(PackPlan, good_large_ones_stay_alone) {
  std::vector<ManifestSegment> segments;
  for (uint64_t id = 1; id <= kLimits.fewest; ++id)
    segments.push_back(Alone(id, kSmallSegment));
  EXPECT_EQ(PlanOf(segments), Plan());
  for (ManifestSegment& segment : segments) --segment.file_bytes;
  std::vector<size_t> all;
  for (const auto& pack : PlanOf(segments))
    all.insert(all.end(), pack.begin(), pack.end());
  EXPECT_EQ(all, UpTo(kLimits.fewest));
}

// So that no pack is moved as a whole for very few segments of another.
TEST(PackPlan, good_packs_are_bounded) {
  for (const uint64_t bytes : {uint64_t{5000}, kSmallSegment / 3}) {
    std::vector<ManifestSegment> segments;
    for (uint64_t id = 1; id <= 300; ++id) segments.push_back(Alone(id, bytes));
    const Plan plan = PlanOf(segments);
    std::vector<size_t> all;
    for (const auto& pack : plan) {
      all.insert(all.end(), pack.begin(), pack.end());
      EXPECT_LE(pack.size() * bytes, 2 * kLimits.pack_bytes);
      if (plan.size() > 1) {
        EXPECT_GE(pack.size() * bytes, kLimits.pack_bytes - bytes);
      }
    }
    EXPECT_EQ(all, UpTo(300));
  }
}

TEST(PackPlan, good_packs_that_are_mostly_used_stay) {
  std::vector<ManifestSegment> segments;
  for (uint64_t id = 1; id <= 100; ++id)
    segments.push_back(Packed(id, 1000, 1000));
  const std::vector<ManifestPack> packs = {{1000, 200'000, 1}};
  EXPECT_EQ(PlanOf(segments, packs), Plan());
  segments.pop_back();
  EXPECT_EQ(PlanOf(segments, packs), Plan{UpTo(99)});
}

// What is left of a pack and what came since are packed together.
TEST(PackPlan, good_rests_are_joined) {
  std::vector<ManifestSegment> segments;
  for (uint64_t id = 1; id <= 40; ++id)
    segments.push_back(Packed(id, 1000, 1000));
  for (uint64_t id = 41; id <= 63; ++id) segments.push_back(Alone(id, 1000));
  const std::vector<ManifestPack> packs = {{1000, 100'000, 1}};
  EXPECT_EQ(PlanOf(segments, packs), Plan());
  segments.push_back(Alone(1001, 1000));
  EXPECT_EQ(PlanOf(segments, packs), Plan{UpTo(64)});
}

// However few segments keep it.
TEST(PackPlan, good_room_is_given_back) {
  const std::vector<ManifestSegment> segments = {Packed(1, 1000, 1000)};
  EXPECT_EQ(PlanOf(segments, {{1000, kLimits.pack_bytes, 1}}), Plan());
  EXPECT_EQ(PlanOf(segments, {{1000, kLimits.pack_bytes + 1000, 1}}),
            Plan{{0}});
}

// Eight of one size become one of the next.
TEST(PackPlan, good_small_packs_are_joined) {
  std::vector<ManifestSegment> segments;
  std::vector<ManifestPack> packs;
  for (uint64_t pack = 1001; pack <= 1007; ++pack) {
    for (int i = 0; i < 10; ++i)
      segments.push_back(Packed(segments.size() + 1, 1000, pack));
    packs.push_back({pack, 10'000 + pack, 1});
  }
  // Of another size, and large enough.
  segments.push_back(Packed(90, 100'000, 1008));
  packs.push_back({1008, 100'000, 1});
  for (uint64_t pack = 1009; pack <= 1020; ++pack) {
    segments.push_back(Packed(pack, kLimits.pack_bytes / 2, pack));
    packs.push_back({pack, kLimits.pack_bytes / 2, 1});
  }
  EXPECT_EQ(PlanOf(segments, packs), Plan());
  for (int i = 0; i < 10; ++i)
    segments.push_back(Packed(2000 + segments.size(), 1000, 1021));
  packs.push_back({1021, 10'000, 1});
  std::vector<size_t> expected = UpTo(70);
  for (size_t i = segments.size() - 10; i < segments.size(); ++i)
    expected.push_back(i);
  EXPECT_EQ(PlanOf(segments, packs), Plan{expected});
}

// So that a disk that is nearly full has room for them.
TEST(PackPlan, good_few_sparse_packs_at_a_time) {
  std::vector<ManifestSegment> segments;
  std::vector<ManifestPack> packs;
  for (uint64_t pack = 1001; pack <= 1010; ++pack) {
    for (int i = 0; i < 40; ++i)
      segments.push_back(Packed(segments.size() + 1, 10, pack));
    packs.push_back({pack, 1 + kLimits.pack_bytes, 1});
  }
  EXPECT_EQ(PlanOf(segments, packs), Plan{UpTo(160)});
}

// Those are dropped as they are, and are no reason to move others.
TEST(PackPlan, good_packs_of_which_nothing_is_used_do_not_count) {
  std::vector<ManifestSegment> segments = {Alone(1, 1000)};
  std::vector<ManifestPack> packs = {{1000, 3 * kLimits.pack_bytes, 1}};
  for (uint64_t pack = 1001; pack <= 1007; ++pack) {
    segments.push_back(Packed(pack - 900, 1000, pack));
    packs.push_back({pack, 1500, 1});
  }
  packs.push_back({1008, 1500, 1});
  EXPECT_EQ(PlanOf(segments, packs), Plan());
}

// Not those that happen to be old.
TEST(PackPlan, good_sparse_packs_where_most_can_be_won) {
  std::vector<ManifestSegment> segments;
  std::vector<ManifestPack> packs;
  for (uint64_t pack = 1001; pack <= 1005; ++pack) {
    segments.push_back(Packed(pack - 1000, 10, pack));
    packs.push_back({pack, pack < 1005 ? 1000 : 2 * kLimits.pack_bytes, 1});
  }
  EXPECT_EQ(PlanOf(segments, packs), (Plan{{0, 1, 2, 4}}));
}

absl::Status Decoded(const Manifest& manifest) {
  return DecodeManifest(Buffer::FromVector(EncodeManifest(manifest)), "m")
      .status();
}

TEST(PackPlan, invalid_manifest_of_a_segment_outside_its_pack) {
  Manifest manifest;
  manifest.next_segment = 10;
  manifest.packs = {{5, 4096, 1}, {7, 1000, 2}};
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
       {std::vector<ManifestPack>{{5, 1, 1}, {5, 1, 1}},
        {{7, 1, 1}, {5, 1, 1}},
        {{0, 1, 1}},
        {{10, 1, 1}}}) {
    manifest.packs = packs;
    EXPECT_EQ(ErrorCodeOf(Decoded(manifest)), ErrorCode::kStoreDamaged);
  }
}

}  // namespace
}  // namespace revstat::test
