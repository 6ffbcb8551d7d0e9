#include "tools/revstat-gen/hit_plan.h"

#include <gtest/gtest.h>

#include <set>

namespace revstat::gen {
namespace {

SerialOptions Seed(uint64_t seed) {
  SerialOptions options;
  options.seed = seed;
  return options;
}

std::set<SerialNumber> Listed(const SerialOptions& options, uint64_t entries) {
  const SerialSequence sequence(options);
  std::set<SerialNumber> listed;
  for (uint64_t i = 0; i < entries; ++i) listed.insert(sequence.At(i));
  return listed;
}

TEST(GenHitPlan, HitsAreTheShareAsked) {
  const std::set<SerialNumber> listed = Listed(Seed(5), 1000);
  for (double rate : {0.0, 0.01, 0.5, 1.0}) {
    const auto plan = HitPlan::Create(Seed(5), 1000, 800, rate);
    ASSERT_TRUE(plan.ok());
    std::set<SerialNumber> asked;
    uint64_t hits = 0;
    for (uint64_t i = 0; i < 800; ++i) {
      asked.insert(plan->At(i));
      if (listed.contains(plan->At(i))) ++hits;
    }
    EXPECT_EQ(hits, static_cast<uint64_t>(800 * rate));
    EXPECT_EQ(asked.size(), 800u) << "a serial was asked twice";
  }
}

TEST(GenHitPlan, HitsAndMissesAreMixed) {
  const std::set<SerialNumber> listed = Listed(Seed(5), 1000);
  const auto plan = HitPlan::Create(Seed(5), 1000, 1000, 0.5);
  ASSERT_TRUE(plan.ok());
  int first_half = 0;
  for (uint64_t i = 0; i < 500; ++i)
    first_half += listed.contains(plan->At(i)) ? 1 : 0;
  EXPECT_GT(first_half, 200);
  EXPECT_LT(first_half, 300);
}

TEST(GenHitPlan, MoreHitsThanEntriesGoRound) {
  const auto plan = HitPlan::Create(Seed(5), 10, 1000, 1.0);
  ASSERT_TRUE(plan.ok());
  std::set<SerialNumber> asked;
  for (uint64_t i = 0; i < 1000; ++i) asked.insert(plan->At(i));
  EXPECT_EQ(asked, Listed(Seed(5), 10));
}

TEST(GenHitPlan, HitsInAnEmptyCrlAreAnError) {
  EXPECT_FALSE(HitPlan::Create(Seed(5), 0, 10, 0.5).ok());
  EXPECT_TRUE(HitPlan::Create(Seed(5), 0, 10, 0.0).ok());
  EXPECT_TRUE(HitPlan::Create(Seed(5), 0, 0, 1.0).ok());
}

}  // namespace
}  // namespace revstat::gen
