// RFC 5280 7.1 comparison of names, with RFC 4518 preparation.
#include "engine/x509/name.h"

#include <gtest/gtest.h>

#include "tests/support/der_writer.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::Attribute;
using test::Failure;
using test::Hex;
using test::NameOf;
using test::Octets;
using test::Text;
using test::Utf8;

constexpr char kCn[] = "2.5.4.3";
constexpr char kO[] = "2.5.4.10";
constexpr der::Tag kNumericString = 0x12;

std::string Canonical(const Octets& der) {
  const test::Exact exact(der);
  der::Trace trace(exact.bytes());
  der::Cursor cursor(exact.bytes(), &trace);
  const NameView name = NameView::Read(cursor, "issuer");
  EXPECT_TRUE(trace.ok()) << NameOf(trace.error().code);
  return CanonicalName(name);
}

std::string Of(const Octets& value) {
  return Canonical(NameOf({Attribute(kCn, value)}));
}

TEST(NameComparison, IgnoresCaseAndExtraSpace) {
  EXPECT_EQ(Of(Utf8("Issuing CA")), Of(Utf8("issuing ca")));
  EXPECT_EQ(Of(Utf8("Issuing CA")), Of(Utf8("  Issuing   CA ")));
  EXPECT_EQ(Of(Utf8("Issuing CA")), Of(Utf8("Issuing\t\nCA")));
  EXPECT_NE(Of(Utf8("Issuing CA")), Of(Utf8("IssuingCA")));
  EXPECT_NE(Of(Utf8("Issuing CA")), Of(Utf8("Issuing CB")));
  EXPECT_EQ(Of(Utf8("")), Of(Utf8("   ")));
}

TEST(NameComparison, TakesAllStringTypesAsOne) {
  const std::string plain = Of(Utf8("Ca 1"));
  EXPECT_EQ(Of(Text(der::kPrintableString, "Ca 1")), plain);
  EXPECT_EQ(Of(Text(der::kTeletexString, "Ca 1")), plain);
  EXPECT_EQ(Of(Text(der::kIa5String, "CA 1")), plain);
  EXPECT_EQ(Of(Text(der::kVisibleString, "CA 1")), plain);
  EXPECT_EQ(Of(test::Tlv(der::kBmpString, Hex("0043 0041 0020 0031"))), plain);
  EXPECT_EQ(Of(test::Tlv(der::kUniversalString,
                         Hex("00000063 00000061 00000020 00000031"))),
            plain);
  EXPECT_EQ(Of(Text(kNumericString, "12")), Of(Utf8("12")));
}

TEST(NameComparison, FoldsAndNormalisesUnicode) {
  EXPECT_EQ(Of(Utf8("МОСКВА")), Of(Utf8("москва")));
  EXPECT_EQ(Of(Utf8("\u00c9t\u00e9")), Of(Utf8("e\u0301te\u0301")));
  EXPECT_EQ(Of(Utf8("stra\u00dfe")), Of(Utf8("STRASSE")));
  EXPECT_EQ(Of(Utf8("\ufb01n")), Of(Utf8("fin")));  // compatibility form
  EXPECT_EQ(Of(Text(der::kTeletexString, "caf\xe9")), Of(Utf8("CAF\u00c9")));
  EXPECT_EQ(Of(test::Tlv(der::kBmpString, Hex("041c 043e"))), Of(Utf8("мо")));
  EXPECT_EQ(Of(Utf8("a\u00a0b")), Of(Utf8("a b")));  // no-break space
  EXPECT_EQ(Of(Utf8("a\u00adb")), Of(Utf8("ab")));   // soft hyphen
  EXPECT_NE(Of(Utf8("\u0430")), Of(Utf8("a")));      // Cyrillic is not Latin
}

std::string Repeat(size_t count, std::string_view text) {
  std::string repeated;
  for (size_t i = 0; i < count; ++i) repeated += text;
  return repeated;
}

TEST(NameComparison, OrdersCombiningMarks) {
  // Acute is of class 230, dot below of 220.
  EXPECT_EQ(Of(Utf8("a\u0301\u0323")), Of(Utf8("a\u0323\u0301")));
  EXPECT_EQ(Of(Utf8("\u00e1\u0323")), Of(Utf8("\u1ea1\u0301")));
  // Of one class the order counts; so does the letter.
  EXPECT_NE(Of(Utf8("a\u0301\u0300")), Of(Utf8("a\u0300\u0301")));
  EXPECT_NE(Of(Utf8("a\u0301b\u0323")), Of(Utf8("a\u0323b\u0301")));
  // What is not compared joins the marks on both sides of it.
  EXPECT_EQ(Of(Utf8("a\u0301\u00ad\u0323")), Of(Utf8("a\u0323\u0301")));
  EXPECT_EQ(Of(Utf8("a\u0301\u034f\u0323")), Of(Utf8("a\u0323\u0301")));
}

// Ordered by swapping neighbours, each would take minutes. Not EXPECT_EQ, which
// would print a megabyte.
TEST(NameComparison, OrdersAMegabyteOfCombiningMarks) {
  constexpr size_t kCount = 250000;
  const std::string acutes = Repeat(kCount, "\u0301");
  const std::string dots = Repeat(kCount, "\u0323");
  const std::string ordered = Of(Utf8("a" + dots + acutes));
  EXPECT_TRUE(Of(Utf8("A" + acutes + dots)) == ordered);
  EXPECT_TRUE(Of(Utf8("a" + Repeat(kCount, "\u0301\u0323"))) == ordered);
  EXPECT_FALSE(Of(Utf8("a" + acutes + dots + "\u0323")) == ordered);
  // Marks that one code point hides, and such as what is dropped keeps apart.
  EXPECT_TRUE(Of(Utf8("a" + Repeat(kCount, "\u0344") + dots)) ==
              Of(Utf8("a" + dots + Repeat(kCount, "\u0308\u0301"))));
  EXPECT_TRUE(Of(Utf8("a" + Repeat(kCount, "\u0301\u00ad") + dots)) == ordered);
}

TEST(NameComparison, KeepsBrokenTextDistinct) {
  // No UTF-8: equal only to itself.
  EXPECT_EQ(Of(Utf8("a\xff")), Of(Utf8("a\xff")));
  EXPECT_NE(Of(Utf8("a\xff")), Of(Utf8("A\xff")));
  EXPECT_NE(Of(Utf8("a\xff")), Of(Utf8("a\xfe")));
  EXPECT_NE(Of(Utf8(std::string_view("a\0b", 3))), Of(Utf8("a")));
  // A BMPString of odd length or with half a surrogate is no text.
  const Octets odd = test::Tlv(der::kBmpString, Hex("0041 00"));
  const Octets half = test::Tlv(der::kBmpString, Hex("d800"));
  EXPECT_EQ(Of(odd), Of(odd));
  EXPECT_NE(Of(odd), Of(Utf8("A")));
  EXPECT_NE(Of(half), Of(Utf8("")));
  EXPECT_NE(Of(test::Tlv(der::kUniversalString, Hex("00110000"))),
            Of(Utf8("")));
}

TEST(NameComparison, ComparesOtherTypesOctetByOctet) {
  EXPECT_EQ(Of(Hex("0401aa")), Of(Hex("0401aa")));
  EXPECT_NE(Of(Hex("0401aa")), Of(Hex("0401ab")));
  EXPECT_NE(Of(Text(der::kOctetString, "a")), Of(Utf8("a")));
  EXPECT_NE(Of(Text(der::kOctetString, "a")), Of(Text(der::kOctetString, "A")));
}

TEST(NameComparison, TakesAnRdnAsASet) {
  const Octets a = Attribute(kCn, Utf8("a")), b = Attribute(kO, Utf8("b"));
  const auto name = [](const std::vector<Octets>& attributes) {
    return Canonical(test::Seq({test::Nest(der::kSet, attributes)}));
  };
  EXPECT_EQ(name({a, b}), name({b, a}));
  EXPECT_NE(name({a, b}), name({a}));
  EXPECT_NE(name({a, b}), Canonical(NameOf({a, b})));
  EXPECT_NE(name({a, a}), name({a}));
}

TEST(NameComparison, KeepsTheOrderOfRdns) {
  const Octets a = Attribute(kCn, Utf8("a")), b = Attribute(kO, Utf8("b"));
  EXPECT_NE(Canonical(NameOf({a, b})), Canonical(NameOf({b, a})));
}

TEST(NameComparison, TellsTypesApart) {
  EXPECT_NE(Canonical(NameOf({Attribute(kCn, Utf8("a"))})),
            Canonical(NameOf({Attribute(kO, Utf8("a"))})));
}

// A canonical form that joined its parts without lengths would mix these up.
TEST(NameComparison, IsNotFooledByValuesThatLookLikeStructure) {
  const std::string two =
      Canonical(NameOf({Attribute(kCn, Utf8("a")), Attribute(kCn, Utf8("b"))}));
  const std::string one = Of(Utf8("a"));
  EXPECT_NE(two, one);
  EXPECT_NE(Of(Utf8(one)), two);
  EXPECT_NE(Canonical(NameOf({})), Of(Utf8("")));
}

TEST(Name, MayBeEmpty) {
  const Octets der = NameOf({});
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  const NameView name = NameView::Read(cursor, "subject");
  EXPECT_TRUE(trace.ok());
  EXPECT_TRUE(name.empty());
  EXPECT_EQ(CanonicalName(name), "");
}

TEST(Name, IsCheckedInFull) {
  const auto read = [](const Octets& der) {
    return test::FailureOfRead(
        der, [](der::Cursor& c) { NameView::Read(c, "issuer"); });
  };
  const std::vector<std::pair<const char*, Failure>> cases = {
      {"30023100", {ErrorCode::kEmptySequence, 4, "issuer"}},
      {"30020500", {ErrorCode::kUnexpectedTag, 2, "issuer"}},
      {"300431020500", {ErrorCode::kUnexpectedTag, 4, "issuer"}},
      {"300431023000", {ErrorCode::kTruncated, 6, "issuer"}},
      {"3009310730050603550403", {ErrorCode::kTruncated, 11, "issuer"}},
      {"300b3109300706035504030500", {}},
      {"300d310b3009060355040305000500",
       {ErrorCode::kTrailingData, 13, "issuer"}},
      {"300a310830060602558005 00", {ErrorCode::kBadOid, 6, "issuer"}},
      {"3100", {ErrorCode::kUnexpectedTag, 0, "issuer"}}};
  for (const auto& [hex, failure] : cases)
    EXPECT_EQ(read(Hex(hex)), failure) << hex;
}

}  // namespace
}  // namespace revstat
