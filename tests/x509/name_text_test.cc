// RFC 4514: names as text.
#include "engine/x509/name_text.h"

#include <gtest/gtest.h>

#include "tests/support/der_writer.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::Attribute;
using test::Hex;
using test::NameOf;
using test::Octets;
using test::Utf8;

constexpr char kCn[] = "2.5.4.3";
constexpr char kO[] = "2.5.4.10";
constexpr char kC[] = "2.5.4.6";

NameView View(const Octets& der) {
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  const NameView name = NameView::Read(cursor, "issuer");
  EXPECT_TRUE(trace.ok());
  return name;
}

std::string Format(const Octets& der) { return FormatName(View(der)); }

// What is written is read back as the same name.
void ExpectRoundTrip(const Octets& der) {
  const std::string text = Format(der);
  const auto canonical = CanonicalNameOfText(text);
  ASSERT_TRUE(canonical.ok()) << text << ": " << canonical.status();
  EXPECT_EQ(*canonical, CanonicalName(View(der))) << text;
}

std::string CodeOf(std::string_view text) {
  return std::string(NameOf(test::CodeOf(CanonicalNameOfText(text))));
}

TEST(FormatName, WritesTheLastRdnFirst) {
  EXPECT_EQ(
      Format(NameOf({Attribute(kC, Utf8("EE")), Attribute(kO, Utf8("Example")),
                     Attribute(kCn, Utf8("Issuing CA"))})),
      "CN=Issuing CA,O=Example,C=EE");
  EXPECT_EQ(Format(NameOf({})), "");
}

TEST(FormatName, JoinsAttributesOfOneRdnWithPlus) {
  EXPECT_EQ(
      Format(test::Seq({test::Nest(
          der::kSet, {Attribute(kCn, Utf8("a")), Attribute(kO, Utf8("b"))})})),
      "CN=a+O=b");
}

// RFC 4514 2.1 turns the RDNs, 2.2 not what is inside one.
TEST(FormatName, KeepsTheOrderInsideEachOfSeveralRdns) {
  const auto rdn = [](const std::vector<Octets>& attributes) {
    return test::Nest(der::kSet, attributes);
  };
  std::vector<Octets> rdns = {
      rdn({Attribute(kC, Utf8("EE")), Attribute(kO, Utf8("first"))}),
      rdn({Attribute(kCn, Utf8("a")), Attribute(kO, Utf8("b")),
           Attribute(kC, Utf8("FI"))})};
  std::string expected = "CN=a+O=b+C=FI,C=EE+O=first";
  for (int i = 0; i < 20; ++i) {
    rdns.push_back(rdn({Attribute(kCn, Utf8("x"))}));
    expected.insert(0, "CN=x,");
  }
  EXPECT_EQ(Format(test::Seq(rdns)), expected);
}

TEST(FormatName, EscapesWhatRfc4514Reserves) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"a,b", "CN=a\\,b"},
      {"a+b", "CN=a\\+b"},
      {"a;b", "CN=a\\;b"},
      {"a\"b", "CN=a\\\"b"},
      {"a\\b", "CN=a\\\\b"},
      {"<a>", "CN=\\<a\\>"},
      {"#a", "CN=\\#a"},
      {"a#", "CN=a#"},
      {" a", "CN=\\ a"},
      {"a ", "CN=a\\ "},
      {" ", "CN=\\ "},
      {"a b", "CN=a b"},
      {"a=b", "CN=a=b"},
      {"a\nb", "CN=a\\0ab"},
      {"\x7f", "CN=\\7f"},
      {"\x1b[31m", "CN=\\1b[31m"},
      {"a\xc2\x80\xc2\x9f[31m", "CN=a\\c2\\80\\c2\\9f[31m"},
      {"\xc2\xa0\xc2\xa9", "CN=\xc2\xa0\xc2\xa9"},
      {"\xc2", "CN=\xc2"},
      {"", "CN="}};
  for (const auto& [value, text] : cases)
    EXPECT_EQ(Format(test::CommonName(value)), text);
  EXPECT_EQ(Format(test::CommonName(std::string_view("a\0b", 3))), "CN=a\\00b");
}

// RFC 9215 5.1.
TEST(FormatName, NamesTheAttributesOfRussianCertificates) {
  const std::vector<std::pair<const char*, const char*>> names = {
      {"1.2.643.3.131.1.1", "INN=7"},
      {"1.2.643.100.4", "INNLE=7"},
      {"1.2.643.100.1", "OGRN=7"},
      {"1.2.643.100.5", "OGRNIP=7"},
      {"1.2.643.100.3", "SNILS=7"},
      {"1.2.840.113549.1.9.2", "unstructuredName=7"}};
  const Octets seven = test::Tlv(0x12, test::Ascii("7"));
  for (const auto& [type, text] : names)
    EXPECT_EQ(Format(NameOf({Attribute(type, seven)})), text);
}

TEST(FormatName, WritesUnknownTypesDottedAndOtherValuesInHexadecimal) {
  EXPECT_EQ(Format(NameOf({Attribute("1.2.3.4", Utf8("x"))})), "1.2.3.4=x");
  EXPECT_EQ(Format(NameOf({Attribute(kCn, Hex("0401aa"))})), "CN=#0401aa");
}

TEST(FormatName, IsReadBackAsTheSameName) {
  for (const char* value : {"Issuing CA",
                            "a,b+c;d",
                            "\"quoted\"",
                            "a\\b",
                            "#hash",
                            " edges ",
                            "  two  spaces  ",
                            "",
                            " ",
                            "\\",
                            "\\,",
                            "a=b",
                            "\n\t",
                            "caf\u00e9",
                            "Минцифры России",
                            "<>",
                            "\x7f",
                            "+",
                            "0x",
                            "\\00",
                            "a\\ "})
    ExpectRoundTrip(
        NameOf({Attribute(kO, Utf8("O")), Attribute(kCn, Utf8(value))}));
  ExpectRoundTrip(NameOf({}));
  ExpectRoundTrip(NameOf({Attribute("1.2.643.100.1", Utf8("1027"))}));
  const Octets numeric = test::Tlv(0x12, test::Ascii("007710474375"));
  ExpectRoundTrip(NameOf({Attribute("1.2.643.3.131.1.1", numeric),
                          Attribute("1.2.643.100.1", numeric),
                          Attribute("1.2.643.100.3", numeric),
                          Attribute("1.2.643.100.4", numeric),
                          Attribute("1.2.643.100.5", numeric)}));
  ExpectRoundTrip(NameOf({Attribute("1.2.840.113549.1.9.2",
                                    Utf8("INN=7710474375/KPP=770301001"))}));
  ExpectRoundTrip(NameOf({Attribute("2.999.5", Hex("0401aa"))}));
  ExpectRoundTrip(test::CommonName(std::string_view("a\0b", 3)));
  ExpectRoundTrip(test::Seq({test::Nest(
      der::kSet, {Attribute(kCn, Utf8("a,b")), Attribute(kO, Utf8("c+d"))})}));
  ExpectRoundTrip(
      NameOf({Attribute(kCn, test::Tlv(der::kBmpString, Hex("041c043e")))}));
}

TEST(FormatName, KeepsControlCharactersOutOfTerminals) {
  for (int c = 0; c < 0x20; ++c) {
    const char octet = static_cast<char>(c);
    const std::string text = Format(test::CommonName({&octet, 1}));
    EXPECT_EQ(text.find(octet), std::string::npos) << c;
    ExpectRoundTrip(test::CommonName({&octet, 1}));
  }
}

TEST(CanonicalNameOfText, ReadsWhatPeopleType) {
  const std::string expected = CanonicalName(View(NameOf(
      {Attribute(kO, Utf8("Example, Inc")), Attribute(kCn, Utf8("CA 1"))})));
  for (const char* text :
       {"CN=CA 1,O=Example\\, Inc", "cn=ca 1, o=example\\2C inc",
        "CN = CA 1 , O = \"Example, Inc\"",
        "2.5.4.3=CA 1;2.5.4.10=Example\\, Inc",
        "OID.2.5.4.3=CA 1,O=Example\\, Inc", "  CN=CA  1,O=Example\\,  Inc  ",
        "CN=#0c044341 2031", "CN=#0c0443412031,O=Example\\, Inc"}) {
    const auto canonical = CanonicalNameOfText(text);
    if (std::string(text) == "CN=#0c044341 2031") {
      EXPECT_FALSE(canonical.ok()) << text;
      continue;
    }
    ASSERT_TRUE(canonical.ok()) << text << " " << canonical.status();
    EXPECT_EQ(*canonical, expected) << text;
  }
}

TEST(CanonicalNameOfText, OrdersCombiningMarksAsOfNamesInDer) {
  std::string acutes, dots;
  for (size_t i = 0; i < 100000; ++i) {
    acutes += "\u0301";
    dots += "\u0323";
  }
  EXPECT_EQ(
      *CanonicalNameOfText("CN=A" + acutes + dots),
      CanonicalName(View(NameOf({Attribute(kCn, Utf8("a" + dots + acutes))}))));
}

TEST(CanonicalNameOfText, ReadsTheFirstRdnFirstWhereThatIsSaid) {
  const std::string expected = CanonicalName(View(
      NameOf({Attribute(kC, Utf8("EE")), Attribute(kO, Utf8("Example, Inc")),
              Attribute(kCn, Utf8("CA 1"))})));
  for (const char* text : {"C = EE, O = \"Example, Inc\", CN = CA 1",
                           "C=EE, O=Example\\, Inc, CN=CA 1"}) {
    EXPECT_EQ(*CanonicalNameOfText(text, RdnOrder::kFirstFirst), expected);
    EXPECT_NE(*CanonicalNameOfText(text), expected);
  }
  EXPECT_EQ(test::CodeOf(CanonicalNameOfText("C", RdnOrder::kFirstFirst)),
            ErrorCode::kBadText);
}

TEST(CanonicalNameOfText, OfNothingIsTheEmptyName) {
  EXPECT_EQ(*CanonicalNameOfText(""), "");
  EXPECT_EQ(*CanonicalNameOfText("  "), "");
}

TEST(CanonicalNameOfText, RefusesHostileTextWithBadText) {
  for (const char* text :
       {"CN",         "CN=a,",
        "CN=a,,O=b",  ",CN=a",
        "=a",         "XX=a",
        "CN=a+",      "CN=\"a",
        "CN=a\\",     "CN=#",
        "CN=#0",      "CN=#zz",
        "CN=#0c05aa", "CN=#0c01aabb",
        "CN=\"a\"b",  "1=a",
        "1.=a",       ".1=a",
        "3.1=a",      "1.40=a",
        "1..2=a",     "1.2.9999999999999999999999999999999999999999=a",
        "CN =",       "\\",
        "+",          ";"}) {
    if (std::string(text) == "CN =") {
      EXPECT_EQ(CodeOf(text), "ok");
      continue;
    }
    EXPECT_EQ(CodeOf(text), "bad_text") << text;
  }
}

TEST(CanonicalNameOfText, QuotesNoMoreThanTheBeginningOfALongText) {
  const auto canonical = CanonicalNameOfText(std::string(100000, 'x'));
  EXPECT_LT(canonical.status().message().size(), 400u);
}

TEST(CanonicalNameOfText, ErrorsNameThePosition) {
  const auto canonical = CanonicalNameOfText("CN=a,XX=b");
  EXPECT_NE(std::string(MessageOf(canonical.status())).find("at character 6:"),
            std::string::npos)
      << canonical.status();
}

}  // namespace
}  // namespace revstat
