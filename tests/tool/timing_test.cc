#include "tools/revstat/bench/timing.h"

#include <gtest/gtest.h>

namespace revstat::tool {
namespace {

// Ratios to it would be infinite, which JSON has no number for.
TEST(Latency, IsNeverZero) {
  const Latency nothing = SummariseLatency({{0, 0, 0}, {0}});
  EXPECT_EQ(nothing.p50_ns, 1);
  EXPECT_EQ(nothing.p99_ns, 1);
  const Latency spread = SummariseLatency(
      {std::vector<uint32_t>(99, 0), std::vector<uint32_t>(99, 1 << 30)});
  EXPECT_EQ(spread.p50_ns, 1);
  EXPECT_GT(spread.p99_ns, 1 << 29);
}

// A thread may get a processor only when its time is over.
TEST(Latency, IsMeasuredOnceAtLeast) {
  int calls = 0;
  const Latency latency =
      MeasureLatency(1, 0, 5, [&](unsigned, uint32_t) { ++calls; });
  EXPECT_EQ(calls, 1);
  EXPECT_GE(latency.p50_ns, 1);
}

}  // namespace
}  // namespace revstat::tool
