#include "engine/base/bytes.h"

#include <gtest/gtest.h>

namespace revstat {
namespace {

TEST(ToHex, WritesTwoLowerCaseDigitsAnOctet) {
  EXPECT_EQ(ToHex(std::vector<uint8_t>{0x00, 0x0f, 0xa0, 0xff}), "000fa0ff");
  EXPECT_EQ(ToHex({}), "");
}

TEST(FromHex, ReadsDigitsOfAnyCase) {
  EXPECT_EQ(FromHex("00aFFa"), (std::vector<uint8_t>{0x00, 0xaf, 0xfa}));
  EXPECT_EQ(FromHex(""), std::vector<uint8_t>{});
}

TEST(FromHex, RefusesOddLengthsAndOtherCharacters) {
  for (const char* text : {"0", "000", "0g", "g0", "0x", " 0", "0 ", "-1"})
    EXPECT_FALSE(FromHex(text).has_value()) << text;
}

TEST(FromHex, UndoesToHexForEveryOctet) {
  std::vector<uint8_t> all(256);
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(FromHex(ToHex(all)), all);
}

TEST(HexDigit, IsMinusOneForWhateverIsNoDigit) {
  int digits = 0;
  for (int c = -128; c < 128; ++c) {
    const int value = HexDigit(static_cast<char>(c));
    EXPECT_GE(value, -1);
    EXPECT_LE(value, 15);
    digits += value >= 0;
  }
  EXPECT_EQ(digits, 22);
}

TEST(Concat, JoinsPieces) {
  EXPECT_EQ(Concat({"a", "", "bc"}), "abc");
  EXPECT_EQ(Concat({}), "");
  EXPECT_EQ(Concat({std::string_view("a\0b", 3)}).size(), 3u);
}

TEST(Equal, ComparesContentAndAcceptsEmptyAndNull) {
  const std::vector<uint8_t> a = {1, 2}, b = {1, 2}, c = {1, 3}, d = {1};
  EXPECT_TRUE(Equal(a, b));
  EXPECT_FALSE(Equal(a, c));
  EXPECT_FALSE(Equal(a, d));
  EXPECT_TRUE(Equal({}, Bytes(a).first(0)));
}

TEST(TextOf, UndoesBytesOf) {
  EXPECT_EQ(TextOf(BytesOf("h\xc3\xa9")), "h\xc3\xa9");
}

}  // namespace
}  // namespace revstat
