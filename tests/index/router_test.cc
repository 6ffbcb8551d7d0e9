// SerialRouter against asking every part, for every kernel.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "engine/index/serial_router.h"
#include "tests/index/listed_crl.h"

namespace revstat::test {
namespace {

constexpr Kernel kKernels[] = {Kernel::kScalar, Kernel::kAvx2, Kernel::kAvx512};

using Pairs = std::vector<std::pair<uint32_t, uint32_t>>;

// Parts of random size; some serials are in several.
class Parts {
 public:
  Parts(size_t count, size_t most, std::mt19937_64& random) {
    std::vector<SerialNumber> shared;
    for (int i = 0; i < 20; ++i) shared.push_back(AnySerial(random));
    for (size_t i = 0; i < count; ++i) {
      std::set<SerialNumber> serials;
      for (size_t left = random() % (most + 1); left > 0; --left) {
        serials.insert(random() % 4 == 0 ? shared[random() % shared.size()]
                                         : AnySerial(random));
      }
      std::vector<Listed> entries;
      for (const SerialNumber& serial : serials) entries.push_back({serial});
      crls_.emplace_back(DerOf(entries), TestKey(i));
      sets_.push_back(&crls_.back().set());
      serials_.insert(serials_.end(), serials.begin(), serials.end());
    }
    for (int i = 0; i < 200; ++i) serials_.push_back(AnySerial(random));
    std::shuffle(serials_.begin(), serials_.end(), random);
  }

  std::span<const SerialSet* const> sets() const { return sets_; }
  const std::vector<SerialNumber>& serials() const { return serials_; }
  Pairs Expected() const {
    Pairs pairs;
    for (uint32_t i = 0; i < serials_.size(); ++i) {
      for (uint32_t part = 0; part < sets_.size(); ++part) {
        if (sets_[part]->Find(serials_[i]) != SerialSet::kNotListed)
          pairs.emplace_back(i, part);
      }
    }
    return pairs;
  }

 private:
  std::deque<IndexedCrl> crls_;
  std::vector<const SerialSet*> sets_;
  std::vector<SerialNumber> serials_;
};

size_t Route(const SerialRouter& router, Kernel kernel,
             std::span<const SerialNumber> serials,
             std::vector<RoutedSerial>* found) {
  return router.FindRoutedWith(kernel, {serials.data(), sizeof(SerialNumber)},
                               serials.size(), found->data(), found->size());
}

void ExpectLeadsToAll(const Parts& parts, const HashKey& key,
                      size_t most_in_vain) {
  const auto router = SerialRouter::Build(parts.sets(), key);
  const Pairs expected = parts.Expected();
  for (Kernel kernel : kKernels) {
    if (!IsAvailable(kernel)) continue;
    SCOPED_TRACE(NameOf(kernel));
    std::vector<RoutedSerial> found(parts.serials().size() * 64);
    const size_t count = Route(*router, kernel, parts.serials(), &found);
    ASSERT_NE(count, kTooManyRouted);
    Pairs pairs;
    for (size_t k = 0; k < count; ++k) {
      ASSERT_LT(found[k].part, parts.sets().size());
      ASSERT_TRUE(k == 0 || found[k - 1].probe <= found[k].probe);
      pairs.emplace_back(found[k].probe, found[k].part);
    }
    std::sort(pairs.begin(), pairs.end());
    EXPECT_TRUE(std::includes(pairs.begin(), pairs.end(), expected.begin(),
                              expected.end()));
    EXPECT_LE(pairs.size(), expected.size() + most_in_vain);
  }
}

TEST(SerialRouter, LeadsToEveryPartThatListsASerial) {
  std::mt19937_64 random(1);
  for (size_t count : {0u, 1u, 2u, 7u, 40u}) {
    for (size_t most : {0u, 3u, 40u, 400u}) {
      const Parts parts(count, most, random);
      // Four in a thousand, and chance.
      ExpectLeadsToAll(parts, TestKey(count),
                       parts.serials().size() / 100 + 10);
    }
  }
}

// All fingerprints are alike: everything overflows, and everything is led to.
TEST(SerialRouter, LosesNothingUnderAWeakKey) {
  std::mt19937_64 random(2);
  const Parts parts(3, 60, random);
  const auto router = SerialRouter::Build(parts.sets(), HashKey{});
  const Pairs expected = parts.Expected();
  for (Kernel kernel : kKernels) {
    if (!IsAvailable(kernel)) continue;
    std::vector<RoutedSerial> found(parts.serials().size() * 400);
    const size_t count = Route(*router, kernel, parts.serials(), &found);
    ASSERT_NE(count, kTooManyRouted);
    Pairs pairs;
    for (size_t k = 0; k < count; ++k)
      pairs.emplace_back(found[k].probe, found[k].part);
    std::sort(pairs.begin(), pairs.end());
    EXPECT_TRUE(std::includes(pairs.begin(), pairs.end(), expected.begin(),
                              expected.end()));
  }
}

TEST(SerialRouter, AnswersForEveryBatchSize) {
  std::mt19937_64 random(3);
  const Parts parts(9, 300, random);
  const auto router = SerialRouter::Build(parts.sets(), TestKey());
  const Pairs expected = parts.Expected();
  for (Kernel kernel : kKernels) {
    if (!IsAvailable(kernel)) continue;
    for (size_t size = 0; size <= 200; ++size) {
      std::vector<RoutedSerial> found(20 * size + 1);
      const auto some = std::span(parts.serials()).first(size);
      const size_t count = Route(*router, kernel, some, &found);
      Pairs pairs;
      for (size_t k = 0; k < count; ++k)
        pairs.emplace_back(found[k].probe, found[k].part);
      std::sort(pairs.begin(), pairs.end());
      const auto end = std::lower_bound(expected.begin(), expected.end(),
                                        std::pair(uint32_t(size), 0u));
      ASSERT_TRUE(
          std::includes(pairs.begin(), pairs.end(), expected.begin(), end));
    }
  }
}

TEST(SerialRouter, SaysWhereThereIsNoRoom) {
  std::mt19937_64 random(4);
  const Parts parts(9, 300, random);
  const auto router = SerialRouter::Build(parts.sets(), TestKey());
  for (Kernel kernel : kKernels) {
    if (!IsAvailable(kernel)) continue;
    std::vector<RoutedSerial> found(1 << 16);
    const size_t count = Route(*router, kernel, parts.serials(), &found);
    found.resize(count);
    EXPECT_EQ(Route(*router, kernel, parts.serials(), &found), count);
    found.resize(count - 1);
    EXPECT_EQ(Route(*router, kernel, parts.serials(), &found), kTooManyRouted);
    found.clear();
    EXPECT_EQ(Route(*router, kernel, parts.serials(), &found), kTooManyRouted);
  }
}

}  // namespace
}  // namespace revstat::test
