#include "engine/base/serial_number.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"

namespace revstat {
namespace {

// The DER content that a text stands for, in hexadecimal.
std::string ContentOf(std::string_view text) {
  const auto serial = SerialNumber::FromText(text);
  return serial.ok() ? ToHex(serial->content())
                     : std::string(NameOf(ErrorCodeOf(serial.status())));
}

SerialNumber FromHexContent(std::string_view hex) {
  return *SerialNumber::FromContent(*FromHex(hex));
}

TEST(SerialNumberFromText, ReadsWhatPeoplePaste) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"1", "01"},
      {"01", "01"},
      {"0x1", "01"},
      {"0X1f", "1f"},
      {"7f", "7f"},
      {"80", "0080"},  // the digits are the value, not its DER
      {"ff", "00ff"},
      {"123", "0123"},  // an odd number of digits
      {"aB:cD:ef", "00abcdef"},
      {"12 34\t56", "123456"},
      {" 12:34 ", "1234"},
      {"0x12:34", "1234"},
      {"00000000000000000000000000000000000000000000001", "01"},
      {"0", "00"},
      {"000", "00"},
      {"-1", "ff"},
      {"-80", "80"},
      {"-81", "ff7f"},
      {"-ff", "ff01"},
      {"-100", "ff00"},
      {"-0", "00"},
      {"-0x10", "f0"},
      {" -10", "f0"},
  };
  for (const auto& [text, content] : cases)
    EXPECT_EQ(ContentOf(text), content) << text;
}

TEST(SerialNumberFromText, TakesEveryDigitAndNoOtherCharacterAnywhere) {
  // 22 digits: sixteen, and six that are read with digits before them.
  const std::string digits = "1032547698badcfe012345";
  for (size_t i = 0; i < digits.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string text = digits;
      text[i] = static_cast<char>(c);
      const bool is_separator = c == ':' || c == ' ' || c == '\t';
      const bool is_sign = i == 0 && c == '-';
      const auto serial = SerialNumber::FromText(text);
      const bool expected = HexDigit(text[i]) >= 0 || is_separator || is_sign;
      ASSERT_EQ(serial.ok(), expected) << "'" << text << "'";
      if (HexDigit(text[i]) < 0 || !serial.ok()) continue;
      const std::string back = serial->ToText();
      for (char& digit : text) {
        if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit + 32);
      }
      text.erase(0, text[0] == '0' && text[1] == '0' ? 2 : 0);
      const std::string padded = back.size() % 2 ? "0" + back : back;
      EXPECT_EQ(padded, text);
    }
  }
}

// The short way and the general one, which "0x" leads to: digits of every
// number, and at every place every character.
TEST(SerialNumberFromPlainHex, IsWhatTheGeneralWayGives) {
  std::mt19937 random(1);
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
  for (size_t count = 1; count <= 43; ++count) {
    for (size_t i = 0; i < count; ++i) {
      for (int c = 0; c < 256; ++c) {
        // Of its own size, so that AddressSanitizer sees what goes beyond it.
        std::vector<char> text(count);
        for (char& digit : text) digit = kDigits[random() % kDigits.size()];
        text[i] = static_cast<char>(c);
        const std::string_view view(text.data(), text.size());
        SerialNumber plain;
        const bool is_plain = SerialNumber::FromPlainHex(view, &plain);
        const bool is_led = view.substr(0, 2) == "00";
        const bool expected =
            count % 2 == 0 && count <= 40 && !is_led && HexDigit(text[i]) >= 0;
        ASSERT_EQ(is_plain, expected) << view;
        if (!is_plain) continue;
        const auto general = SerialNumber::FromText("0x" + std::string(view));
        ASSERT_TRUE(general.ok()) << view;
        ASSERT_EQ(plain, *general) << view;
      }
    }
  }
}

TEST(SerialNumberFromText, ReadsUpToTwentyOctetsOfValue) {
  const std::string twenty(40, 'f');
  EXPECT_EQ(ContentOf(twenty), "00" + twenty);
  EXPECT_EQ(ContentOf("7f" + twenty.substr(2)), "7f" + twenty.substr(2));
  EXPECT_EQ(ContentOf("0x000" + twenty), "00" + twenty);
  EXPECT_EQ(ContentOf("-" + twenty), "ff" + std::string(38, '0') + "01");
}

TEST(SerialNumberFromText, RefusesOtherTextsWithBadText) {
  for (const char* text :
       {"", " ", ":", "0x", "-", "-0x", "12g4", "1.5", "0x0x1", "--1", "1-",
        "+1", "12,34", "\xd0\xb0", "0y1"})
    EXPECT_EQ(ContentOf(text), "bad_text") << text;
  EXPECT_EQ(ContentOf(std::string_view("1\0", 2)), "bad_text");
}

// 21 octets of content are what some CAs' 20 random octets become in DER.
TEST(SerialNumberFromText, ReadsUpToTwentyOneOctetsOfContent) {
  const std::string zeros(40, '0');
  EXPECT_EQ(ContentOf("7f" + zeros), "7f" + zeros);
  EXPECT_EQ(ContentOf("-80" + zeros), "80" + zeros);
  EXPECT_EQ(ContentOf("80" + zeros), "bad_text");
  EXPECT_EQ(ContentOf("-81" + zeros), "bad_text");
  EXPECT_EQ(ContentOf("1" + zeros + "00"), "bad_text");
  EXPECT_EQ(ContentOf(std::string(42, 'f')), "bad_text");
  EXPECT_EQ(ContentOf(std::string(1000, '1')), "bad_text");
}

TEST(SerialNumberFromText, QuotesNoMoreThanTheBeginningOfALongText) {
  const auto serial = SerialNumber::FromText(std::string(5000, 'z'));
  EXPECT_LT(serial.status().message().size(), 300u);
}

TEST(SerialNumberToText, IsTheValueInLowerCaseHexadecimal) {
  EXPECT_EQ(FromHexContent("00").ToText(), "00");
  EXPECT_EQ(FromHexContent("0123").ToText(), "0123");
  EXPECT_EQ(FromHexContent("0080").ToText(), "80");
  EXPECT_EQ(FromHexContent("ff").ToText(), "-01");
  EXPECT_EQ(FromHexContent("80").ToText(), "-80");
  EXPECT_EQ(FromHexContent("ff7f").ToText(), "-81");
  EXPECT_EQ(SerialNumber().ToText(), "");
}

TEST(SerialNumberToText, IsReadBackByFromText) {
  // Every length, with first octets on both sides of each sign's edge.
  for (size_t size = 1; size <= SerialNumber::kMaxOctets; ++size) {
    for (int first : {0x00, 0x01, 0x7f, 0x80, 0x81, 0xfe, 0xff}) {
      for (int second : {0x00, 0x7f, 0x80, 0xff}) {
        std::vector<uint8_t> content(size, 0x5a);
        content[0] = static_cast<uint8_t>(first);
        if (size > 1) content[1] = static_cast<uint8_t>(second);
        const bool minimal = size == 1 || (first != 0x00 && first != 0xff) ||
                             (first == 0x00) == (second >= 0x80);
        if (!minimal) continue;
        const auto serial = SerialNumber::FromContent(content);
        const std::string text = serial->ToText();
        const auto back = SerialNumber::FromText(text);
        ASSERT_TRUE(back.ok()) << text << " " << back.status();
        EXPECT_EQ(*back, *serial) << text;
      }
    }
  }
}

TEST(SerialNumberFromContent, TakesOneToTwentyOneOctets) {
  EXPECT_FALSE(SerialNumber::FromContent({}).has_value());
  const std::vector<uint8_t> octets(22, 0x11);
  for (size_t size = 1; size <= 21; ++size) {
    const auto serial = SerialNumber::FromContent(Bytes(octets).first(size));
    ASSERT_TRUE(serial.has_value());
    EXPECT_TRUE(Equal(serial->content(), Bytes(octets).first(size)));
  }
  EXPECT_FALSE(SerialNumber::FromContent(octets).has_value());
}

TEST(SerialNumber, DiffersWhereOnlyTheLengthDoes) {
  EXPECT_NE(FromHexContent("01"), FromHexContent("0100"));
  EXPECT_NE(FromHexContent("00").Words(), SerialNumber().Words());
  EXPECT_EQ(FromHexContent("0100").Words(), FromHexContent("0100").Words());
}

}  // namespace
}  // namespace revstat
