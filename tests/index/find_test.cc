// Random sets of serials: every kernel, single and in batches, against the
// reference Find and a std::map model.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "engine/base/error.h"
#include "engine/index/find_batch.h"
#include "engine/index/serial_set_builder.h"
#include "engine/x509/crl_entry.h"
#include "tests/index/listed_crl.h"
#include "tests/support/crl_text.h"

namespace revstat::test {
namespace {

constexpr Kernel kKernels[] = {Kernel::kScalar, Kernel::kAvx2, Kernel::kAvx512};

// A set over a CRL of random entries, and what it must answer.
struct Model {
  Octets der;
  CrlView crl;
  HugeMemory index;
  SerialSet set;
  std::map<SerialNumber, uint32_t> offsets;
};

SerialNumber RandomSerial(std::mt19937& random, size_t max_octets) {
  Octets content(1 + random() % max_octets);
  for (uint8_t& octet : content) octet = static_cast<uint8_t>(random());
  content[0] = static_cast<uint8_t>(1 + content[0] % 0x7f);
  return *SerialNumber::FromContent(content);
}

std::unique_ptr<Model> MakeModel(uint32_t seed, size_t size, size_t max_octets,
                                 const HashKey& key) {
  std::mt19937 random(seed);
  auto model = std::make_unique<Model>();
  CrlText text;
  text.entries.clear();
  for (size_t i = 0; i < size; ++i) {
    const SerialNumber serial = RandomSerial(random, max_octets);
    if (!model->offsets.emplace(serial, 0).second) continue;
    const Bytes content = serial.content();
    text.entries.push_back(
        Entry(Tlv(der::kInteger, {content.begin(), content.end()})));
  }
  model->der = text.Der();
  model->crl = *CrlView::Parse(Bytes(model->der));
  SerialSetBuilder builder(key, size);
  CrlEntryReader reader(model->crl);
  while (reader.Next()) {
    builder.Add(reader.entry().serial.Words(), reader.entry().offset);
    model->offsets[reader.entry().serial] = reader.entry().offset;
  }
  auto built = std::move(builder).Build(model->crl);
  EXPECT_EQ(built.duplicates, 0u);
  model->index = std::move(built.index);
  const auto set = SerialSet::Open(model->index.bytes(), model->crl.der());
  EXPECT_TRUE(set.ok()) << set.status();
  model->set = *set;
  return model;
}

uint32_t Expected(const Model& model, const SerialNumber& serial) {
  const auto found = model.offsets.find(serial);
  return found == model.offsets.end() ? SerialSet::kNotListed : found->second;
}

void ExpectAllKernelsAgree(const Model& model,
                           const std::vector<SerialNumber>& serials) {
  std::vector<uint32_t> expected;
  std::vector<Probe> probes;
  for (const SerialNumber& serial : serials) {
    expected.push_back(Expected(model, serial));
    probes.push_back({&model.set, &serial});
    ASSERT_EQ(model.set.Find(serial), expected.back()) << serial.ToText();
  }
  for (const Kernel kernel : kKernels) {
    if (!IsAvailable(kernel)) continue;
    SCOPED_TRACE(NameOf(kernel));
    std::vector<uint32_t> offsets(serials.size());
    FindBatchWith(kernel, probes.data(), probes.size(), offsets.data());
    EXPECT_EQ(offsets, expected);
    std::fill(offsets.begin(), offsets.end(), 1);
    FindBatchWith(kernel, model.set, {serials.data(), sizeof(SerialNumber)},
                  serials.size(), offsets.data());
    EXPECT_EQ(offsets, expected);
    for (size_t i = 0; i < serials.size(); ++i) {
      ASSERT_EQ(FindOneBy(kernel, model.set, serials[i]).offset, expected[i]);
    }
  }
}

// Listed and unlisted serials in random order.
std::vector<SerialNumber> Mixed(const Model& model, uint32_t seed,
                                size_t max_octets) {
  std::mt19937 random(seed);
  std::vector<SerialNumber> serials;
  for (const auto& [serial, offset] : model.offsets) {
    serials.push_back(serial);
    serials.push_back(RandomSerial(random, max_octets));
  }
  for (int i = 0; i < 200; ++i)
    serials.push_back(RandomSerial(random, max_octets));
  std::shuffle(serials.begin(), serials.end(), random);
  return serials;
}

TEST(Find, AgreesWithTheModelForEverySize) {
  HashKey key;
  uint64_t word = 0x9e3779b97f4a7c15;
  for (uint64_t& part : key.words) part = word *= 0xd1342543de82ef95;
  for (const size_t size :
       {0u, 1u, 2u, 24u, 25u, 26u, 29u, 30u, 58u, 100u, 1000u, 50000u}) {
    for (const size_t max_octets : {2u, 16u, 20u}) {
      SCOPED_TRACE(size);
      const auto model = MakeModel(static_cast<uint32_t>(size + max_octets),
                                   size, max_octets, key);
      ExpectAllKernelsAgree(*model, Mixed(*model, 5, max_octets));
    }
  }
}

// With a key of zeros the hash is bad: lines overflow far and the layout needs
// more of them than usual. Slower, and still exact.
TEST(Find, AgreesWithTheModelUnderABrokenHash) {
  for (const size_t size : {1u, 30u, 500u, 3000u}) {
    SCOPED_TRACE(size);
    const auto model =
        MakeModel(static_cast<uint32_t>(size), size, 8, HashKey{});
    ExpectAllKernelsAgree(*model, Mixed(*model, 6, 8));
  }
}

TEST(Find, BatchesOfEverySizeAndOfSeveralSets) {
  const auto first = MakeModel(1, 500, 16, HashKey::Random());
  const auto second = MakeModel(2, 3, 16, HashKey::Random());
  const SerialSet empty;
  std::vector<SerialNumber> serials = Mixed(*first, 7, 16);
  for (const auto& [serial, offset] : second->offsets)
    serials.push_back(serial);
  for (const Kernel kernel : kKernels) {
    if (!IsAvailable(kernel)) continue;
    SCOPED_TRACE(NameOf(kernel));
    for (size_t size = 0; size <= 300; ++size) {
      std::vector<Probe> probes;
      for (size_t i = 0; i < size; ++i) {
        const SerialSet* sets[] = {&first->set, &second->set, &empty};
        probes.push_back(
            {sets[i % 3], &serials[(i * 7 + size) % serials.size()]});
      }
      std::vector<uint32_t> offsets(size, 1);
      FindBatchWith(kernel, probes.data(), size, offsets.data());
      for (size_t i = 0; i < size; ++i) {
        ASSERT_EQ(offsets[i], probes[i].set->Find(*probes[i].serial))
            << i << " of " << size;
      }
    }
  }
}

TEST(Open, RefusesSizesThatDoNotAgree) {
  const auto model = MakeModel(1, 100, 16, HashKey::Random());
  const Bytes index = model->index.bytes();
  const auto code_of = [&](Bytes bytes) {
    return ErrorCodeOf(SerialSet::Open(bytes, model->crl.der()).status());
  };
  EXPECT_EQ(code_of(index), ErrorCode::kOk);
  EXPECT_EQ(code_of({}), ErrorCode::kBadIndex);
  EXPECT_EQ(code_of(index.first(64)), ErrorCode::kBadIndex);
  EXPECT_EQ(code_of(index.first(192)), ErrorCode::kBadIndex);
  // magic, line_count, bucket_count, entry_count, partition_bits
  for (const size_t field : {0u, 8u, 16u, 24u, 80u}) {
    HugeMemory damaged(index.size());
    std::memcpy(damaged.data(), index.data(), index.size());
    std::memset(damaged.data() + field, 0xff, 4);
    std::memset(damaged.data() + field + 4, field == 80 ? 0 : 0xff, 4);
    EXPECT_EQ(code_of(damaged.bytes()), ErrorCode::kBadIndex) << field;
  }
}

// Whatever the planes hold, no read leaves index and DER: AddressSanitizer and
// the exact copies would tell.
TEST(Find, DamagedPlanesAreReadInBounds) {
  const auto model = MakeModel(3, 2000, 16, HashKey::Random());
  const std::vector<SerialNumber> serials = Mixed(*model, 8, 16);
  std::mt19937 random(9);
  for (int round = 0; round < 50; ++round) {
    HugeMemory damaged(model->index.size());
    std::memcpy(damaged.data(), model->index.bytes().data(), damaged.size());
    for (int i = 0; i < 2000; ++i) {
      const size_t at = sizeof(SerialSetHeader) +
                        random() % (damaged.size() - sizeof(SerialSetHeader));
      damaged.data()[at] = static_cast<uint8_t>(random());
    }
    const auto set = SerialSet::Open(damaged.bytes(), model->crl.der());
    ASSERT_TRUE(set.ok());
    std::vector<uint32_t> offsets(serials.size());
    for (const Kernel kernel : kKernels) {
      if (!IsAvailable(kernel)) continue;
      FindBatchWith(kernel, *set, {serials.data(), sizeof(SerialNumber)},
                    serials.size(), offsets.data());
      for (size_t i = 0; i < serials.size(); ++i)
        ASSERT_EQ(offsets[i], set->Find(serials[i]));
    }
  }
}

}  // namespace
}  // namespace revstat::test
