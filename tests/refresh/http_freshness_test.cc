#include "engine/refresh/http_freshness.h"

#include <gtest/gtest.h>

namespace revstat {
namespace {

using std::chrono::seconds;

constexpr char kDate[] = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr Time kTime = FromUnix(784111777);

TEST(HttpDate, good_FixedForm) { EXPECT_EQ(ParseHttpDate(kDate), kTime); }

TEST(HttpDate, invalid_OtherForms) {
  for (const char* text :
       {"", "0", "-1", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 06 ovD 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:3x GMT", "Sun, 06 Nov 1994 08:49:37 GMT+1"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

struct FreshnessCase {
  FreshnessHeaders headers;
  std::optional<seconds> expected;
};

TEST(Freshness, IsThatOfRfc9111) {
  const std::string_view later = "Sun, 06 Nov 1994 09:49:37 GMT";
  const seconds year = std::chrono::hours(24 * 366);
  const FreshnessCase cases[] = {
      {{"", "", "", ""}, std::nullopt},
      {{"public", "", "", ""}, std::nullopt},
      {{"max-age=60", "", "", ""}, seconds(60)},
      {{"public , MAX-AGE=60", "", "", ""}, seconds(60)},
      {{"max-age=\"60\"", "", "", ""}, seconds(60)},
      {{"max-age=60, max-age=30", "", "", ""}, seconds(30)},
      {{"s-maxage=5, max-age=60", "", "", ""}, seconds(60)},
      {{"max-age=60", "", "", "20"}, seconds(40)},
      {{"max-age=60", "", "", "200"}, seconds(0)},
      {{"max-age=60", "", "", "x"}, seconds(60)},
      {{"max-age=60", later, kDate, ""}, seconds(60)},
      {{"max-age=-1", "", "", ""}, std::nullopt},
      {{"max-age=", "", "", ""}, std::nullopt},
      {{"max-age", "", "", ""}, std::nullopt},
      {{"max-age=99999999999999999999", "", "", ""}, year},
      {{"no-cache", "", "", ""}, seconds(0)},
      {{"max-age=60, no-store", "", "", ""}, seconds(0)},
      {{"", later, kDate, ""}, seconds(3600)},
      {{"", later, kDate, "600"}, seconds(3000)},
      {{"", kDate, later, ""}, seconds(0)},
      {{"", "0", kDate, ""}, seconds(0)},
      {{"", later, "", ""}, std::nullopt},
  };
  for (const FreshnessCase& row : cases) {
    EXPECT_EQ(FreshnessOf(row.headers), row.expected)
        << row.headers.cache_control << "|" << row.headers.expires << "|"
        << row.headers.age;
  }
}

TEST(LastModified, TellsNothingOfTheSecondInWhichItIsAsked) {
  // kDate is kTime.
  const Time later = kTime + seconds(9);
  EXPECT_FALSE(IsStrongLastModified(kDate, kDate, later));
  EXPECT_FALSE(IsStrongLastModified(kDate, "", kTime + seconds(1)));
  EXPECT_TRUE(IsStrongLastModified(kDate, "", kTime + seconds(2)));
  EXPECT_TRUE(IsStrongLastModified(kDate, "yesterday", later));
  EXPECT_FALSE(IsStrongLastModified("yesterday", kDate, later));
  EXPECT_FALSE(IsStrongLastModified("", kDate, later));
}

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(ParseRetryAfter("120", kTime), seconds(120));
  EXPECT_EQ(ParseRetryAfter(" 0 ", kTime), seconds(0));
  EXPECT_EQ(ParseRetryAfter(kDate, kTime - seconds(90)), seconds(90));
  EXPECT_EQ(ParseRetryAfter(kDate, kTime + seconds(90)), seconds(0));
  EXPECT_EQ(ParseRetryAfter("soon", kTime), std::nullopt);
  EXPECT_EQ(ParseRetryAfter("-5", kTime), std::nullopt);
  EXPECT_EQ(ParseRetryAfter("", kTime), std::nullopt);
}

}  // namespace
}  // namespace revstat
