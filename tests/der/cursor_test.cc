#include "engine/der/cursor.h"

#include <gtest/gtest.h>

#include "tests/support/der_writer.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::Failure;
using test::Hex;
using test::Octets;

Failure ReadAll(const Octets& der) {
  return test::FailureOfRead(der, [](der::Cursor& cursor) {
    while (!cursor.AtEnd()) cursor.ReadAny("item");
  });
}

TEST(Cursor, ReadsEachLengthForm) {
  for (const size_t size :
       std::vector<size_t>{0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000,
                           0xffffff, 0x1000000}) {
    const Octets der = test::OctetString(Octets(size, 0x5a));
    const test::Exact exact(der);
    der::Trace trace(exact.bytes());
    der::Cursor cursor(exact.bytes(), &trace);
    const der::Element element = cursor.Read(der::kOctetString, "item");
    ASSERT_TRUE(cursor.ok()) << size;
    EXPECT_EQ(element.value.size(), size);
    EXPECT_EQ(element.tlv.size(), der.size());
    EXPECT_TRUE(element.present());
    EXPECT_TRUE(cursor.AtEnd());
  }
}

TEST(Cursor, RefusesDataThatEndsInsideAnElementAtEveryOctet) {
  for (const size_t size : std::vector<size_t>{0, 1, 5, 0x80, 0x100, 0x10000}) {
    const Octets der = test::OctetString(Octets(size, 0));
    for (size_t cut = 1; cut < der.size(); cut += cut < 16 ? 1 : 997) {
      const Octets part(der.begin(), der.begin() + static_cast<long>(cut));
      EXPECT_EQ(ReadAll(part), (Failure{ErrorCode::kTruncated, 0, "item"}))
          << size << " cut at " << cut;
    }
  }
}

TEST(Cursor, RefusesAnEmptyInputWhereAnElementMustStand) {
  EXPECT_EQ(
      test::FailureOfRead({}, [](der::Cursor& c) { c.Read(der::kNull, "x"); }),
      (Failure{ErrorCode::kTruncated, 0, "x"}));
  EXPECT_EQ(test::FailureOfRead({}, [](der::Cursor& c) { c.ReadAny("x"); }),
            (Failure{ErrorCode::kTruncated, 0, "x"}));
}

TEST(Cursor, RefusesLengthsThatDerForbids) {
  const std::vector<std::pair<const char*, ErrorCode>> cases = {
      {"04 80 00 00", ErrorCode::kIndefiniteLength},
      {"30 80 05 00 00 00", ErrorCode::kIndefiniteLength},
      {"04 81 00", ErrorCode::kNonMinimalLength},
      {"04 81 7f", ErrorCode::kNonMinimalLength},
      {"04 82 00 80", ErrorCode::kNonMinimalLength},
      {"04 82 00 ff", ErrorCode::kNonMinimalLength},
      {"04 83 00 ff ff", ErrorCode::kNonMinimalLength},
      {"04 84 00 ff ff ff", ErrorCode::kNonMinimalLength},
      {"04 85 01 00 00 00 00", ErrorCode::kLengthTooLarge},
      {"04 85 00 00 00 00 01 aa", ErrorCode::kLengthTooLarge},
      {"04 88 ff ff ff ff ff ff ff ff", ErrorCode::kLengthTooLarge},
      {"04 fe 00", ErrorCode::kLengthTooLarge},
      {"04 ff", ErrorCode::kLengthTooLarge},
      {"04 84 ff ff ff ff", ErrorCode::kTruncated},
      {"04 84 80 00 00 00 aa", ErrorCode::kTruncated},
      {"04 81", ErrorCode::kTruncated},
      {"04", ErrorCode::kTruncated},
      {"1f 81 01 00", ErrorCode::kHighTagNumber},
      {"bf 1f 00", ErrorCode::kHighTagNumber},
      {"ff 00", ErrorCode::kHighTagNumber},
  };
  for (const auto& [hex, code] : cases)
    EXPECT_EQ(ReadAll(Hex(hex)), (Failure{code, 0, "item"})) << hex;
}

TEST(Cursor, RefusesAnotherTagAndNamesItsPlace) {
  const Octets der = Hex("02 01 05 04 00");
  EXPECT_EQ(test::FailureOfRead(der,
                                [](der::Cursor& c) {
                                  c.Read(der::kInteger, "first");
                                  c.Read(der::kNull, "second");
                                }),
            (Failure{ErrorCode::kUnexpectedTag, 3, "second"}));
}

TEST(Cursor, TellsConstructedFromPrimitive) {
  EXPECT_EQ(
      test::FailureOfRead(
          Hex("24 00"), [](der::Cursor& c) { c.Read(der::kOctetString, "x"); })
          .code,
      ErrorCode::kUnexpectedTag);
  EXPECT_EQ(
      test::FailureOfRead(Hex("10 00"),
                          [](der::Cursor& c) { c.Read(der::kSequence, "x"); })
          .code,
      ErrorCode::kUnexpectedTag);
}

TEST(Cursor, LeavesAnOptionalElementOfAnotherTagWhereItIs) {
  const Octets der = Hex("02 01 05");
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  EXPECT_FALSE(cursor.ReadOptional(der::kNull, "x").present());
  EXPECT_EQ(cursor.Peek(), der::kInteger);
  EXPECT_TRUE(cursor.ReadOptional(der::kInteger, "x").present());
  EXPECT_FALSE(cursor.ReadOptional(der::kInteger, "x").present());
  EXPECT_EQ(cursor.Peek(), 0);
  EXPECT_TRUE(cursor.ok());
}

TEST(Cursor, RefusesTrailingDataInsideAndOutside) {
  const auto read = [](der::Cursor& cursor) {
    cursor.Nested(der::kSequence, "inner",
                  [](der::Cursor& c) { c.Read(der::kNull, "null"); });
  };
  EXPECT_EQ(test::FailureOfRead(Hex("30 02 05 00"), read), Failure{});
  EXPECT_EQ(test::FailureOfRead(Hex("30 04 05 00 05 00"), read),
            (Failure{ErrorCode::kTrailingData, 4, "inner"}));
  EXPECT_EQ(test::FailureOfRead(Hex("30 02 05 00 00"), read),
            (Failure{ErrorCode::kTrailingData, 4, "whole"}));
}

TEST(Cursor, RefusesAnElementThatReachesOutOfItsParent) {
  EXPECT_EQ(test::FailureOfRead(Hex("30 02 04 01 aa"),
                                [](der::Cursor& cursor) {
                                  cursor.Nested(der::kSequence, "outer",
                                                [](der::Cursor& c) {
                                                  c.ReadAny("inner");
                                                });
                                }),
            (Failure{ErrorCode::kTruncated, 2, "inner"}));
}

TEST(Cursor, KeepsTheFirstFailureAndReadsNothingAfterIt) {
  const Octets der = Hex("05 00 02 01 05");
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  cursor.Read(der::kInteger, "first");
  EXPECT_TRUE(cursor.AtEnd());
  EXPECT_EQ(cursor.Peek(), 0);
  EXPECT_FALSE(cursor.Read(der::kNull, "second").present());
  EXPECT_FALSE(cursor.ReadAny("third").present());
  EXPECT_FALSE(cursor.ReadOptional(der::kNull, "fourth").present());
  bool called = false;
  cursor.Nested(der::kNull, "fifth", [&](der::Cursor&) { called = true; });
  EXPECT_FALSE(called);
  cursor.ExpectEnd("sixth");
  EXPECT_EQ(test::AsFailure(trace.error()),
            (Failure{ErrorCode::kUnexpectedTag, 0, "first"}));
}

TEST(Cursor, CountsOffsetsFromTheOriginOfItsTrace) {
  const Octets der = Hex("30 03 02 01 05");
  der::Trace trace(der, 1000);
  der::Cursor cursor(der, &trace);
  cursor.Nested(der::kSequence, "outer",
                [](der::Cursor& c) { c.Read(der::kNull, "inner"); });
  EXPECT_EQ(test::AsFailure(trace.error()),
            (Failure{ErrorCode::kUnexpectedTag, 1002, "inner"}));
}

TEST(Cursor, PeekOfATagZeroElementIsNotTheEnd) {
  // 00 00 is BER's end-of-contents; as DER it is an element like any other.
  const Octets der = Hex("00 00");
  EXPECT_EQ(ReadAll(der).code, ErrorCode::kOk);
}

}  // namespace
}  // namespace revstat
