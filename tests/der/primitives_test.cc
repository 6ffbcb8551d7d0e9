#include "engine/der/primitives.h"

#include <gtest/gtest.h>

#include "tests/support/der_writer.h"
#include "tests/support/expect.h"

namespace revstat {
namespace {

using test::Failure;
using test::FailureOfRead;
using test::Hex;
using test::Octets;

// Value and first failure of one read.
template <class Value, class Read>
std::pair<Value, ErrorCode> ReadOne(const Octets& der, Read&& read) {
  Value value{};
  const Failure failure =
      FailureOfRead(der, [&](der::Cursor& c) { value = read(c); });
  return {value, failure.code};
}

TEST(ReadInteger, AcceptsTheShortestForm) {
  for (const char* hex : {"02 01 00", "02 01 7f", "02 01 80", "02 01 ff",
                          "02 02 00 80", "02 02 ff 7f", "02 02 01 00"})
    EXPECT_EQ(FailureOfRead(Hex(hex),
                            [](der::Cursor& c) { der::ReadInteger(c, "i"); }),
              Failure{})
        << hex;
}

TEST(ReadInteger, RefusesEveryOtherForm) {
  const std::vector<std::pair<const char*, ErrorCode>> cases = {
      {"02 00", ErrorCode::kEmptyInteger},
      {"02 02 00 00", ErrorCode::kNonMinimalInteger},
      {"02 02 00 7f", ErrorCode::kNonMinimalInteger},
      {"02 02 ff 80", ErrorCode::kNonMinimalInteger},
      {"02 02 ff ff", ErrorCode::kNonMinimalInteger},
      {"02 03 00 00 80", ErrorCode::kNonMinimalInteger},
      {"0a 01 00", ErrorCode::kUnexpectedTag}};
  for (const auto& [hex, code] : cases)
    EXPECT_EQ(FailureOfRead(Hex(hex),
                            [](der::Cursor& c) { der::ReadInteger(c, "i"); }),
              (Failure{code, 0, "i"}))
        << hex;
}

TEST(ReadSerialNumber, AcceptsAnySignAndUpToTwentyOneOctets) {
  for (const size_t size : std::vector<size_t>{1, 8, 19, 20, 21}) {
    for (const uint8_t first : Octets{0x01, 0x7f, 0x80, 0xfe}) {
      Octets content(size, 0x55);
      content[0] = first;
      const auto [serial, code] = ReadOne<SerialNumber>(
          test::Tlv(der::kInteger, content), [](der::Cursor& c) {
            return der::ReadSerialNumber(c, "serialNumber");
          });
      EXPECT_EQ(code, ErrorCode::kOk);
      EXPECT_TRUE(Equal(serial.content(), content));
    }
  }
  EXPECT_EQ(FailureOfRead(Hex("02 01 00"),
                          [](der::Cursor& c) {
                            der::ReadSerialNumber(c, "serialNumber");
                          }),
            Failure{});
}

TEST(ReadSerialNumber, RefusesTwentyTwoOctets) {
  for (const size_t size : std::vector<size_t>{22, 23, 127, 128, 1000}) {
    EXPECT_EQ(FailureOfRead(test::Tlv(der::kInteger, Octets(size, 0x55)),
                            [](der::Cursor& c) {
                              der::ReadSerialNumber(c, "serialNumber");
                            }),
              (Failure{ErrorCode::kSerialTooLong, 0, "serialNumber"}));
  }
}

TEST(ReadUnsigned, ReadsFromZeroToItsLimit) {
  const auto read = [](const char* hex, uint32_t max) {
    return ReadOne<uint32_t>(Hex(hex), [&](der::Cursor& c) {
      return der::ReadUnsigned(c, max, "n");
    });
  };
  using Result = std::pair<uint32_t, ErrorCode>;
  EXPECT_EQ(read("02 01 00", 0), (Result{0, ErrorCode::kOk}));
  EXPECT_EQ(read("02 01 0a", 10), (Result{10, ErrorCode::kOk}));
  EXPECT_EQ(read("02 05 00 ff ff ff ff", 0xffffffff),
            (Result{0xffffffff, ErrorCode::kOk}));
  EXPECT_EQ(read("02 01 0b", 10), (Result{0, ErrorCode::kIntegerOutOfRange}));
  EXPECT_EQ(read("02 01 ff", 10), (Result{0, ErrorCode::kIntegerOutOfRange}));
  EXPECT_EQ(read("02 05 01 00 00 00 00", 0xffffffff),
            (Result{0, ErrorCode::kIntegerOutOfRange}));
  EXPECT_EQ(read("02 09 00 80 00 00 00 00 00 00 01", 10),
            (Result{0, ErrorCode::kIntegerOutOfRange}));
  EXPECT_EQ(read("02 02 00 01", 10),
            (Result{0, ErrorCode::kNonMinimalInteger}));
  EXPECT_EQ(read("02 00", 10), (Result{0, ErrorCode::kEmptyInteger}));
}

TEST(ReadUnsigned, OfAnEnumeratedHasItsOwnError) {
  EXPECT_EQ(FailureOfRead(Hex("0a 01 0b"),
                          [](der::Cursor& c) {
                            der::ReadUnsigned(c, 10, "reasonCode",
                                              der::kEnumerated);
                          }),
            (Failure{ErrorCode::kBadEnumerated, 0, "reasonCode"}));
}

TEST(ReadFlag, ReadsTrueFalseAndAbsent) {
  const auto read = [](const Octets& der) {
    return ReadOne<der::Flag>(
        der, [](der::Cursor& c) { return der::ReadFlag(c, "critical"); });
  };
  using Result = std::pair<der::Flag, ErrorCode>;
  EXPECT_EQ(read({}), (Result{der::Flag::kFalse, ErrorCode::kOk}));
  EXPECT_EQ(read(Hex("01 01 ff")), (Result{der::Flag::kTrue, ErrorCode::kOk}));
  // Lenience: DEFAULT FALSE encoded.
  EXPECT_EQ(read(Hex("01 01 00")), (Result{der::Flag::kFalse, ErrorCode::kOk}));
  for (const char* hex : {"01 01 01", "01 01 fe", "01 00", "01 02 ff ff"})
    EXPECT_EQ(read(Hex(hex)).second, ErrorCode::kBadBoolean) << hex;
}

TEST(ReadOid, RefusesWhatIsNotBase128InTheFewestOctets) {
  const auto read = [](const char* hex) {
    return FailureOfRead(Hex(hex),
                         [](der::Cursor& c) { der::ReadOid(c, "extnID"); });
  };
  EXPECT_EQ(read("06 03 55 1d 14"), Failure{});
  EXPECT_EQ(read("06 01 00"), Failure{});
  for (const char* hex : {"06 00", "06 01 80", "06 02 80 01", "06 03 55 1d 94",
                          "06 03 55 80 01", "06 03 80 1d 14"})
    EXPECT_EQ(read(hex), (Failure{ErrorCode::kBadOid, 0, "extnID"})) << hex;
}

TEST(ReadOid, TakesNumbersOf128BitsAndNoLargerOnes) {
  const auto read = [](const std::string& hex) {
    return FailureOfRead(Hex(hex),
                         [](der::Cursor& c) { der::ReadOid(c, "type"); });
  };
  std::string more;
  for (int i = 0; i < 17; ++i) more += "ff";
  EXPECT_EQ(read("0614 55 83" + more + "7f"), Failure{});
  const Failure too_large{ErrorCode::kOidArcTooLarge, 0, "type"};
  EXPECT_EQ(read("0614 55 84" + more + "7f"), too_large);
  EXPECT_EQ(read("0615 55 83ff" + more + "7f"), too_large);
  EXPECT_EQ(read("0613 84" + more + "7f"), too_large);
}

TEST(ReadBitStringOctets, RefusesUnusedBitsAndMissingCount) {
  const auto read = [](const char* hex) {
    return FailureOfRead(Hex(hex), [](der::Cursor& c) {
      der::ReadBitStringOctets(c, "signatureValue");
    });
  };
  EXPECT_EQ(read("03 01 00"), Failure{});
  EXPECT_EQ(read("03 03 00 aa bb"), Failure{});
  for (const char* hex : {"03 00", "03 02 01 aa", "03 02 08 aa", "03 02 ff aa"})
    EXPECT_EQ(read(hex),
              (Failure{ErrorCode::kBadBitString, 0, "signatureValue"}))
        << hex;
  EXPECT_EQ(read("23 03 03 01 00").code, ErrorCode::kUnexpectedTag);
}

TEST(ReadNamedBits, NumbersBitsFromTheFirst) {
  const auto read = [](const char* hex) {
    return ReadOne<uint32_t>(Hex(hex), [](der::Cursor& c) {
      return der::ReadNamedBits(c, "keyUsage");
    });
  };
  using Result = std::pair<uint32_t, ErrorCode>;
  EXPECT_EQ(read("03 02 00 80"), (Result{1u << 0, ErrorCode::kOk}));
  EXPECT_EQ(read("03 02 01 06"), (Result{1u << 5 | 1u << 6, ErrorCode::kOk}));
  EXPECT_EQ(read("03 03 07 00 80"), (Result{1u << 8, ErrorCode::kOk}));
  EXPECT_EQ(read("03 01 00"), (Result{0, ErrorCode::kOk}));
  EXPECT_EQ(read("03 05 00 00 00 00 01"), (Result{1u << 31, ErrorCode::kOk}));
  // Lenience: trailing zero bits of a named list.
  EXPECT_EQ(read("03 03 00 06 00"),
            (Result{1u << 5 | 1u << 6, ErrorCode::kOk}));
  for (const char* hex : {"03 00", "03 01 01", "03 02 08 00", "03 02 01 01",
                          "03 02 07 40", "03 06 00 00 00 00 00 00"})
    EXPECT_EQ(read(hex), (Result{0, ErrorCode::kBadBitString})) << hex;
}

}  // namespace
}  // namespace revstat
