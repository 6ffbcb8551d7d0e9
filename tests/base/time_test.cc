#include "engine/base/time.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace revstat {
namespace {

std::optional<int64_t> UnixOf(std::string_view text) {
  const auto time = ParseTime(text);
  return time ? std::optional(ToUnix(*time)) : std::nullopt;
}

TEST(ParseTime, ReadsRfc3339) {
  const std::vector<std::pair<const char*, int64_t>> cases = {
      {"1970-01-01T00:00:00Z", 0},
      {"2026-06-01T12:34:56Z", 1780317296},
      {"2026-06-01t12:34:56z", 1780317296},
      {"2026-06-01 12:34:56Z", 1780317296},
      {"2026-06-01T12:34:56.999Z", 1780317296},  // cut off, not rounded
      {"2026-06-01T15:34:56+03:00", 1780317296},
      {"2026-06-01T05:04:56-07:30", 1780317296},
      {"2026-06-01T12:34:56-00:00", 1780317296},
      {"2026-06-01", 1780272000},
      {"2000-02-29T23:59:59Z", 951868799},
      {"1969-12-31T23:59:59Z", -1},
      {"9999-12-31T23:59:59Z", 253402300799},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(UnixOf(text), expected) << text;
}

TEST(ParseTime, ReadsUnixSeconds) {
  EXPECT_EQ(UnixOf("0"), 0);
  EXPECT_EQ(UnixOf("1780317296"), 1780317296);
  EXPECT_EQ(UnixOf("-1"), -1);
  EXPECT_EQ(UnixOf("253402300799"), 253402300799);
}

TEST(ParseTime, RefusesUnixSecondsThatNoCertificateCanName) {
  for (const char* text :
       {"253402300800", "-253402300800", "9223372036854775807",
        "9223372036854775808", "99999999999999999999999"})
    EXPECT_EQ(UnixOf(text), std::nullopt) << text;
}

TEST(ParseTime, RefusesImpossibleDatesAndTimes) {
  for (const char* text :
       {"2026-02-29", "1900-02-29", "2026-04-31", "2026-00-01", "2026-13-01",
        "2026-01-00", "2026-01-32", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60"})
    EXPECT_EQ(UnixOf(text), std::nullopt) << text;
}

TEST(ParseTime, RefusesOtherTexts) {
  for (const char* text : {"",
                           " ",
                           "now",
                           "2026",
                           "2026-6-1",
                           "2026-06-01T12:34Z",
                           "2026-06-01T12:34:56",
                           "2026-06-01T12:34:56.Z",
                           "2026-06-01T12:34:56 Z",
                           "2026-06-01T12:34:56+0300",
                           "2026-06-01T12:34:56+03",
                           "2026-06-01 ",
                           "2026-06-01T12:34:56Zx",
                           "1.5",
                           "+1",
                           "1 ",
                           " 1",
                           "0x10",
                           "2026/06/01",
                           "20260601"})
    EXPECT_EQ(UnixOf(text), std::nullopt) << text;
}

TEST(FormatTime, WritesRfc3339InUtc) {
  EXPECT_EQ(FormatTime(FromUnix(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatTime(FromUnix(1780317296)), "2026-06-01T12:34:56Z");
  EXPECT_EQ(FormatTime(FromUnix(-1)), "1969-12-31T23:59:59Z");
  EXPECT_EQ(FormatTime(FromUnix(951782400)), "2000-02-29T00:00:00Z");
}

TEST(FormatTime, IsReadBackByParseTimeOnEveryDayOfFourCenturies) {
  for (int64_t day = -135140; day < 146097; ++day) {  // 1600 to 2370
    const Time time = FromUnix(day * 86400 + day % 86400 / 2 + 43200);
    ASSERT_EQ(ParseTime(FormatTime(time)), time) << FormatTime(time);
  }
}

TEST(FormatTime, ClampsYearsThatHaveNotFourDigits) {
  EXPECT_EQ(FormatTime(FromUnix(253402300800)), "9999-12-31T23:59:59Z");
  EXPECT_EQ(FormatTime(Time::max()), "9999-12-31T23:59:59Z");
  EXPECT_EQ(FormatTime(Time::min()), "0000-01-01T00:00:00Z");
}

TEST(FromCivil, KnowsLeapYears) {
  EXPECT_TRUE(FromCivil(2024, 2, 29, 0, 0, 0).has_value());
  EXPECT_TRUE(FromCivil(2000, 2, 29, 0, 0, 0).has_value());
  EXPECT_FALSE(FromCivil(2100, 2, 29, 0, 0, 0).has_value());
  EXPECT_FALSE(FromCivil(2023, 2, 29, 0, 0, 0).has_value());
  EXPECT_FALSE(FromCivil(2024, 12, 31, 23, 59, 60).has_value());
}

}  // namespace
}  // namespace revstat
