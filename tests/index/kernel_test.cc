// Each kernel against SerialSet::Find, on the same probes.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "engine/index/find_batch.h"
#include "engine/x509/crl_entry.h"
#include "tests/index/listed_crl.h"

namespace revstat::test {
namespace {

constexpr Kernel kKernels[] = {Kernel::kScalar, Kernel::kAvx2, Kernel::kAvx512};

// Where a kernel has not written.
constexpr uint32_t kUntouched = 0xdeadbeef;

class KernelTest : public testing::TestWithParam<Kernel> {
 protected:
  void SetUp() override {
    if (!IsAvailable(GetParam()))
      GTEST_SKIP() << NameOf(GetParam()) << " is not available here";
  }

  // Serials of the set and others, with the share of the first in percent.
  static std::vector<SerialNumber> Mixed(const IndexedCrl& indexed,
                                         size_t count, unsigned percent,
                                         std::mt19937_64& random) {
    std::vector<SerialNumber> listed;
    for (const auto& [serial, offset] : indexed.Model())
      listed.push_back(serial);
    std::vector<SerialNumber> serials;
    for (size_t i = 0; i < count; ++i) {
      serials.push_back(!listed.empty() && random() % 100 < percent
                            ? listed[random() % listed.size()]
                            : AnySerial(random));
    }
    return serials;
  }

  static IndexedCrl Make(size_t size, const HashKey& key,
                         std::mt19937_64& random) {
    std::vector<Listed> entries;
    std::set<SerialNumber> serials;
    while (serials.size() < size) serials.insert(AnySerial(random));
    for (const SerialNumber& serial : serials) entries.push_back({serial});
    return IndexedCrl(DerOf(entries), key);
  }

  // What is said of an entry beside where it is.
  static void ExpectReads(const CrlView& crl, const ListedSerial& found) {
    if (found.reason == ListedSerial::kNotRead) return;
    const auto entry = CrlEntryReader::At(crl, found.offset);
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(found.reason, static_cast<uint32_t>(entry->reason));
    EXPECT_EQ(found.revocation_seconds, ToUnix(entry->revocation_date));
  }

  // All three ways to ask this kernel.
  static void ExpectAgrees(const SerialSet& set,
                           const std::vector<SerialNumber>& serials) {
    const size_t count = serials.size();
    std::vector<Probe> probes;
    for (const SerialNumber& serial : serials)
      probes.push_back({&set, &serial});
    std::vector<uint32_t> by_probe(count + 1, kUntouched);
    std::vector<uint32_t> by_column(count + 1, kUntouched);
    FindBatchWith(GetParam(), probes.data(), count, by_probe.data());
    FindBatchWith(GetParam(), set, {serials.data(), sizeof(SerialNumber)},
                  count, by_column.data());
    for (size_t i = 0; i < count; ++i) {
      const uint32_t wanted = set.Find(serials[i]);
      ASSERT_EQ(by_probe[i], wanted) << i << " of " << count;
      ASSERT_EQ(by_column[i], wanted) << i << " of " << count;
      ASSERT_EQ(FindOneBy(GetParam(), set, serials[i]).offset, wanted);
    }
    ASSERT_EQ(by_probe[count], kUntouched);
    ASSERT_EQ(by_column[count], kUntouched);
  }
};

TEST_P(KernelTest, AgreesForEveryBatchSize) {
  std::mt19937_64 random(1);
  const IndexedCrl indexed = Make(5000, TestKey(), random);
  for (size_t count = 0; count <= 200; ++count) {
    ExpectAgrees(indexed.set(), Mixed(indexed, count, 50, random));
  }
}

TEST_P(KernelTest, AgreesForEveryHitRate) {
  std::mt19937_64 random(2);
  const IndexedCrl indexed = Make(20'000, TestKey(), random);
  for (unsigned percent : {0u, 1u, 10u, 50u, 90u, 100u})
    ExpectAgrees(indexed.set(), Mixed(indexed, 20'000, percent, random));
}

TEST_P(KernelTest, ReadsWhatEntriesSay) {
  constexpr ReasonCode kReasons[] = {
      ReasonCode::kAbsent, ReasonCode::kUnspecified, ReasonCode::kKeyCompromise,
      ReasonCode::kCertificateHold, ReasonCode::kAaCompromise};
  std::mt19937_64 random(8);
  std::vector<Listed> entries;
  for (const SerialNumber& serial :
       DrawSerials(SerialKind::kRandom, 16, 3000, random)) {
    entries.push_back({serial, 1 + static_cast<unsigned>(random() % 28),
                       kReasons[random() % std::size(kReasons)]});
  }
  const IndexedCrl indexed(DerOf(entries), TestKey());
  const std::vector<SerialNumber> serials = Mixed(indexed, 2000, 70, random);
  std::vector<ListedSerial> found(serials.size());
  found.resize(FindListedWith(GetParam(), indexed.set(),
                              {serials.data(), sizeof(SerialNumber)},
                              serials.size(), found.data()));
  ASSERT_GT(found.size(), 1000u);
  // In the order of the questions.
  for (size_t k = 1; k < found.size(); ++k)
    ASSERT_LT(found[k - 1].probe, found[k].probe);
  size_t read = 0;
  for (const ListedSerial& each : found) {
    ExpectReads(indexed.crl(), each);
    const ListedSerial alone =
        FindOneBy(GetParam(), indexed.set(), serials[each.probe]);
    EXPECT_EQ(alone.offset, each.offset);
    ExpectReads(indexed.crl(), alone);
    if (each.reason != ListedSerial::kNotRead) ++read;
  }
  EXPECT_GT(read, found.size() * 9 / 10);
}

// What the reader of usual entries, as it is built for all processors, says of
// the serial, where its set finds it.
ListedSerial WithoutKernel(const SerialSet& set, Bytes der,
                           const SerialNumber& serial) {
  ListedSerial listed = {0, set.Find(serial), ListedSerial::kNotRead, 0};
  if (listed.offset == SerialSet::kNotListed) return listed;
  usual_entry::ReadOf(reinterpret_cast<const uint8_t*>(&serial),
                      der.data() + listed.offset, 2,
                      [&](uint32_t reason, int64_t seconds) {
                        listed.reason = reason;
                        listed.revocation_seconds = seconds;
                      });
  return listed;
}

void ExpectSame(const ListedSerial& found, const ListedSerial& wanted) {
  ASSERT_EQ(found.offset, wanted.offset);
  if (wanted.offset == SerialSet::kNotListed) return;
  ASSERT_EQ(found.reason, wanted.reason);
  if (wanted.reason == ListedSerial::kNotRead) return;
  ASSERT_EQ(found.revocation_seconds, wanted.revocation_seconds);
}

TEST_P(KernelTest, ReadsADamagedEntryAsWithoutWideInstructions) {
  std::mt19937_64 random(10);
  int read = 0;
  for (size_t size = 1; size <= SerialNumber::kMaxOctets; ++size) {
    const SerialNumber serial =
        *DrawSerials(SerialKind::kRandom, size, 1, random).begin();
    const IndexedCrl indexed(
        DerOf({{serial, 28,
                size % 2 == 0 ? ReasonCode::kAbsent
                              : ReasonCode::kCertificateHold}}),
        TestKey());
    const Bytes whole = indexed.crl().der();
    Octets der(whole.begin(), whole.end());
    const SerialSet set = *SerialSet::Open(indexed.index_bytes(), der);
    const uint32_t offset = set.Find(serial);
    ASSERT_NE(offset, SerialSet::kNotListed);
    for (size_t i = offset; i < offset + usual_entry::kReadable; ++i) {
      const uint8_t original = der[i];
      for (int value = 0; value < 256; ++value) {
        SCOPED_TRACE(
            Concat({std::to_string(i - offset), " is ", std::to_string(value),
                    ", serial of ", std::to_string(size)}));
        der[i] = static_cast<uint8_t>(value);
        const ListedSerial wanted = WithoutKernel(set, der, serial);
        ExpectSame(FindOneBy(GetParam(), set, serial), wanted);
        ListedSerial found = {};
        const size_t count = FindListedWith(
            GetParam(), set, {&serial, sizeof(SerialNumber)}, 1, &found);
        ASSERT_EQ(count, wanted.offset == SerialSet::kNotListed ? 0u : 1u);
        ExpectSame(found, wanted);
        if (HasFatalFailure()) return;
        read += count == 1 && found.reason != ListedSerial::kNotRead ? 1 : 0;
      }
      der[i] = original;
    }
  }
  EXPECT_GT(read, 20'000);
}

TEST_P(KernelTest, SelectsWhateverMayBeListed) {
  std::mt19937_64 random(9);
  for (const unsigned size : {0u, 1u, 30u, 3000u}) {
    const IndexedCrl indexed = Make(size, TestKey(size), random);
    const SerialSet& set = indexed.set();
    const std::vector<SerialNumber> serials = Mixed(indexed, 1000, 30, random);
    std::vector<LocatedSerial> located;
    for (const SerialNumber& serial : serials) {
      located.push_back(
          Locate(set.head(), KeyedHash(set.key(), serial.Words())));
    }
    std::vector<uint32_t> maybe(serials.size());
    maybe.resize(SelectMaybeWith(GetParam(), located.data(), located.size(),
                                 maybe.data()));
    EXPECT_TRUE(std::is_sorted(maybe.begin(), maybe.end()));
    for (uint32_t i = 0; i < serials.size(); ++i) {
      if (set.Find(serials[i]) == SerialSet::kNotListed) continue;
      EXPECT_TRUE(std::binary_search(maybe.begin(), maybe.end(), i)) << i;
    }
    const auto listed = static_cast<size_t>(std::count_if(
        serials.begin(), serials.end(), [&](const SerialNumber& serial) {
          return set.Find(serial) != SerialSet::kNotListed;
        }));
    EXPECT_LT(maybe.size(), listed + serials.size() / 8) << size;
  }
}

TEST_P(KernelTest, AgreesForSmallSets) {
  std::mt19937_64 random(3);
  for (size_t size = 0; size < 70; ++size) {
    const IndexedCrl indexed = Make(size, TestKey(size), random);
    ExpectAgrees(indexed.set(), Mixed(indexed, 300, 50, random));
  }
}

// Every line overflows: all that a batch looks for is some lines further on.
TEST_P(KernelTest, AgreesUnderAWeakKey) {
  std::mt19937_64 random(4);
  std::vector<Listed> entries;
  const auto serials = DrawSerials(SerialKind::kSequential, 3, 700, random);
  for (const SerialNumber& serial : serials) entries.push_back({serial});
  const IndexedCrl indexed(DerOf(entries), HashKey{});
  ExpectAgrees(indexed.set(), Mixed(indexed, 1000, 50, random));
}

TEST_P(KernelTest, AgreesForTheEmptySet) {
  std::mt19937_64 random(5);
  std::vector<SerialNumber> serials;
  for (int i = 0; i < 100; ++i) serials.push_back(AnySerial(random));
  ExpectAgrees(SerialSet(), serials);
}

TEST_P(KernelTest, AgreesForProbesOfManySets) {
  std::mt19937_64 random(6);
  std::deque<IndexedCrl> sets;
  std::vector<std::pair<const SerialSet*, SerialNumber>> questions;
  const SerialSet empty;
  for (size_t i = 0; i < 40; ++i) {
    sets.push_back(Make(i * i, TestKey(i), random));
    for (const SerialNumber& serial : Mixed(sets.back(), 50, 50, random)) {
      questions.emplace_back(&sets.back().set(), serial);
      questions.emplace_back(&empty, serial);
    }
  }
  std::shuffle(questions.begin(), questions.end(), random);
  std::vector<Probe> probes;
  for (const auto& [set, serial] : questions) probes.push_back({set, &serial});
  std::vector<uint32_t> offsets(probes.size());
  FindBatchWith(GetParam(), probes.data(), probes.size(), offsets.data());
  for (size_t i = 0; i < probes.size(); ++i)
    ASSERT_EQ(offsets[i], probes[i].set->Find(*probes[i].serial));
}

TEST_P(KernelTest, ReadsSerialsAtAnyDistance) {
  struct Wide {
    SerialNumber serial;
    uint64_t other[3] = {1, 2, 3};
  };
  std::mt19937_64 random(7);
  const IndexedCrl indexed = Make(1000, TestKey(), random);
  std::vector<Wide> wide;
  for (const SerialNumber& serial : Mixed(indexed, 500, 50, random))
    wide.push_back({serial});
  std::vector<uint32_t> offsets(wide.size());
  FindBatchWith(GetParam(), indexed.set(), {&wide[0].serial, sizeof(Wide)},
                wide.size(), offsets.data());
  for (size_t i = 0; i < wide.size(); ++i)
    ASSERT_EQ(offsets[i], indexed.set().Find(wide[i].serial));
}

INSTANTIATE_TEST_SUITE_P(All, KernelTest, testing::ValuesIn(kKernels),
                         [](const auto& info) {
                           return std::string(NameOf(info.param));
                         });

TEST(Kernel, BestIsAvailable) {
  EXPECT_TRUE(IsAvailable(BestKernel()));
  EXPECT_TRUE(IsAvailable(Kernel::kScalar));
}

}  // namespace
}  // namespace revstat::test
