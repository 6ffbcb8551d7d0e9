#include "engine/x509/crl_entry.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/crl_text.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::CrlText;
using test::Entry;
using test::Failure;
using test::GeneralizedTime;
using test::Hex;
using test::Integer;
using test::IntegerOf;
using test::MakeExtension;
using test::Octets;
using test::OffsetOf;
using test::Reason;
using test::Seq;
using test::UtcTime;

// All entries of a CRL, and the failure that ended them.
struct Read {
  explicit Read(const CrlText& text) : der(text.Der()) {
    crl = *CrlView::Parse(der);
    CrlEntryReader reader(crl);
    while (reader.Next()) entries.push_back(reader.entry());
    failure = test::AsFailure(reader.error());
  }
  Octets der;
  CrlView crl;
  std::vector<CrlEntry> entries;
  Failure failure;
};

Read ReadEntries(const std::vector<Octets>& entries) {
  CrlText text;
  text.entries = entries;
  return Read(text);
}

// The failure of one entry, its offset from `part` on.
Failure FailureOf(const Octets& entry, const Octets& part) {
  const Read read = ReadEntries({entry});
  EXPECT_TRUE(read.entries.empty());
  Failure failure = read.failure;
  failure.offset -= OffsetOf(entry, read.der) + OffsetOf(part, entry);
  return failure;
}

const Octets kDate = UtcTime("260102030405Z");

TEST(CrlEntries, AreReadInOrderWithEveryField) {
  const std::vector<Octets> texts = {
      Entry(IntegerOf("0123")),
      Entry(IntegerOf("0456"), UtcTime("491231235959Z"), {Reason(1)}),
      Entry(IntegerOf("0789"), GeneralizedTime("20500101000000Z"),
            {Reason(4),
             test::InvalidityDate(GeneralizedTime("20200101000000Z"))}),
      Entry(IntegerOf("05"), kDate,
            {test::CertificateIssuer(test::CommonName("Other"))})};
  const Read read = ReadEntries(texts);
  ASSERT_EQ(read.entries.size(), 4u);
  EXPECT_EQ(read.failure, Failure{});
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_TRUE(Equal(read.entries[i].tlv, texts[i]));
    EXPECT_EQ(read.entries[i].offset, OffsetOf(texts[i], read.der));
    EXPECT_EQ(read.entries[i].extensions, EntryExtensions::kUnderstood);
  }
  EXPECT_EQ(read.entries[0].serial.ToText(), "0123");
  EXPECT_EQ(read.entries[0].reason, ReasonCode::kAbsent);
  EXPECT_EQ(FormatTime(read.entries[0].revocation_date),
            "2026-01-02T03:04:05Z");
  EXPECT_EQ(read.entries[1].reason, ReasonCode::kKeyCompromise);
  EXPECT_EQ(read.entries[2].reason, ReasonCode::kSuperseded);
  EXPECT_EQ(FormatTime(*read.entries[2].invalidity_date),
            "2020-01-01T00:00:00Z");
  EXPECT_FALSE(read.entries[1].invalidity_date.has_value());
  EXPECT_FALSE(read.entries[3].certificate_issuer.empty());
}

TEST(CrlEntries, AreFoundAgainByTheirOffsets) {
  const Read read =
      ReadEntries({Entry(Integer(1)), Entry(Integer(2), kDate, {Reason(3)}),
                   Entry(Integer(3), GeneralizedTime("20500101000000Z"))});
  for (const CrlEntry& entry : read.entries) {
    const auto found = CrlEntryReader::At(read.crl, entry.offset);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->serial, entry.serial);
    EXPECT_EQ(found->reason, entry.reason);
    EXPECT_EQ(found->offset, entry.offset);
  }
}

TEST(CrlEntries, AtOffsetsThatAreNoneAreAbsent) {
  const Read read = ReadEntries({Entry(Integer(1)), Entry(Integer(2))});
  std::set<uint32_t> offsets;
  for (const CrlEntry& entry : read.entries) offsets.insert(entry.offset);
  for (uint32_t offset = 0; offset < read.der.size() + 100; ++offset)
    EXPECT_EQ(CrlEntryReader::At(read.crl, offset).has_value(),
              offsets.contains(offset))
        << offset;
  EXPECT_FALSE(CrlEntryReader::At(read.crl, 0xffffffff).has_value());
  EXPECT_FALSE(CrlEntryReader::At(CrlView(), 0).has_value());
}

TEST(CrlEntries, EveryReasonCodeOfRfc5280IsRead) {
  for (uint8_t code = 0; code <= 10; ++code) {
    if (code == 7) continue;
    const Read read = ReadEntries({Entry(Integer(1), kDate, {Reason(code)})});
    ASSERT_EQ(read.entries.size(), 1u) << int{code};
    EXPECT_EQ(static_cast<uint8_t>(read.entries[0].reason), code);
    EXPECT_FALSE(NameOf(read.entries[0].reason).empty());
  }
  EXPECT_EQ(NameOf(ReasonCode::kAaCompromise), "aACompromise");
  EXPECT_EQ(NameOf(ReasonCode::kAbsent), "");
}

TEST(CrlEntries, ReasonCodesSevenElevenAndAboveAreRefused) {
  for (const uint8_t code : Octets{7, 11, 12, 0x7f, 0x80, 0xff}) {
    const Octets value = {0x0a, 0x01, code};
    EXPECT_EQ(FailureOf(Entry(Integer(1), kDate, {Reason(code)}), value),
              (Failure{ErrorCode::kBadEnumerated, 0, "reasonCode"}));
  }
}

TEST(CrlEntries, AReasonCodeInAnotherFormIsRefused) {
  const std::vector<std::pair<const char*, ErrorCode>> cases = {
      {"0a020001", ErrorCode::kNonMinimalInteger},
      {"0a00", ErrorCode::kEmptyInteger},
      {"020101", ErrorCode::kUnexpectedTag},
      {"0a0501000000ff", ErrorCode::kBadEnumerated}};
  for (const auto& [hex, code] : cases) {
    const Octets value = Hex(hex);
    const Octets entry =
        Entry(Integer(5), kDate, {MakeExtension("2.5.29.21", value)});
    EXPECT_EQ(FailureOf(entry, value), (Failure{code, 0, "reasonCode"})) << hex;
  }
  const Octets value = Hex("0a010100");
  EXPECT_EQ(
      FailureOf(Entry(Integer(1), kDate, {MakeExtension("2.5.29.21", value)}),
                value),
      (Failure{ErrorCode::kTrailingData, 3, "crlEntryExtensions"}));
}

TEST(CrlEntries, ACriticalReasonCodeIsUnderstood) {
  const Read read = ReadEntries(
      {Entry(Integer(1), kDate, {Reason(6, Criticality::kCritical)})});
  ASSERT_EQ(read.entries.size(), 1u);
  EXPECT_EQ(read.entries[0].reason, ReasonCode::kCertificateHold);
  EXPECT_EQ(read.entries[0].extensions, EntryExtensions::kUnderstood);
}

TEST(CrlEntries, AnUnknownCriticalExtensionIsReportedNotRefused) {
  const Read read = ReadEntries(
      {Entry(Integer(1), kDate,
             {MakeExtension("1.2.3", {}, Criticality::kCritical), Reason(1)}),
       Entry(Integer(2), kDate, {MakeExtension("1.2.3", {})})});
  ASSERT_EQ(read.entries.size(), 2u);
  EXPECT_EQ(read.entries[0].extensions, EntryExtensions::kUnsupportedCritical);
  EXPECT_EQ(read.entries[0].reason, ReasonCode::kKeyCompromise);
  EXPECT_EQ(read.entries[1].extensions, EntryExtensions::kUnderstood);
}

TEST(CrlEntries, AnExtensionThatOccursTwiceIsRefused) {
  const Octets again = Reason(2);
  EXPECT_EQ(FailureOf(Entry(Integer(1), kDate, {Reason(1), again}), again),
            (Failure{ErrorCode::kDuplicateExtension, 0, "crlEntryExtensions"}));
}

TEST(CrlEntries, EmptyExtensionsAreRefused) {
  const Octets empty = Hex("3000");
  EXPECT_EQ(FailureOf(Seq({Integer(1), kDate, empty}), empty),
            (Failure{ErrorCode::kEmptySequence, 2, "crlEntryExtensions"}));
}

TEST(CrlEntries, ExtensionsInAVersionOneCrlAreRefused) {
  CrlText text;
  text.version = {};
  text.extensions = {};
  text.entries = {Entry(Integer(1)), Entry(Integer(2), kDate, {Reason(1)})};
  const Read read(text);
  EXPECT_EQ(read.entries.size(), 1u);
  EXPECT_EQ(read.failure, (Failure{ErrorCode::kBadVersion,
                                   OffsetOf(Seq({Reason(1)}), read.der),
                                   "crlEntryExtensions"}));
}

TEST(CrlEntries, SerialsOfAnySignUpToTwentyOneOctetsAreRead) {
  for (const char* hex : {"00", "ff", "80", "ff7f", "0080",
                          "7fffffffffffffffffffffffffffffffffffffff",
                          "00ffffffffffffffffffffffffffffffffffffffff",
                          "80ffffffffffffffffffffffffffffffffffffff00"}) {
    const Read read = ReadEntries({Entry(IntegerOf(hex))});
    ASSERT_EQ(read.entries.size(), 1u) << hex;
    EXPECT_EQ(ToHex(read.entries[0].serial.content()), hex);
  }
}

TEST(CrlEntries, SerialsInAnotherFormAreRefused) {
  const std::vector<std::pair<Octets, ErrorCode>> cases = {
      {test::Tlv(der::kInteger, Octets(22, 1)), ErrorCode::kSerialTooLong},
      {test::Tlv(der::kInteger, Octets(200, 1)), ErrorCode::kSerialTooLong},
      {IntegerOf(""), ErrorCode::kEmptyInteger},
      {IntegerOf("0001"), ErrorCode::kNonMinimalInteger},
      {IntegerOf("ff80"), ErrorCode::kNonMinimalInteger},
      {Hex("0a0101"), ErrorCode::kUnexpectedTag},
      {Hex("028101aa"), ErrorCode::kNonMinimalLength}};
  for (const auto& [serial, code] : cases)
    EXPECT_EQ(FailureOf(Entry(serial), serial),
              (Failure{code, 0, "userCertificate"}));
}

TEST(CrlEntries, TimesThatAreNotRfc5280sAreRefused) {
  const std::vector<Octets> dates = {UtcTime("2601020304Z"),
                                     UtcTime("260102030405+0000"),
                                     UtcTime("260231030405Z"),
                                     UtcTime("260102030460Z"),
                                     GeneralizedTime("20260102030405.5Z"),
                                     GeneralizedTime("260102030405Z")};
  for (const Octets& date : dates)
    EXPECT_EQ(FailureOf(Entry(Integer(1), date), date),
              (Failure{ErrorCode::kBadTime, 0, "revocationDate"}));
  const Octets utc = UtcTime("200102030405Z");
  EXPECT_EQ(
      FailureOf(Entry(Integer(1), kDate, {test::InvalidityDate(utc)}), utc),
      (Failure{ErrorCode::kUnexpectedTag, 0, "invalidityDate"}));
  const Octets bad = GeneralizedTime("202001020304Z");
  EXPECT_EQ(
      FailureOf(Entry(Integer(1), kDate, {test::InvalidityDate(bad)}), bad),
      (Failure{ErrorCode::kBadTime, 0, "invalidityDate"}));
}

TEST(CrlEntries, MissingAndTrailingPartsAreRefused) {
  const Octets empty = Seq({});
  EXPECT_EQ(ReadEntries({empty}).failure.code, ErrorCode::kTruncated);
  EXPECT_EQ(ReadEntries({Seq({Integer(1)})}).failure.field, "revocationDate");
  const Octets extra = Hex("0500");
  EXPECT_EQ(FailureOf(Seq({Integer(1), kDate, Seq({Reason(1)}), extra}), extra),
            (Failure{ErrorCode::kTrailingData, 0, "revokedCertificates"}));
  EXPECT_EQ(ReadEntries({Hex("0500")}).failure.code, ErrorCode::kUnexpectedTag);
}

TEST(CrlEntries, CertificateIssuerMustBeNames) {
  const std::vector<std::pair<const char*, ErrorCode>> cases = {
      {"3000", ErrorCode::kEmptySequence},
      {"30020500", ErrorCode::kUnexpectedTag},
      {"3004a4020500", ErrorCode::kUnexpectedTag},
      {"0500", ErrorCode::kUnexpectedTag}};
  for (const auto& [hex, code] : cases) {
    const Failure failure = FailureOf(
        Entry(Integer(1), kDate, {MakeExtension("2.5.29.29", Hex(hex))}),
        Hex(hex));
    EXPECT_EQ(failure.code, code) << hex;
    EXPECT_EQ(failure.field, "certificateIssuer");
  }
}

TEST(CrlEntries, ListThatEndsInsideAnEntryIsTruncated) {
  const Octets entries = test::Join(
      {Entry(Integer(1), kDate, {Reason(1)}), Entry(IntegerOf("0123456789"))});
  const size_t first = Entry(Integer(1), kDate, {Reason(1)}).size();
  for (size_t size = 1; size < entries.size(); ++size) {
    if (size == first) continue;
    CrlText text;
    text.revoked_certificates =
        Octets(entries.begin(), entries.begin() + static_cast<long>(size));
    const Read read(text);
    EXPECT_EQ(read.entries.size(), size < first ? 0u : 1u);
    EXPECT_EQ(read.failure.code, ErrorCode::kTruncated) << size;
    EXPECT_EQ(
        read.failure.offset,
        static_cast<uint64_t>(read.crl.entries().data() - read.der.data()) +
            (size < first ? 0 : first));
  }
}

TEST(CrlEntries, ReaderStaysAtItsErrorAndItsEnd) {
  CrlText text;
  text.entries = {Entry(Integer(1)), Hex("0500"), Entry(Integer(2))};
  const Octets der = text.Der();
  const auto crl = CrlView::Parse(der);
  CrlEntryReader reader(*crl);
  EXPECT_TRUE(reader.Next());
  EXPECT_FALSE(reader.Next());
  EXPECT_FALSE(reader.Next());
  EXPECT_EQ(reader.error().code, ErrorCode::kUnexpectedTag);
}

}  // namespace
}  // namespace revstat
