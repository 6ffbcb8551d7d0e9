// When a source is asked again: pure functions of what is known.
//
// Thread-safety: pure. Errors: none; whatever goes in, the next time lies
// within the limits below.
#ifndef REVSTAT_ENGINE_REFRESH_SCHEDULE_H_
#define REVSTAT_ENGINE_REFRESH_SCHEDULE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/base/time.h"

namespace revstat {

struct ScheduleLimits {
  std::chrono::seconds min_interval = std::chrono::minutes(5);
  std::chrono::seconds max_interval = std::chrono::hours(24);
  // After the first failure; doubled after each further one, up to the cap.
  std::chrono::seconds first_backoff = std::chrono::seconds(30);
  std::chrono::seconds max_backoff = std::chrono::hours(1);

  friend bool operator==(const ScheduleLimits&,
                         const ScheduleLimits&) = default;
};

// Where in its window a source falls, 0 to below 1: the same in every run, and
// evenly spread over sources, so that they never ask all at once.
double SpreadOf(std::string_view source);

// What an answer said that was taken, or that changed nothing.
struct FreshnessHints {
  Time this_update;
  std::optional<Time> next_update;
  // What HTTP said: asking before is of no use.
  std::optional<std::chrono::seconds> fresh_for;
};

// A CRL's next edition is there before the old one ends (RFC 5280 5.1.2.5), so
// the next time is a tenth of its life ahead of nextUpdate, half a day at most;
// or when HTTP's freshness ends, if that is earlier. Within min_interval and
// max_interval, then up to a tenth of the way earlier by the spread, or later
// where it would fall below min_interval.
Time NextAfterSuccess(const ScheduleLimits& limits, Time now,
                      const FreshnessHints& hints, double spread);

// After `failures` of them in a row, 1 or more. Up to a quarter of the back-off
// earlier by the spread. Never before Retry-After is over, but that counts for
// max_interval at most.
Time NextAfterFailure(const ScheduleLimits& limits, Time now, unsigned failures,
                      std::optional<std::chrono::seconds> retry_after,
                      double spread);

// No next time is further away than this.
std::chrono::seconds LongestInterval(const ScheduleLimits& limits);

// When a source counts as stale: nextUpdate and the grace that is configured;
// never where the CRL names none.
std::optional<Time> StaleFrom(std::optional<Time> next_update,
                              std::chrono::seconds grace);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_SCHEDULE_H_
