#include "tools/revstat-gen/der.h"

#include <gtest/gtest.h>

#include <string>

#include "tools/revstat-gen/crl_extensions.h"

namespace revstat::gen {
namespace {

std::string Hex(const Octets& octets) { return ToHex(octets); }

TEST(GenDer, LengthsAreMinimal) {
  EXPECT_EQ(Hex(der::Tlv(0x04, Octets(3))), "0403000000");
  EXPECT_EQ(Hex(der::Tlv(0x04, Octets(127))).substr(0, 6), "047f00");
  EXPECT_EQ(Hex(der::Tlv(0x04, Octets(128))).substr(0, 8), "04818000");
  EXPECT_EQ(Hex(der::Tlv(0x04, Octets(255))).substr(0, 8), "0481ff00");
  EXPECT_EQ(Hex(der::Tlv(0x04, Octets(256))).substr(0, 10), "0482010000");
  EXPECT_EQ(der::HeaderSize(65535), 4u);
  EXPECT_EQ(der::HeaderSize(65536), 5u);
  EXPECT_EQ(der::HeaderSize(size_t{1} << 32), 7u);
}

TEST(GenDer, IntegersAreMinimalAndPositive) {
  EXPECT_EQ(Hex(der::Integer(0)), "020100");
  EXPECT_EQ(Hex(der::Integer(127)), "02017f");
  EXPECT_EQ(Hex(der::Integer(128)), "02020080");
  EXPECT_EQ(Hex(der::Integer(256)), "02020100");
  EXPECT_EQ(Hex(der::Unsigned(Octets{0, 0, 0xFF})), "020200ff");
}

TEST(GenDer, ObjectIdentifiersUseBase128) {
  EXPECT_EQ(Hex(der::Oid("2.5.29.20")), "0603551d14");
  EXPECT_EQ(Hex(der::Oid("1.2.840.113549.1.1.11")), "06092a864886f70d01010b");
}

TEST(GenDer, NamedBitsEndWithASetBit) {
  EXPECT_EQ(Hex(der::NamedBits(kDigitalSignature)), "03020780");
  EXPECT_EQ(Hex(der::NamedBits(kKeyCertSign | kCrlSign)), "03020106");
  EXPECT_EQ(Hex(der::NamedBits(1u << 8)), "0303070080");
  EXPECT_EQ(Hex(der::NamedBits(0)), "030100");
}

TEST(GenDer, TimesChangeFormIn2050) {
  const Time last = *ParseTime("2049-12-31T23:59:59Z");
  EXPECT_EQ(der::ChoiceTime(last),
            der::Tlv(der::kUtcTime, BytesOf("491231235959Z")));
  EXPECT_EQ(der::ChoiceTime(last + std::chrono::seconds(1)),
            der::Tlv(der::kGeneralizedTime, BytesOf("20500101000000Z")));
  const Time early = *ParseTime("1949-12-31T23:59:59Z");
  EXPECT_EQ(der::ChoiceTime(early),
            der::Tlv(der::kGeneralizedTime, BytesOf("19491231235959Z")));
}

// The entry extensions that are written without the DER functions.
TEST(GenDer, FixedEntryExtensionsEqualBuiltOnes) {
  Octets reason(kReasonSize);
  EXPECT_EQ(PutReason(ReasonCode::kSuperseded, reason.data()),
            reason.data() + kReasonSize);
  EXPECT_EQ(reason, Extension("2.5.29.21", Criticality::kNonCritical,
                              der::Enumerated(4)));
  const Time time = *ParseTime("2026-06-01T12:34:56Z");
  Octets invalidity(kInvalidityDateSize);
  EXPECT_EQ(PutInvalidityDate(time, invalidity.data()),
            invalidity.data() + kInvalidityDateSize);
  EXPECT_EQ(invalidity, Extension("2.5.29.24", Criticality::kNonCritical,
                                  der::GeneralizedTime(time)));
}

}  // namespace
}  // namespace revstat::gen
