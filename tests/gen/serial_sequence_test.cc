#include "tools/revstat-gen/serial_sequence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace revstat::gen {
namespace {

SerialOptions Options(SerialOrder order, unsigned min_octets,
                      unsigned max_octets) {
  SerialOptions options;
  options.seed = 42;
  options.order = order;
  options.min_octets = min_octets;
  options.max_octets = max_octets;
  return options;
}

// Positive and in the shortest form (RFC 5280 4.1.2.2, X.690 8.3.2).
bool IsGood(Bytes content) {
  if (content.empty() || (content[0] & 0x80) != 0) return false;
  if (content.size() == 1) return content[0] != 0;
  return content[0] != 0 || (content[1] & 0x80) != 0;
}

void ExpectGoodAndUnique(const SerialOptions& options, uint64_t count) {
  const SerialSequence sequence(options);
  ASSERT_TRUE(sequence.CheckCapacity(count).ok());
  std::set<SerialNumber> seen;
  for (uint64_t i = 0; i < count; ++i) {
    const SerialNumber serial = sequence.At(i);
    ASSERT_TRUE(IsGood(serial.content())) << ToHex(serial.content());
    ASSERT_GE(serial.content().size(), options.min_octets);
    ASSERT_LE(serial.content().size(), options.max_octets);
    ASSERT_TRUE(seen.insert(serial).second) << ToHex(serial.content());
  }
}

TEST(GenSerialSequence, EveryLengthIsGoodAndUnique) {
  for (SerialOrder order : {SerialOrder::kRandom, SerialOrder::kSequential}) {
    for (unsigned octets = 1; octets <= 20; ++octets) {
      const SerialOptions options = Options(order, octets, octets);
      ExpectGoodAndUnique(
          options,
          std::min<uint64_t>(SerialSequence(options).capacity(), 40000));
    }
  }
}

TEST(GenSerialSequence, ShortLengthsAreUsedUp) {
  // 127 serials of one octet, 2^15 - 2^7 of two.
  EXPECT_EQ(SerialSequence(Options(SerialOrder::kRandom, 1, 1)).capacity(),
            127u);
  EXPECT_EQ(SerialSequence(Options(SerialOrder::kRandom, 2, 2)).capacity(),
            32640u);
  EXPECT_EQ(SerialSequence(Options(SerialOrder::kRandom, 1, 2)).capacity(),
            32767u);
  ExpectGoodAndUnique(Options(SerialOrder::kRandom, 1, 2), 32767);
  ExpectGoodAndUnique(Options(SerialOrder::kSequential, 1, 2), 32767);
}

TEST(GenSerialSequence, MixedLengthsAreGoodAndUnique) {
  ExpectGoodAndUnique(Options(SerialOrder::kRandom, 1, 20), 100000);
  ExpectGoodAndUnique(Options(SerialOrder::kRandom, 7, 10), 100000);
  ExpectGoodAndUnique(Options(SerialOrder::kSequential, 1, 20), 100000);
}

TEST(GenSerialSequence, MixedLengthsAllOccur) {
  const SerialSequence sequence(Options(SerialOrder::kRandom, 1, 20));
  std::set<size_t> lengths;
  for (uint64_t i = 0; i < 20; ++i)
    lengths.insert(sequence.At(i).content().size());
  EXPECT_EQ(lengths.size(), 20u);
}

TEST(GenSerialSequence, SequentialCountsFromOne) {
  const SerialSequence sequence(Options(SerialOrder::kSequential, 0, 0));
  EXPECT_EQ(sequence.At(0).ToText(), "01");
  EXPECT_EQ(ToHex(sequence.At(126).content()), "7f");
  EXPECT_EQ(ToHex(sequence.At(127).content()), "0080");
  EXPECT_EQ(ToHex(sequence.At(255).content()), "0100");
}

TEST(GenSerialSequence, SeedsAreIndependent) {
  SerialOptions options = Options(SerialOrder::kRandom, 16, 16);
  const SerialSequence one(options);
  options.seed = 43;
  const SerialSequence other(options);
  std::set<SerialNumber> seen;
  for (uint64_t i = 0; i < 10000; ++i) seen.insert(one.At(i));
  for (uint64_t i = 0; i < 10000; ++i) EXPECT_FALSE(seen.contains(other.At(i)));
}

TEST(GenSerialSequence, TooManyIsAnError) {
  const SerialSequence sequence(Options(SerialOrder::kRandom, 1, 1));
  EXPECT_TRUE(sequence.CheckCapacity(127).ok());
  const absl::Status status = sequence.CheckCapacity(128);
  EXPECT_EQ(status.message(),
            "--serial-bytes 1 has only 127 different serials, 128 are needed");
}

TEST(GenPermutation, IsABijection) {
  for (uint64_t size : {1u, 2u, 3u, 7u, 127u, 128u, 129u, 1000u, 65536u}) {
    const Permutation permutation(size, 99);
    std::vector<bool> hit(size);
    for (uint64_t i = 0; i < size; ++i) {
      const uint64_t image = permutation.At(i);
      ASSERT_LT(image, size);
      ASSERT_FALSE(hit[image]);
      hit[image] = true;
    }
  }
}

}  // namespace
}  // namespace revstat::gen
