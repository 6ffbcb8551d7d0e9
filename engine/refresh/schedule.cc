#include "engine/refresh/schedule.h"

#include <algorithm>
#include <cmath>

namespace revstat {
namespace {

using std::chrono::seconds;

constexpr seconds kMostAhead = std::chrono::hours(12);
// Above all real times, and far from where sums overflow.
constexpr int64_t kFar = int64_t{1} << 40;

seconds Scaled(seconds value, double factor) {
  return seconds(std::llround(static_cast<double>(value.count()) * factor));
}

seconds Bounded(seconds value) {
  return std::clamp(value, seconds(0), seconds(kFar));
}

Time Bounded(Time time) {
  return std::clamp(time, FromUnix(-kFar), FromUnix(kFar));
}

}  // namespace

double SpreadOf(std::string_view source) {
  // FNV-1a, whose high bits are then mixed: the value is kept nowhere, but has
  // to be the same in every version.
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : source) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 0x100000001b3;
  }
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccd;
  hash ^= hash >> 33;
  return static_cast<double>(hash >> 11) * 0x1p-53;
}

Time NextAfterSuccess(const ScheduleLimits& limits, Time now,
                      const FreshnessHints& hints, double spread) {
  now = Bounded(now);
  const seconds min = Bounded(limits.min_interval);
  const seconds max = std::max(min, Bounded(limits.max_interval));
  seconds interval = max;
  if (hints.next_update) {
    const Time next = Bounded(*hints.next_update);
    const seconds life =
        std::max(next - Bounded(hints.this_update), seconds(0));
    const seconds ahead = std::min(life / 10, kMostAhead);
    interval = std::min(interval, next - ahead - now);
  }
  if (hints.fresh_for) interval = std::min(interval, Bounded(*hints.fresh_for));
  interval = std::max(interval, min);
  const seconds earlier = interval - Scaled(interval, 0.1 * spread);
  return now + (earlier >= min ? earlier : min + Scaled(min, 0.1 * spread));
}

Time NextAfterFailure(const ScheduleLimits& limits, Time now, unsigned failures,
                      std::optional<seconds> retry_after, double spread) {
  const seconds cap =
      Bounded(std::min(limits.max_backoff, limits.max_interval));
  // At least a second, so that doubling reaches the cap in some forty steps.
  seconds backoff =
      std::min(std::max(Bounded(limits.first_backoff), seconds(1)), cap);
  for (unsigned i = 1; i < failures && backoff < cap; ++i)
    backoff = std::min(2 * backoff, cap);
  backoff -= Scaled(backoff, 0.25 * spread);
  if (retry_after) {
    const seconds asked =
        std::min(Bounded(*retry_after), Bounded(limits.max_interval));
    backoff = std::max(backoff, asked);
  }
  return Bounded(now) + std::max(backoff, seconds(1));
}

seconds LongestInterval(const ScheduleLimits& limits) {
  // The spread goes above min_interval, and by that above a max_interval that
  // is no larger; a failure waits for a second at least.
  const seconds min = Bounded(limits.min_interval);
  return std::max(
      {Bounded(limits.max_interval), min + Scaled(min, 0.1), seconds(1)});
}

std::optional<Time> StaleFrom(std::optional<Time> next_update, seconds grace) {
  if (!next_update) return std::nullopt;
  return Bounded(*next_update) + Bounded(grace);
}

}  // namespace revstat
