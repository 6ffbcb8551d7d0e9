// SerialFilter: yes of every serial that is listed, and mostly no of others.
#include "engine/index/serial_filter.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/index/listed_crl.h"

namespace revstat::test {
namespace {

struct Asked {
  uint32_t other;  // serials stand in larger keys
  SerialNumber serial;
};

std::vector<uint32_t> Select(const SerialFilter& filter,
                             const std::vector<Asked>& asked) {
  std::vector<uint32_t> maybe(asked.size());
  maybe.resize(filter.Select({&asked.front().serial, sizeof(Asked)},
                             asked.size(), maybe.data()));
  return maybe;
}

TEST(SerialFilter, LetsThroughEveryListedSerialAndFewOthers) {
  std::mt19937_64 random(7);
  for (const size_t size : std::array<size_t, 6>{0, 1, 2, 100, 1000, 5000}) {
    std::set<SerialNumber> listed;
    while (listed.size() < size) listed.insert(AnySerial(random));
    std::vector<Listed> entries;
    for (const SerialNumber& serial : listed) entries.push_back({serial});
    const IndexedCrl crl(DerOf(entries), TestKey(size));
    const SerialFilter filter(crl.set());
    std::vector<Asked> asked;
    for (const SerialNumber& serial : listed) asked.push_back({~0u, serial});
    EXPECT_EQ(asked.empty() ? 0 : Select(filter, asked).size(), size);

    constexpr size_t kOthers = 20'000;
    asked.clear();
    while (asked.size() < kOthers) {
      const SerialNumber serial = AnySerial(random);
      if (!listed.contains(serial)) asked.push_back({~0u, serial});
    }
    const std::vector<uint32_t> maybe = Select(filter, asked);
    EXPECT_LT(maybe.size(), kOthers / 16) << size;
    EXPECT_TRUE(std::is_sorted(maybe.begin(), maybe.end()));
    if (size == 0) {
      EXPECT_TRUE(maybe.empty());
    }
  }
}

}  // namespace
}  // namespace revstat::test
