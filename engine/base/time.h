// Points in time: seconds since 1970-01-01T00:00:00Z, and their texts.
#ifndef REVSTAT_ENGINE_BASE_TIME_H_
#define REVSTAT_ENGINE_BASE_TIME_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace revstat {

using Time = std::chrono::sys_seconds;

constexpr Time FromUnix(int64_t seconds) {
  return Time(std::chrono::seconds(seconds));
}
constexpr int64_t ToUnix(Time time) { return time.time_since_epoch().count(); }

// Seconds since the epoch of a civil UTC time in the Gregorian calendar;
// nothing when a field is out of range (second 60 is not in RFC 5280's times).
constexpr std::optional<Time> FromCivil(int year, unsigned month, unsigned day,
                                        unsigned hour, unsigned minute,
                                        unsigned second) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

// RFC 3339 (with "Z" or an offset; fractions of a second are cut off; a date
// alone is its midnight UTC) or whole Unix seconds; nothing on other text, such
// as the four or eight digits of a year or a date without hyphens.
std::optional<Time> ParseTime(std::string_view text);

// RFC 3339 in UTC: "2026-06-01T00:00:00Z".
std::string FormatTime(Time time);

// The same 20 characters written to `out`, for long outputs. Years outside
// 0..9999 are written as their nearest end.
constexpr size_t kTimeTextSize = 20;
void FormatTime(Time time, char* out);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_TIME_H_
