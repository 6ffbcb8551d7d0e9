#include "engine/index/serial_set_builder.h"

#include <algorithm>
#include <bit>
#include <bitset>
#include <utility>

#include "engine/x509/crl_entry.h"

namespace revstat {
namespace {

// Entries a line on average. Fuller lines overflow more often and cost a second
// line; bench/README.md has the figures for other fills.
constexpr double kFill = 25.2;

// A partition of this many records is sorted inside the L2 cache.
constexpr uint64_t kPartitionRecords = 16384;
constexpr uint32_t kMaxPartitionBits = 32 - kPositionBits - 4;
constexpr size_t kSlabSize = size_t{8} << 20;

uint32_t PartitionBitsFor(uint64_t entries) {
  const auto bits =
      static_cast<uint32_t>(std::bit_width(entries / kPartitionRecords));
  return std::min(bits, kMaxPartitionBits);
}

// Which of two entries of one serial binds: the higher rank.
int Strictness(ReasonCode reason) {
  switch (reason) {
    case ReasonCode::kRemoveFromCrl:
      return 0;
    case ReasonCode::kCertificateHold:
      return 1;
    default:
      return 2;
  }
}

bool IsStricter(const CrlEntry& a, const CrlEntry& b) {
  if (Strictness(a.reason) != Strictness(b.reason)) {
    return Strictness(a.reason) > Strictness(b.reason);
  }
  return a.revocation_date < b.revocation_date;
}

}  // namespace

// Writes lines and offsets from the first bucket to the last. What a line has
// no room for is carried to the lines behind it.
class SerialSetBuilder::Layout {
 public:
  // `lines` and `offsets` are zeroed and have room for `line_count` lines and
  // for every record.
  Layout(const CrlView& crl, uint32_t partition_bits, uint64_t bucket_count,
         SerialSetLine* lines, uint64_t line_count, uint32_t* offsets)
      : crl_(crl),
        bits_(partition_bits + kPositionBits),
        bucket_count_(bucket_count),
        lines_(lines),
        line_count_(line_count),
        offsets_(offsets) {}

  void AddPartition(uint64_t partition, const Chunk* last);

  enum class Outcome { kDone, kTooFewLines };
  // Ends the last bucket and places what is still carried.
  Outcome Finish();

  uint64_t entry_count() const { return entry_count_; }
  uint64_t duplicates() const { return duplicates_; }

 private:
  struct Item {
    uint16_t fingerprint;
    uint32_t offset;
  };

  uint64_t BucketOf(uint64_t position) const {
    return position * bucket_count_ >> bits_;
  }
  void SortByBucket(uint64_t partition, const Chunk* last);
  void AddItem(Item item);
  bool IsDuplicate(Item item);
  void EndLine();

  const CrlView& crl_;
  const uint32_t bits_;
  const uint64_t bucket_count_;
  SerialSetLine* const lines_;
  const uint64_t line_count_;
  uint32_t* const offsets_;
  uint64_t line_ = 0;        // the open one
  std::vector<Item> items_;  // to be placed on the open line or behind it
  size_t carried_ = 0;       // so many of them come from buckets before
  std::bitset<1024> seen_;   // fingerprints of the open bucket, by low bits
  uint64_t entry_count_ = 0;
  uint64_t duplicates_ = 0;
  std::vector<Item> sorted_;  // of one partition
  std::vector<uint32_t> ends_;
};

// A counting sort: the buckets of a partition are few and known.
void SerialSetBuilder::Layout::SortByBucket(uint64_t partition,
                                            const Chunk* last) {
  const uint64_t base = partition << kPositionBits;
  const uint64_t first = BucketOf(base);
  const auto bucket_of = [&](Record record) {
    return static_cast<size_t>(BucketOf(base + (record.hash >> 16)) - first);
  };
  ends_.assign(BucketOf(base + UINT16_MAX) - first + 2, 0);
  size_t count = 0;
  for (const Chunk* chunk = last; chunk != nullptr; chunk = chunk->previous) {
    for (size_t i = 0; i < chunk->size; ++i) {
      ++ends_[bucket_of(chunk->records[i]) + 1];
    }
    count += chunk->size;
  }
  for (size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
  sorted_.resize(count);
  for (const Chunk* chunk = last; chunk != nullptr; chunk = chunk->previous) {
    for (size_t i = 0; i < chunk->size; ++i) {
      const Record record = chunk->records[i];
      const auto fingerprint = static_cast<uint16_t>(record.hash);
      sorted_[ends_[bucket_of(record)]++] = {
          fingerprint == 0 ? uint16_t{1} : fingerprint, record.offset};
    }
  }
}

void SerialSetBuilder::Layout::AddPartition(uint64_t partition,
                                            const Chunk* last) {
  if (last == nullptr) return;
  SortByBucket(partition, last);
  const uint64_t first = BucketOf(partition << kPositionBits);
  size_t begin = 0;
  for (size_t i = 0; i + 1 < ends_.size(); ++i) {
    while (line_ < first + i) EndLine();
    for (size_t k = begin; k < ends_[i]; ++k) AddItem(sorted_[k]);
    begin = ends_[i];
  }
}

void SerialSetBuilder::Layout::AddItem(Item item) {
  const size_t bit = item.fingerprint % seen_.size();
  if (seen_[bit] && IsDuplicate(item)) return;
  seen_[bit] = true;
  items_.push_back(item);
}

// Looks for an entry of the same serial in the open bucket; if there is one,
// the stricter of the two takes its place.
bool SerialSetBuilder::Layout::IsDuplicate(Item item) {
  for (size_t i = carried_; i < items_.size(); ++i) {
    if (items_[i].fingerprint != item.fingerprint) continue;
    const auto kept = CrlEntryReader::At(crl_, items_[i].offset);
    const auto added = CrlEntryReader::At(crl_, item.offset);
    if (!kept.has_value() || !added.has_value() ||
        kept->serial != added->serial) {
      continue;
    }
    if (IsStricter(*added, *kept)) items_[i].offset = item.offset;
    ++duplicates_;
    return true;
  }
  return false;
}

void SerialSetBuilder::Layout::EndLine() {
  const size_t placed = std::min<size_t>(items_.size(), SerialSetLine::kSlots);
  SerialSetLine& line = lines_[line_];
  line.rank = static_cast<uint32_t>(entry_count_);
  for (size_t i = 0; i < placed; ++i) {
    line.fingerprint[i] = items_[i].fingerprint;
    offsets_[entry_count_++] = items_[i].offset;
  }
  for (size_t i = placed; i < items_.size(); ++i) {
    line.overflow |= OverflowBit(items_[i].fingerprint);
  }
  items_.erase(items_.begin(), items_.begin() + static_cast<ptrdiff_t>(placed));
  carried_ = items_.size();
  seen_.reset();
  ++line_;
}

SerialSetBuilder::Layout::Outcome SerialSetBuilder::Layout::Finish() {
  while (line_ < line_count_) EndLine();
  return items_.empty() ? Outcome::kDone : Outcome::kTooFewLines;
}

SerialSetBuilder::SerialSetBuilder(const HashKey& key,
                                   uint64_t expected_entries)
    : key_(key),
      partition_bits_(PartitionBitsFor(expected_entries)),
      last_(size_t{1} << partition_bits_) {}

SerialSetBuilder::Chunk* SerialSetBuilder::NewChunk(Chunk* previous) {
  if (slabs_.empty() || slab_used_ + sizeof(Chunk) > slabs_.back().size()) {
    // A small set does not deserve a huge page.
    const size_t enough = (size_t{1} << partition_bits_) * sizeof(Chunk);
    slabs_.emplace_back(slabs_.empty() ? std::min(enough, kSlabSize)
                                       : kSlabSize);
    slab_used_ = 0;
  }
  auto* chunk = reinterpret_cast<Chunk*>(slabs_.back().data() + slab_used_);
  slab_used_ += sizeof(Chunk);
  chunk->previous = previous;
  chunk->size = 0;
  return chunk;
}

SerialSetBuilder::Result SerialSetBuilder::Build(const CrlView& crl) && {
  const auto bucket_count =
      static_cast<uint64_t>(static_cast<double>(added_) / kFill) + 1;
  // The last buckets may overflow past the last line. A handful of lines is
  // enough unless the hash is broken; then it takes as many as it takes.
  for (uint64_t spare = std::min<uint64_t>(bucket_count - 1, 4);;
       spare = 2 * spare + 1) {
    const uint64_t line_count = bucket_count + spare;
    const size_t planes =
        sizeof(SerialSetHeader) + line_count * sizeof(SerialSetLine);
    Result result{HugeMemory(planes + added_ * sizeof(uint32_t))};
    uint8_t* start = result.index.data();
    auto* header = reinterpret_cast<SerialSetHeader*>(start);
    Layout layout(
        crl, partition_bits_, bucket_count,
        reinterpret_cast<SerialSetLine*>(start + sizeof(SerialSetHeader)),
        line_count, reinterpret_cast<uint32_t*>(start + planes));
    for (size_t i = 0; i < last_.size(); ++i) layout.AddPartition(i, last_[i]);
    if (layout.Finish() == Layout::Outcome::kTooFewLines) continue;
    *header = {.magic = SerialSetHeader::kMagic,
               .line_count = line_count,
               .bucket_count = bucket_count,
               .entry_count = layout.entry_count(),
               .key = key_,
               .partition_bits = partition_bits_,
               .reserved = {}};
    result.duplicates = layout.duplicates();
    return result;
  }
}

}  // namespace revstat
