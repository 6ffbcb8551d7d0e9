#include "engine/base/json_text.h"

#include <gtest/gtest.h>

namespace revstat {
namespace {

TEST(JsonString, GoodPlainTextIsQuoted) {
  EXPECT_EQ(JsonString(""), R"("")");
  EXPECT_EQ(JsonString("CN=Example CA"), R"("CN=Example CA")");
}

TEST(JsonString, GoodWhatJsonReservesIsEscaped) {
  EXPECT_EQ(JsonString("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(JsonString("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(JsonString(std::string_view("\0\x1f", 2)), R"("\u0000\u001f")");
}

TEST(JsonString, GoodUtf8OfEachLengthStaysAsItIs) {
  const std::string text =
      "\x7f\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff";
  EXPECT_EQ(JsonString(text), "\"" + text + "\"");
}

TEST(JsonString, InvalidOctetsBecomeReplacements) {
  const std::string one = "\ufffd";
  EXPECT_EQ(JsonString("\x80"), "\"" + one + "\"");
  EXPECT_EQ(JsonString("\xff-"), "\"" + one + "-\"");
  EXPECT_EQ(JsonString("\xc0\xaf"), "\"" + one + one + "\"");  // long form
  EXPECT_EQ(JsonString("\xed\xa0\x80"), "\"" + one + one + one + "\"");
  EXPECT_EQ(JsonString("\xf4\x90"), "\"" + one + one + "\"");  // too large
  EXPECT_EQ(JsonString("\xe2\x82"), "\"" + one + "\"");        // cut off
  EXPECT_EQ(JsonString("\xe2\x82\""), "\"" + one + "\\\"\"");
}

TEST(JsonObject, GoodMembersInTheirOrderAndNoEmptyText) {
  EXPECT_EQ(JsonObject().Take(), "{}");
  JsonObject object;
  object.Text("a", "x\n");
  object.Text("b", "");
  object.Number("c", -1);
  object.At("d", FromUnix(0));
  object.Raw("e", "[]");
  EXPECT_EQ(object.Take(),
            R"({"a":"x\n","c":-1,"d":"1970-01-01T00:00:00Z","e":[]})");
}

}  // namespace
}  // namespace revstat
