// SerialSet::Open on damaged bytes: refused, or wrong answers, but never a read
// outside the index and the DER, both of which are in memory of exactly their
// size here (run under AddressSanitizer).
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "engine/index/find_batch.h"
#include "tests/index/listed_crl.h"

namespace revstat::test {
namespace {

IndexedCrl Make(size_t size, const HashKey& key = TestKey()) {
  std::mt19937_64 random(1);
  std::vector<Listed> entries;
  for (const SerialNumber& serial :
       DrawSerials(SerialKind::kRandom, 16, size, random)) {
    entries.push_back({serial});
  }
  return IndexedCrl(DerOf(entries), key);
}

// Looks up what is listed and what is not, in every way there is. Answers that
// are not "not listed" point into the DER.
void LookUpAll(const SerialSet& set, const IndexedCrl& indexed) {
  std::mt19937_64 random(2);
  std::vector<SerialNumber> serials;
  for (const auto& [serial, offset] : indexed.Model())
    serials.push_back(serial);
  for (int i = 0; i < 100; ++i) serials.push_back(AnySerial(random));
  std::vector<uint32_t> offsets(serials.size());
  for (Kernel kernel : {Kernel::kScalar, Kernel::kAvx2, Kernel::kAvx512}) {
    if (!IsAvailable(kernel)) continue;
    FindBatchWith(kernel, set, {serials.data(), sizeof(SerialNumber)},
                  serials.size(), offsets.data());
    for (size_t i = 0; i < serials.size(); ++i) {
      ASSERT_LT(offsets[i], indexed.crl().der().size());
      ASSERT_EQ(FindOneBy(kernel, set, serials[i]).offset, offsets[i]);
      ASSERT_EQ(set.Find(serials[i]), offsets[i]);
    }
  }
}

TEST(DamagedIndex, UndamagedOpens) {
  const IndexedCrl indexed = Make(1000);
  const IndexCopy copy(indexed.index_bytes());
  const auto set = SerialSet::Open(copy.bytes(), indexed.crl().der());
  ASSERT_TRUE(set.ok());
  LookUpAll(*set, indexed);
}

TEST(DamagedIndex, EveryTruncationIsRefused) {
  const IndexedCrl indexed = Make(100);
  const Bytes index = indexed.index_bytes();
  for (size_t size = 0; size < index.size(); ++size) {
    const IndexCopy copy(index, size);
    EXPECT_EQ(CodeOf(SerialSet::Open(copy.bytes(), indexed.crl().der())),
              ErrorCode::kBadIndex)
        << size;
  }
}

TEST(DamagedIndex, UnalignedIsRefused) {
  const IndexedCrl indexed = Make(10);
  IndexCopy copy(indexed.index_bytes(), indexed.index_bytes().size() + 8);
  EXPECT_EQ(
      CodeOf(SerialSet::Open(copy.bytes().subspan(8), indexed.crl().der())),
      ErrorCode::kBadIndex);
}

TEST(DamagedIndex, WrongHeaderFieldsAreRefused) {
  const IndexedCrl indexed = Make(1000);
  const auto code_after = [&](std::function<void(SerialSetHeader&)> change) {
    IndexCopy copy(indexed.index_bytes());
    change(copy.header());
    copy.SealHeader();
    return CodeOf(SerialSet::Open(copy.bytes(), indexed.crl().der()));
  };
  using Header = SerialSetHeader;
  EXPECT_EQ(code_after([](Header&) {}), ErrorCode::kOk);
  const std::function<void(Header&)> changes[] = {
      [](Header& header) { header.magic ^= 1; },
      [](Header& header) { header.line_count += 1000; },
      [](Header& header) { header.line_count = ~uint64_t{0}; },
      [](Header& header) { header.line_count = uint64_t{1} << 58; },
      [](Header& header) { header.line_count = 0; },
      [](Header& header) { header.bucket_count = 0; },
      [](Header& header) { header.bucket_count = header.line_count + 1; },
      [](Header& header) { header.bucket_count = ~uint64_t{0}; },
      [](Header& header) { header.entry_count += 1'000'000; },
      [](Header& header) { header.entry_count = uint64_t{1} << 62; },
      [](Header& header) { header.partition_bits = 17; },
      [](Header& header) { header.partition_bits = ~uint32_t{0}; },
  };
  for (const auto& change : changes)
    EXPECT_EQ(code_after(change), ErrorCode::kBadIndex) << &change - changes;
}

TEST(DamagedIndex, EachFlippedBitOfTheHeaderIsRefused) {
  const IndexedCrl indexed = Make(3);
  for (size_t bit = 0; bit < 8 * sizeof(SerialSetHeader); ++bit) {
    IndexCopy copy(indexed.index_bytes());
    copy.data()[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    EXPECT_EQ(CodeOf(SerialSet::Open(copy.bytes(), indexed.crl().der())),
              ErrorCode::kBadIndex)
        << bit;
  }
}

// Values that pass for right: the answers are wrong, the reads are not.
TEST(DamagedIndex, PlausibleHeadersReadNothingOutside) {
  const IndexedCrl indexed = Make(1000);
  const std::function<void(SerialSetHeader&)> changes[] = {
      [](SerialSetHeader& header) { header.key.words[0] ^= 1; },
      [](SerialSetHeader& header) { header.partition_bits = 16; },
      [](SerialSetHeader& header) { header.bucket_count = 1; },
      [](SerialSetHeader& header) { header.entry_count = 1; },
      [](SerialSetHeader& header) { header.line_count = header.bucket_count; },
  };
  for (const auto& change : changes) {
    IndexCopy copy(indexed.index_bytes());
    change(copy.header());
    copy.SealHeader();
    const auto set = SerialSet::Open(copy.bytes(), indexed.crl().der());
    ASSERT_TRUE(set.ok());
    LookUpAll(*set, indexed);
  }
}

TEST(DamagedIndex, DamagedPlanesReadNothingOutside) {
  std::mt19937_64 random(3);
  const IndexedCrl indexed = Make(500);
  const size_t begin = sizeof(SerialSetHeader);
  const size_t end = indexed.index_bytes().size();
  for (int round = 0; round < 200; ++round) {
    IndexCopy copy(indexed.index_bytes());
    // From one flipped bit to planes of noise.
    const size_t changes = size_t{1} << (round % 14);
    for (size_t i = 0; i < changes; ++i)
      copy.data()[begin + random() % (end - begin)] ^=
          static_cast<uint8_t>(1u << random() % 8);
    const auto set = SerialSet::Open(copy.bytes(), indexed.crl().der());
    ASSERT_TRUE(set.ok());
    LookUpAll(*set, indexed);
  }
}

TEST(DamagedIndex, AllOnesReadNothingOutside) {
  const IndexedCrl indexed = Make(500);
  IndexCopy copy(indexed.index_bytes());
  std::fill(copy.data() + sizeof(SerialSetHeader),
            copy.data() + copy.bytes().size(), uint8_t{0xff});
  const auto set = SerialSet::Open(copy.bytes(), indexed.crl().der());
  ASSERT_TRUE(set.ok());
  LookUpAll(*set, indexed);
}

// The index of one CRL beside the DER of another, shorter one.
TEST(DamagedIndex, AnotherCrlsDerReadsNothingOutside) {
  const IndexedCrl indexed = Make(500);
  for (size_t other_size : std::vector<size_t>{0, 1, 5, 100}) {
    const IndexedCrl other = Make(other_size);
    const auto set = SerialSet::Open(indexed.index_bytes(), other.crl().der());
    ASSERT_TRUE(set.ok());
    std::mt19937_64 random(4);
    for (const auto& [serial, offset] : indexed.Model())
      EXPECT_LT(set->Find(serial), other.crl().der().size());
  }
}

}  // namespace
}  // namespace revstat::test
