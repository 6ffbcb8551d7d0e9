#include "engine/base/time.h"

#include <algorithm>
#include <charconv>

namespace revstat {
namespace {

// Reads exactly `count` digits off the front of `text`; -1 if they are not
// there.
int TakeDigits(std::string_view* text, size_t count) {
  if (text->size() < count) return -1;
  int value = 0;
  for (char c : text->substr(0, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(count);
  return value;
}

bool Take(std::string_view* text, std::string_view any_of) {
  if (text->empty() || any_of.find(text->front()) == std::string_view::npos)
    return false;
  text->remove_prefix(1);
  return true;
}

// RFC 3339 time-offset: "Z" or ("+" / "-") hh ":" mm.
std::optional<std::chrono::minutes> TakeOffset(std::string_view* text) {
  if (Take(text, "Zz")) return std::chrono::minutes(0);
  const bool negative = !text->empty() && text->front() == '-';
  if (!Take(text, "+-")) return std::nullopt;
  const int hours = TakeDigits(text, 2);
  if (!Take(text, ":")) return std::nullopt;
  const int minutes = TakeDigits(text, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
    return std::nullopt;
  return std::chrono::minutes((negative ? -1 : 1) * (hours * 60 + minutes));
}

std::optional<Time> ParseUnixSeconds(std::string_view text) {
  int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  // 9999-12-31T23:59:59Z is the last second that certificates can name.
  constexpr int64_t kLast = 253402300799;
  if (error != std::errc() || end != text.data() + text.size() ||
      seconds > kLast || seconds < -kLast) {
    return std::nullopt;
  }
  return FromUnix(seconds);
}

void PutDigits(char* out, unsigned value, int count) {
  for (int i = count; i-- > 0; value /= 10)
    out[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::optional<Time> ParseTime(std::string_view text) {
  // 2027 and 20270101 are dates to whoever wrote them, not seconds of 1970.
  const bool is_like_a_date = text.size() == 4 || text.size() == 8;
  if (!is_like_a_date || text.starts_with('-')) {
    if (const auto unix_time = ParseUnixSeconds(text)) return unix_time;
  }
  const int year = TakeDigits(&text, 4);
  if (!Take(&text, "-")) return std::nullopt;
  const int month = TakeDigits(&text, 2);
  if (!Take(&text, "-")) return std::nullopt;
  const int day = TakeDigits(&text, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const auto date = [&](int hour, int minute, int second) {
    return FromCivil(year, static_cast<unsigned>(month),
                     static_cast<unsigned>(day), static_cast<unsigned>(hour),
                     static_cast<unsigned>(minute),
                     static_cast<unsigned>(second));
  };
  if (text.empty()) return date(0, 0, 0);
  if (!Take(&text, "Tt ")) return std::nullopt;
  const int hour = TakeDigits(&text, 2);
  if (!Take(&text, ":")) return std::nullopt;
  const int minute = TakeDigits(&text, 2);
  if (!Take(&text, ":")) return std::nullopt;
  const int second = TakeDigits(&text, 2);
  if (hour < 0 || minute < 0 || second < 0) return std::nullopt;
  if (Take(&text, ".")) {
    if (TakeDigits(&text, 1) < 0) return std::nullopt;
    while (TakeDigits(&text, 1) >= 0) {
    }
  }
  const auto offset = TakeOffset(&text);
  const auto time = date(hour, minute, second);
  if (!offset || !time || !text.empty()) return std::nullopt;
  return *time - *offset;
}

std::string FormatTime(Time time) {
  std::string text(kTimeTextSize, '\0');
  FormatTime(time, text.data());
  return text;
}

void FormatTime(Time time, char* out) {
  using std::chrono::days;
  constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
  constexpr Time kLast =
      std::chrono::sys_days(std::chrono::year(10000) / 1 / 1) -
      std::chrono::seconds(1);
  time = std::clamp(time, kFirst, kLast);
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const auto second = static_cast<unsigned>((time - day).count());
  PutDigits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out[4] = '-';
  PutDigits(out + 5, static_cast<unsigned>(date.month()), 2);
  out[7] = '-';
  PutDigits(out + 8, static_cast<unsigned>(date.day()), 2);
  out[10] = 'T';
  PutDigits(out + 11, second / 3600, 2);
  out[13] = ':';
  PutDigits(out + 14, second / 60 % 60, 2);
  out[16] = ':';
  PutDigits(out + 17, second % 60, 2);
  out[19] = 'Z';
}

}  // namespace revstat
