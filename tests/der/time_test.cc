// RFC 5280 4.1.2.5: UTCTime YYMMDDHHMMSSZ, GeneralizedTime YYYYMMDDHHMMSSZ.
#include <gtest/gtest.h>

#include "engine/der/primitives.h"
#include "tests/support/der_writer.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::Failure;
using test::GeneralizedTime;
using test::Octets;
using test::UtcTime;

std::string TimeOf(const Octets& der) {
  Time time;
  const Failure failure = test::FailureOfRead(
      der, [&](der::Cursor& c) { time = der::ReadTime(c, "thisUpdate"); });
  if (failure.code == ErrorCode::kOk) return FormatTime(time);
  EXPECT_EQ(failure.offset, 0u);
  EXPECT_EQ(failure.field, "thisUpdate");
  return std::string(NameOf(failure.code));
}

TEST(ReadTime, ReadsBothForms) {
  EXPECT_EQ(TimeOf(UtcTime("260102030405Z")), "2026-01-02T03:04:05Z");
  EXPECT_EQ(TimeOf(GeneralizedTime("20500102030405Z")), "2050-01-02T03:04:05Z");
}

TEST(ReadTime, TakesTwoDigitYearsFromFiftyOnAsLastCentury) {
  EXPECT_EQ(TimeOf(UtcTime("491231235959Z")), "2049-12-31T23:59:59Z");
  EXPECT_EQ(TimeOf(UtcTime("500101000000Z")), "1950-01-01T00:00:00Z");
  EXPECT_EQ(TimeOf(UtcTime("991231235959Z")), "1999-12-31T23:59:59Z");
  EXPECT_EQ(TimeOf(UtcTime("000101000000Z")), "2000-01-01T00:00:00Z");
}

TEST(ReadTime, AcceptsGeneralizedTimeBefore2050) {
  EXPECT_EQ(TimeOf(GeneralizedTime("20020415183000Z")), "2002-04-15T18:30:00Z");
  EXPECT_EQ(TimeOf(GeneralizedTime("19490101000000Z")), "1949-01-01T00:00:00Z");
}

TEST(ReadTime, ReadsTheEndsOfGeneralizedTime) {
  // RFC 5280 4.1.2.5: no well-defined expiration date.
  EXPECT_EQ(TimeOf(GeneralizedTime("99991231235959Z")), "9999-12-31T23:59:59Z");
  EXPECT_EQ(TimeOf(GeneralizedTime("00000101000000Z")), "0000-01-01T00:00:00Z");
}

TEST(ReadTime, RefusesMissingSecondsFractionsAndOffsets) {
  for (const char* text :
       {"2601020304Z", "260102030405+0000", "260102030405", "260102030405z",
        "260102030405.5Z", "2601020304+0300", "260102030405-0500", "", "Z",
        "260102030405ZZ", " 260102030405Z"})
    EXPECT_EQ(TimeOf(UtcTime(text)), "bad_time") << text;
  for (const char* text :
       {"205001020304Z", "2050010203Z", "20500102030405.1Z", "20500102030405",
        "20500102030405+0300", "20500102030405.Z", "20500102030405,5Z", "",
        "260102030405Z"})
    EXPECT_EQ(TimeOf(GeneralizedTime(text)), "bad_time") << text;
}

TEST(ReadTime, RefusesImpossibleDatesAndTimes) {
  for (const char* text :
       {"260002030405Z", "261302030405Z", "260100030405Z", "260132030405Z",
        "260431030405Z", "260102240000Z", "260102006000Z", "260102000060Z",
        "230229000000Z", "500229000000Z"})
    EXPECT_EQ(TimeOf(UtcTime(text)), "bad_time") << text;
  EXPECT_EQ(TimeOf(GeneralizedTime("21000229000000Z")), "bad_time");
}

TEST(ReadTime, KnowsLeapYears) {
  EXPECT_EQ(TimeOf(UtcTime("240229000000Z")), "2024-02-29T00:00:00Z");
  EXPECT_EQ(TimeOf(UtcTime("000229000000Z")), "2000-02-29T00:00:00Z");
  EXPECT_EQ(TimeOf(GeneralizedTime("24000229000000Z")), "2400-02-29T00:00:00Z");
}

TEST(ReadTime, RefusesWhatIsNoDigitAtEveryPlace) {
  const auto expect_refused = [](const std::string& good, auto encode) {
    for (size_t i = 0; i < good.size(); ++i) {
      const bool is_last = i + 1 == good.size();
      for (int c = 0; c < 256; ++c) {
        if (is_last ? c == 'Z' : c >= '0' && c <= '9') continue;
        std::string text = good;
        text[i] = static_cast<char>(c);
        EXPECT_EQ(TimeOf(encode(text)), "bad_time") << i << " " << c;
      }
    }
  };
  expect_refused("260102030405Z",
                 [](const std::string& text) { return UtcTime(text); });
  expect_refused("20260102030405Z",
                 [](const std::string& text) { return GeneralizedTime(text); });
}

TEST(ReadTime, ReadsEveryYearAndADaysHoursMinutesAndSeconds) {
  const auto digits = [](unsigned number, size_t count) {
    std::string text(count, '0');
    for (size_t i = count; i-- > 0; number /= 10)
      text[i] = static_cast<char>('0' + number % 10);
    return text;
  };
  for (unsigned year = 0; year < 10000; ++year) {
    EXPECT_EQ(TimeOf(GeneralizedTime(digits(year, 4) + "0102030405Z")),
              digits(year, 4) + "-01-02T03:04:05Z");
  }
  for (unsigned number = 0; number < 100; ++number) {
    const std::string n = digits(number, 2);
    EXPECT_EQ(TimeOf(UtcTime(n + "0102030405Z")),
              (number < 50 ? "20" : "19") + n + "-01-02T03:04:05Z");
    const bool is_month = number >= 1 && number <= 12;
    EXPECT_EQ(TimeOf(UtcTime("26" + n + "02030405Z")),
              is_month ? "2026-" + n + "-02T03:04:05Z" : "bad_time");
    const bool is_day = number >= 1 && number <= 31;
    EXPECT_EQ(TimeOf(UtcTime("2601" + n + "030405Z")),
              is_day ? "2026-01-" + n + "T03:04:05Z" : "bad_time");
    EXPECT_EQ(TimeOf(UtcTime("26010203" + n + "05Z")),
              number < 60 ? "2026-01-02T03:" + n + ":05Z" : "bad_time");
  }
  for (unsigned second = 0; second < 86400; second += 7) {
    const std::string h = digits(second / 3600, 2);
    const std::string m = digits(second / 60 % 60, 2);
    const std::string s = digits(second % 60, 2);
    const std::string expected = "-02-28T" + h + ":" + m + ":" + s + "Z";
    EXPECT_EQ(TimeOf(UtcTime("990228" + h + m + s + "Z")), "1999" + expected);
    EXPECT_EQ(TimeOf(GeneralizedTime("20990228" + h + m + s + "Z")),
              "2099" + expected);
  }
}

TEST(ReadTime, RefusesOtherTags) {
  EXPECT_EQ(TimeOf(test::Text(der::kVisibleString, "260102030405Z")),
            "unexpected_tag");
  EXPECT_EQ(TimeOf(test::Integer(5)), "unexpected_tag");
}

TEST(ReadGeneralizedTime, RefusesUtcTime) {
  EXPECT_EQ(test::FailureOfRead(UtcTime("260102030405Z"),
                                [](der::Cursor& c) {
                                  der::ReadGeneralizedTime(c, "invalidityDate");
                                }),
            (Failure{ErrorCode::kUnexpectedTag, 0, "invalidityDate"}));
}

}  // namespace
}  // namespace revstat
