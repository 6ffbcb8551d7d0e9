// SerialSet against a std::map of the same entries.
#include "engine/index/serial_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/index/listed_crl.h"

namespace revstat::test {
namespace {

// The rows of a line are 29: sizes around it, and around powers of two.
constexpr size_t kSmallSizes[] = {0,  1,  2,  24, 25, 26, 27, 28,
                                  29, 30, 31, 57, 58, 59, 100};

std::vector<Listed> AsEntries(const std::set<SerialNumber>& serials) {
  std::vector<Listed> entries;
  for (const SerialNumber& serial : serials) entries.push_back({serial});
  return entries;
}

// Every serial of the model, and as many that are probably not in it.
void ExpectAgrees(const IndexedCrl& indexed, std::mt19937_64& random) {
  const auto model = indexed.Model();
  ASSERT_EQ(indexed.set().size(), model.size());
  for (const auto& [serial, offset] : model)
    ASSERT_EQ(indexed.set().Find(serial), offset) << serial.ToText();
  for (size_t i = 0; i < model.size() + 1000; ++i) {
    const SerialNumber serial = AnySerial(random);
    const auto found = model.find(serial);
    ASSERT_EQ(indexed.set().Find(serial),
              found == model.end() ? SerialSet::kNotListed : found->second)
        << serial.ToText();
  }
}

TEST(SerialSet, DefaultListsNothing) {
  std::mt19937_64 random(1);
  const SerialSet set;
  EXPECT_EQ(set.size(), 0u);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(set.Find(AnySerial(random)), SerialSet::kNotListed);
}

class SerialSetOfKind : public testing::TestWithParam<SerialKind> {};

TEST_P(SerialSetOfKind, AgreesWithAMapForEverySizeAndLength) {
  std::mt19937_64 random(2);
  for (size_t size : kSmallSizes) {
    for (size_t octets = 1; octets <= SerialNumber::kMaxOctets; ++octets) {
      const auto serials = DrawSerials(GetParam(), octets, size, random);
      const IndexedCrl indexed(DerOf(AsEntries(serials)), TestKey(size));
      ExpectAgrees(indexed, random);
      // Neighbours of what is listed, one bit away.
      for (const SerialNumber& serial : serials) {
        Octets near(serial.content().begin(), serial.content().end());
        near.back() ^= 1;
        const auto neighbour = *SerialNumber::FromContent(near);
        ASSERT_EQ(indexed.set().Find(neighbour) != SerialSet::kNotListed,
                  serials.contains(neighbour));
      }
    }
  }
}

TEST_P(SerialSetOfKind, AgreesWithAMapForLargeSets) {
  std::mt19937_64 random(3);
  for (size_t size : {size_t{10'000}, size_t{300'000}}) {
    const IndexedCrl indexed(
        DerOf(AsEntries(DrawSerials(GetParam(), 16, size, random))),
        TestKey(size));
    ExpectAgrees(indexed, random);
  }
}

INSTANTIATE_TEST_SUITE_P(All, SerialSetOfKind,
                         testing::Values(SerialKind::kRandom,
                                         SerialKind::kSequential,
                                         SerialKind::kSharedPrefix));

TEST(SerialSet, SerialsThatDifferOnlyInLengthAreTwo) {
  // 00 80 and 80 are the INTEGERs 128 and -128; 7f 00 is not 7f.
  std::vector<Listed> entries;
  for (const Octets& content : {Octets{0x00, 0x80}, Octets{0x7f}})
    entries.push_back({*SerialNumber::FromContent(content)});
  const IndexedCrl indexed(DerOf(entries), TestKey());
  const auto listed = [&](const Octets& content) {
    return indexed.set().Find(*SerialNumber::FromContent(content)) !=
           SerialSet::kNotListed;
  };
  EXPECT_TRUE(listed({0x00, 0x80}));
  EXPECT_TRUE(listed({0x7f}));
  EXPECT_FALSE(listed({0x80}));
  EXPECT_FALSE(listed({0x7f, 0x00}));
  EXPECT_FALSE(listed({0x00}));
}

// Entries of one serial, in every order: the same one binds.
TEST(SerialSet, StricterDuplicateBindsInAnyOrder) {
  const auto serial = *SerialNumber::FromContent(Octets{0x12, 0x34});
  std::vector<Listed> entries = {
      {serial, 3, ReasonCode::kCertificateHold},
      {serial, 1, ReasonCode::kCertificateHold},
      {serial, 9, ReasonCode::kKeyCompromise},
      {serial, 7, ReasonCode::kAbsent},
  };
  std::vector<size_t> order = {0, 1, 2, 3};
  do {
    std::vector<Listed> permuted;
    for (size_t i : order) permuted.push_back(entries[i]);
    const IndexedCrl indexed(DerOf(permuted), TestKey());
    EXPECT_EQ(indexed.statistics().duplicates, 3u);
    EXPECT_EQ(indexed.set().size(), 1u);
    const auto entry =
        CrlEntryReader::At(indexed.crl(), indexed.set().Find(serial));
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(entry->reason, ReasonCode::kAbsent);
    EXPECT_EQ(FormatTime(entry->revocation_date), "2026-01-07T00:00:00Z");
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(SerialSet, RandomDuplicatesAgreeWithAMap) {
  std::mt19937_64 random(4);
  constexpr ReasonCode kReasons[] = {ReasonCode::kAbsent,
                                     ReasonCode::kSuperseded,
                                     ReasonCode::kCertificateHold};
  for (size_t size : std::vector<size_t>{10, 1000, 50'000}) {
    std::vector<Listed> entries;
    for (size_t i = 0; i < size; ++i) {
      // Half as many serials as entries.
      Octets content = {0x01, 0, 0, 0};
      const uint64_t number = random() % (size / 2 + 1);
      for (size_t k = 0; k < 3; ++k)
        content[1 + k] = static_cast<uint8_t>(number >> (8 * k));
      entries.push_back({*SerialNumber::FromContent(content),
                         static_cast<unsigned>(1 + random() % 28),
                         kReasons[random() % std::size(kReasons)]});
    }
    const IndexedCrl indexed(DerOf(entries), TestKey(size));
    const auto model = indexed.Model();
    EXPECT_EQ(indexed.statistics().duplicates, size - model.size());
    EXPECT_EQ(indexed.set().size(), model.size());
    for (const auto& [serial, offset] : model) {
      const auto found =
          CrlEntryReader::At(indexed.crl(), indexed.set().Find(serial));
      const auto wanted = CrlEntryReader::At(indexed.crl(), offset);
      ASSERT_TRUE(found.has_value());
      // Of two equal entries either may be kept.
      ASSERT_EQ(found->serial, wanted->serial);
      ASSERT_EQ(found->revocation_date, wanted->revocation_date);
      ASSERT_EQ(found->reason == ReasonCode::kCertificateHold,
                wanted->reason == ReasonCode::kCertificateHold);
    }
  }
}

// Under a key of zeros all short serials have one hash: every line overflows,
// and the lines behind the buckets do not suffice at the first attempts.
TEST(SerialSet, WeakKeyIsSlowAndRight) {
  std::mt19937_64 random(5);
  for (size_t size : std::vector<size_t>{28, 29, 30, 150, 151, 1000}) {
    const IndexedCrl indexed(
        DerOf(AsEntries(DrawSerials(SerialKind::kSequential, 4, size, random))),
        HashKey{});
    ExpectAgrees(indexed, random);
  }
}

TEST(SerialSet, RandomKeysDiffer) {
  EXPECT_NE(HashKey::Random().words, HashKey::Random().words);
}

TEST(SerialSet, TakesAtMostNineOctetsAnEntry) {
  std::mt19937_64 random(6);
  const IndexedCrl indexed(
      DerOf(AsEntries(DrawSerials(SerialKind::kRandom, 16, 100'000, random))),
      TestKey());
  EXPECT_LE(indexed.index_bytes().size(), 9 * indexed.set().size());
}

}  // namespace
}  // namespace revstat::test
