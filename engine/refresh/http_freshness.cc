#include "engine/refresh/http_freshness.h"

#include <algorithm>
#include <charconv>

namespace revstat {
namespace {

using std::chrono::seconds;

constexpr seconds kMost = std::chrono::hours(24 * 366);

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// delta-seconds (RFC 9111 1.2.2): digits alone; too many are the most there is.
std::optional<seconds> ParseSeconds(std::string_view text) {
  text = Trimmed(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  if (text.empty() ||
      text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return kMost;
  return std::min(seconds(value), kMost);
}

std::optional<unsigned> ParseDigits(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

seconds Between(Time from, Time to) {
  return std::clamp(to - from, seconds(0), kMost);
}

}  // namespace

std::optional<Time> ParseHttpDate(std::string_view text) {
  text = Trimmed(text);
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' ||
      text[11] != ' ' || text[16] != ' ' || text[19] != ':' ||
      text[22] != ':' || text.substr(25) != " GMT")
    return std::nullopt;
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const size_t month = kMonths.find(text.substr(8, 3));
  const auto day = ParseDigits(text.substr(5, 2));
  const auto year = ParseDigits(text.substr(12, 4));
  const auto hour = ParseDigits(text.substr(17, 2));
  const auto minute = ParseDigits(text.substr(20, 2));
  const auto second = ParseDigits(text.substr(23, 2));
  if (month == std::string_view::npos || month % 3 != 0 || !day || !year ||
      !hour || !minute || !second)
    return std::nullopt;
  return FromCivil(static_cast<int>(*year),
                   static_cast<unsigned>(month / 3 + 1), *day, *hour, *minute,
                   *second);
}

std::optional<seconds> FreshnessOf(const FreshnessHeaders& headers) {
  std::optional<seconds> lifetime;
  std::string_view rest = headers.cache_control;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view directive = Trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const size_t equals = std::min(directive.find('='), directive.size());
    const std::string_view name = directive.substr(0, equals);
    if (EqualsIgnoringCase(name, "no-cache") ||
        EqualsIgnoringCase(name, "no-store"))
      return seconds(0);
    // Of several, the shortest (RFC 9111 4.2.1 leaves the choice).
    if (EqualsIgnoringCase(name, "max-age") && equals < directive.size()) {
      const auto value = ParseSeconds(directive.substr(equals + 1));
      if (value && (!lifetime || *value < *lifetime)) lifetime = value;
    }
  }
  if (!lifetime && !headers.expires.empty()) {
    const auto expires = ParseHttpDate(headers.expires);
    // RFC 9111 5.3: an unreadable date, such as "0", is in the past.
    if (!expires) return seconds(0);
    const auto date = ParseHttpDate(headers.date);
    if (date) lifetime = Between(*date, *expires);
  }
  if (!lifetime) return std::nullopt;
  const seconds age = ParseSeconds(headers.age).value_or(seconds(0));
  return std::max(*lifetime - age, seconds(0));
}

bool IsStrongLastModified(std::string_view last_modified, std::string_view date,
                          Time received) {
  const auto modified = ParseHttpDate(last_modified);
  if (!modified) return false;
  return ParseHttpDate(date).value_or(received) - *modified >= seconds(2);
}

std::optional<seconds> ParseRetryAfter(std::string_view text, Time now) {
  if (const auto value = ParseSeconds(text)) return value;
  const auto date = ParseHttpDate(text);
  if (!date) return std::nullopt;
  return Between(now, *date);
}

}  // namespace revstat
