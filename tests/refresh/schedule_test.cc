#include "engine/refresh/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace revstat {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time kNow = FromUnix(1'780'000'000);
constexpr ScheduleLimits kLimits;

struct SuccessCase {
  const char* name;
  seconds this_update;                 // before now
  std::optional<seconds> next_update;  // after now
  std::optional<seconds> fresh_for;
  double spread;
  seconds expected;  // after now
};

const SuccessCase kSuccesses[] = {
    {"a tenth ahead of nextUpdate", hours(0), hours(10), {}, 0, hours(9)},
    {"half way through its life", hours(5), hours(5), {}, 0, hours(4)},
    {"half a day ahead at most", hours(170), hours(30), {}, 0, hours(18)},
    {"max_interval", hours(0), hours(24 * 30), {}, 0, hours(24)},
    {"no nextUpdate", hours(0), {}, {}, 0, hours(24)},
    {"within the last tenth", hours(95), minutes(30), {}, 0, minutes(5)},
    {"expired", hours(20), -hours(1), {}, 0, minutes(5)},
    {"HTTP says earlier", hours(0), hours(10), hours(1), 0, hours(1)},
    {"HTTP says later", hours(0), hours(10), hours(20), 0, hours(9)},
    {"HTTP says at once", hours(0), hours(10), seconds(0), 0, minutes(5)},
    {"HTTP alone", hours(0), {}, hours(2), 0, hours(2)},
    {"spread goes earlier", hours(0), hours(10), {}, 0.5, minutes(513)},
    {"not below min", hours(0), hours(10), minutes(5), 0.5, seconds(315)},
    {"life reversed", -hours(20), hours(10), {}, 0, hours(10)},
};

TEST(NextAfterSuccess, FollowsTheTable) {
  for (const SuccessCase& row : kSuccesses) {
    FreshnessHints hints{kNow - row.this_update, {}, row.fresh_for};
    if (row.next_update) hints.next_update = kNow + *row.next_update;
    EXPECT_EQ(
        (NextAfterSuccess(kLimits, kNow, hints, row.spread) - kNow).count(),
        row.expected.count())
        << row.name;
  }
}

struct FailureCase {
  const char* name;
  unsigned failures;
  std::optional<seconds> retry_after;
  double spread;
  seconds expected;
};

const FailureCase kFailures[] = {
    {"first", 1, {}, 0, seconds(30)},
    {"second", 2, {}, 0, seconds(60)},
    {"fifth", 5, {}, 0, seconds(480)},
    {"cap", 8, {}, 0, hours(1)},
    {"far beyond the cap", 4'000'000'000, {}, 0, hours(1)},
    {"spread", 2, {}, 0.5, seconds(52)},
    {"Retry-After is later", 1, hours(2), 0, hours(2)},
    {"Retry-After is earlier", 5, seconds(1), 0, seconds(480)},
    {"Retry-After is absurd", 1, hours(24 * 365), 0, hours(24)},
    {"none at all", 0, {}, 0, seconds(30)},
};

TEST(NextAfterFailure, FollowsTheTable) {
  for (const FailureCase& row : kFailures) {
    EXPECT_EQ((NextAfterFailure(kLimits, kNow, row.failures, row.retry_after,
                                row.spread) -
               kNow)
                  .count(),
              row.expected.count())
        << row.name;
  }
}

// Whatever a server or a CRL says, and however it is configured.
TEST(Schedule, StaysWithinItsLimits) {
  std::mt19937_64 random(7);
  const auto any_seconds = [&] {
    const int64_t extremes[] = {0, 1, -1, std::numeric_limits<int64_t>::min(),
                                std::numeric_limits<int64_t>::max()};
    if (random() % 4 == 0) return seconds(extremes[random() % 5]);
    return seconds(static_cast<int64_t>(random() % 10'000'000) - 2'000'000);
  };
  for (int i = 0; i < 200'000; ++i) {
    ScheduleLimits limits;
    limits.min_interval = seconds(1 + random() % 10'000);
    limits.max_interval = limits.min_interval + seconds(random() % 1'000'000);
    limits.first_backoff = any_seconds();
    limits.max_backoff = seconds(1 + random() % 10'000);
    const double spread = static_cast<double>(random() % 1000) / 1000;
    FreshnessHints hints{Time(any_seconds()), {}, {}};
    if (random() % 4) hints.next_update = Time(any_seconds());
    if (random() % 2) hints.fresh_for = any_seconds();
    const seconds next = NextAfterSuccess(limits, kNow, hints, spread) - kNow;
    ASSERT_GE(next, limits.min_interval);
    ASSERT_LE(next, std::max(limits.max_interval,
                             limits.min_interval * 11 / 10 + seconds(1)));
    ASSERT_LE(next, LongestInterval(limits));

    std::optional<seconds> retry_after;
    if (random() % 2) retry_after = any_seconds();
    const auto failures = static_cast<unsigned>(random());
    const seconds retry =
        NextAfterFailure(limits, kNow, failures, retry_after, spread) - kNow;
    ASSERT_GE(retry, seconds(1));
    ASSERT_LE(retry, std::max(limits.max_backoff, limits.max_interval));
    ASSERT_LE(retry, LongestInterval(limits));
    if (retry_after) {
      ASSERT_GE(retry, std::min(*retry_after, limits.max_interval));
    }
  }
}

TEST(Schedule, MoreFailuresNeverMeanSooner) {
  for (unsigned failures = 1; failures < 100; ++failures) {
    EXPECT_LE(NextAfterFailure(kLimits, kNow, failures, {}, 0.3),
              NextAfterFailure(kLimits, kNow, failures + 1, {}, 0.3));
  }
}

// The values are those of every run and version: a restart moves no source.
TEST(Spread, IsStable) {
  EXPECT_DOUBLE_EQ(SpreadOf(""), 0.9247168271715233);
  EXPECT_DOUBLE_EQ(SpreadOf("http://ca.example/a.crl"), 0.15834066346823217);
}

TEST(Spread, IsEven) {
  std::vector<int> buckets(10);
  for (int i = 0; i < 10'000; ++i) {
    const double spread =
        SpreadOf("http://ca.example/" + std::to_string(i) + ".crl");
    ASSERT_GE(spread, 0);
    ASSERT_LT(spread, 1);
    ++buckets[static_cast<size_t>(spread * 10)];
  }
  for (const int count : buckets) EXPECT_NEAR(count, 1000, 150);
}

TEST(Stale, IsAfterTheGraceAndNeverWithoutNextUpdate) {
  EXPECT_EQ(StaleFrom(std::nullopt, hours(1)), std::nullopt);
  EXPECT_EQ(StaleFrom(kNow, hours(1)), kNow + hours(1));
  EXPECT_EQ(StaleFrom(kNow, -hours(1)), kNow);
}

}  // namespace
}  // namespace revstat
