#include "engine/index/serial_set_builder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "engine/x509/crl_entry.h"

namespace revstat {
namespace {

// Entries a line on average. Fuller lines overflow more often and cost a second
// line; bench/README.md has the figures for other fills.
constexpr double kFill = 22.5;

// A partition of this many records is sorted inside the L2 cache.
constexpr uint64_t kPartitionRecords = 65536;
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

struct SerialSetBuilder::Records {
  Record* end;  // as in ends_: a chunk's end, or inside one; null for none

  // Calls visit(Record) for each.
  template <class Visit>
  void ForEach(Visit&& visit) const {
    const Record* last = end;
    while (last != nullptr) {
      // A full chunk's end is the next one's start.
      const auto* chunk = reinterpret_cast<const Chunk*>(
          (reinterpret_cast<uintptr_t>(last) - 1) & ~(sizeof(Chunk) - 1));
      for (const Record* record = chunk->records; record != last; ++record)
        visit(*record);
      last = chunk->previous == nullptr
                 ? nullptr
                 : chunk->previous->records + Chunk::kRecords;
    }
  }
};

// Fingerprints and offsets side by side, as the lines and the plane want them.
struct SerialSetBuilder::Items {
  std::vector<uint16_t> fingerprints;
  std::vector<uint32_t> offsets;

  size_t size() const { return offsets.size(); }
  void Resize(size_t size) {
    fingerprints.resize(size);
    offsets.resize(size);
  }
  void Append(const Items& from, size_t begin, size_t end) {
    fingerprints.insert(fingerprints.end(), from.fingerprints.data() + begin,
                        from.fingerprints.data() + end);
    offsets.insert(offsets.end(), from.offsets.data() + begin,
                   from.offsets.data() + end);
  }
  void DropFront(size_t count) {
    const auto drop = static_cast<ptrdiff_t>(count);
    fingerprints.erase(fingerprints.begin(), fingerprints.begin() + drop);
    offsets.erase(offsets.begin(), offsets.begin() + drop);
  }
};

// Writes lines and offsets from the first bucket to the last. What a line has
// no room for is carried to the lines behind it.
class SerialSetBuilder::Layout {
 public:
  // `lines` and `offsets` are zeroed and have room for `line_count` lines and
  // for every record.
  Layout(const CrlView* crl, uint32_t partition_bits, uint64_t bucket_count,
         SerialSetLine* lines, uint64_t line_count, uint32_t* offsets)
      : crl_(crl),
        bits_(partition_bits + kPositionBits),
        bucket_count_(bucket_count),
        lines_(lines),
        line_count_(line_count),
        offsets_(offsets) {}

  void AddPartition(uint64_t partition, Records records);

  enum class Outcome { kDone, kTooFewLines };
  // Ends the last bucket and places what is still carried.
  Outcome Finish();

  uint64_t entry_count() const { return entry_count_; }
  uint64_t duplicates() const { return duplicates_; }

 private:
  uint64_t BucketOf(uint64_t position) const {
    return position * bucket_count_ >> bits_;
  }
  void SortByBucket(uint64_t partition, Records records);
  void AddBucket(size_t begin, size_t end);
  bool MayHaveTwins(size_t begin, size_t end);
  size_t DropDuplicates(size_t begin, size_t end);
  bool KeepStricter(size_t kept, size_t added);
  void SortByClass(size_t begin, size_t end);
  void Place(const Items& from, size_t begin, size_t end);
  void EndLine();

  const CrlView* const crl_;  // null: twins stay
  const uint32_t bits_;
  const uint64_t bucket_count_;
  SerialSetLine* const lines_;
  const uint64_t line_count_;
  uint32_t* const offsets_;
  uint64_t line_ = 0;  // the open one
  size_t used_ = 0;    // slots of it
  Items carried_;      // to be placed on the lines behind the open one
  uint64_t entry_count_ = 0;
  uint64_t duplicates_ = 0;
  Items sorted_;    // of one partition
  Items unsorted_;  // of one bucket
  std::vector<uint32_t> ends_;
  // By the low bits of a fingerprint: a bucket that had such a one.
  std::vector<uint16_t> seen_ = std::vector<uint16_t>(8192);
  uint16_t buckets_seen_ = 0;
};

// A counting sort: the buckets of a partition are few and known.
void SerialSetBuilder::Layout::SortByBucket(uint64_t partition,
                                            Records records) {
  const uint64_t base = partition << kPositionBits;
  const uint64_t first = BucketOf(base);
  const auto bucket_of = [&](Record record) {
    return static_cast<size_t>(BucketOf(base + (record.hash >> 16)) - first);
  };
  ends_.assign(BucketOf(base + UINT16_MAX) - first + 2, 0);
  uint32_t* const ends = ends_.data();
  records.ForEach([&](Record record) { ++ends[bucket_of(record) + 1]; });
  for (size_t i = 1; i < ends_.size(); ++i) ends[i] += ends[i - 1];
  sorted_.Resize(ends_.back());
  uint16_t* const fingerprints = sorted_.fingerprints.data();
  uint32_t* const offsets = sorted_.offsets.data();
  records.ForEach([&](Record record) {
    const uint32_t at = ends[bucket_of(record)]++;
    const auto fingerprint = static_cast<uint16_t>(record.hash);
    fingerprints[at] = fingerprint == 0 ? uint16_t{1} : fingerprint;
    offsets[at] = record.offset;
  });
}

void SerialSetBuilder::Layout::AddPartition(uint64_t partition,
                                            Records records) {
  if (records.end == nullptr) return;
  SortByBucket(partition, records);
  const uint64_t first = BucketOf(partition << kPositionBits);
  size_t begin = 0;
  for (size_t i = 0; i + 1 < ends_.size(); ++i) {
    while (line_ < first + i) EndLine();
    AddBucket(begin, ends_[i]);
    begin = ends_[i];
  }
}

// The part of a bucket that is in sorted_[begin, end). A bucket on the border
// of two partitions comes in two parts.
void SerialSetBuilder::Layout::AddBucket(size_t begin, size_t end) {
  if (crl_ != nullptr && MayHaveTwins(begin, end))
    end = DropDuplicates(begin, end);
  const size_t fits = std::min(end - begin, SerialSetLine::kSlots - used_);
  if (begin + fits < end) SortByClass(begin, end);
  Place(sorted_, begin, begin + fits);
  carried_.Append(sorted_, begin + fits, end);
}

// False where no fingerprint is there twice. True for a bucket in thirty.
bool SerialSetBuilder::Layout::MayHaveTwins(size_t begin, size_t end) {
  if (++buckets_seen_ == 0) {
    seen_.assign(seen_.size(), 0);
    buckets_seen_ = 1;
  }
  uint32_t twins = 0;
  for (size_t i = begin; i < end; ++i) {
    uint16_t& seen = seen_[sorted_.fingerprints[i] % seen_.size()];
    twins |= static_cast<uint32_t>(seen == buckets_seen_);
    seen = buckets_seen_;
  }
  return twins != 0;
}

// Leaves one entry of each serial in sorted_[begin, end), the strictest, and
// returns the new end.
size_t SerialSetBuilder::Layout::DropDuplicates(size_t begin, size_t end) {
  size_t kept_end = begin;
  for (size_t i = begin; i < end; ++i) {
    size_t k = begin;
    while (k < kept_end &&
           (sorted_.fingerprints[k] != sorted_.fingerprints[i] ||
            !KeepStricter(k, i))) {
      ++k;
    }
    if (k < kept_end) {
      ++duplicates_;
      continue;
    }
    sorted_.fingerprints[kept_end] = sorted_.fingerprints[i];
    sorted_.offsets[kept_end++] = sorted_.offsets[i];
  }
  return kept_end;
}

// False where the two entries are of different serials. Otherwise `kept` is
// made the stricter of the two.
bool SerialSetBuilder::Layout::KeepStricter(size_t kept, size_t added) {
  const auto a = CrlEntryReader::At(*crl_, sorted_.offsets[kept]);
  const auto b = CrlEntryReader::At(*crl_, sorted_.offsets[added]);
  if (!a.has_value() || !b.has_value() || a->serial != b->serial) return false;
  if (IsStricter(*b, *a)) sorted_.offsets[kept] = sorted_.offsets[added];
  return true;
}

// So that those behind, which are carried, are of few overflow classes: every
// one of these sends unlisted serials on to the next line.
void SerialSetBuilder::Layout::SortByClass(size_t begin, size_t end) {
  unsorted_.DropFront(unsorted_.size());
  unsorted_.Append(sorted_, begin, end);
  std::array<size_t, SerialSetLine::kOverflowClasses + 1> ends = {};
  const auto class_of = [](uint16_t fingerprint) {
    return fingerprint % SerialSetLine::kOverflowClasses;
  };
  for (uint16_t fingerprint : unsorted_.fingerprints)
    ++ends[class_of(fingerprint) + 1];
  for (size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  for (size_t i = 0; i < unsorted_.size(); ++i) {
    const uint16_t fingerprint = unsorted_.fingerprints[i];
    const size_t at = begin + ends[class_of(fingerprint)]++;
    sorted_.fingerprints[at] = fingerprint;
    sorted_.offsets[at] = unsorted_.offsets[i];
  }
}

void SerialSetBuilder::Layout::Place(const Items& from, size_t begin,
                                     size_t end) {
  const size_t count = end - begin;
  if (count == 0) return;
  std::memcpy(lines_[line_].fingerprint + used_,
              from.fingerprints.data() + begin, count * sizeof(uint16_t));
  std::memcpy(offsets_ + entry_count_, from.offsets.data() + begin,
              count * sizeof(uint32_t));
  used_ += count;
  entry_count_ += count;
}

// Ends the open line and begins the next with what was carried to it.
void SerialSetBuilder::Layout::EndLine() {
  SerialSetLine& line = lines_[line_];
  line.rank = static_cast<uint32_t>(entry_count_ - used_);
  for (uint16_t fingerprint : carried_.fingerprints)
    line.overflow |= OverflowBit(fingerprint);
  ++line_;
  used_ = 0;
  if (carried_.size() == 0 || line_ == line_count_) return;
  const size_t fits = std::min<size_t>(carried_.size(), SerialSetLine::kSlots);
  Place(carried_, 0, fits);
  carried_.DropFront(fits);
}

SerialSetBuilder::Layout::Outcome SerialSetBuilder::Layout::Finish() {
  while (line_ < line_count_) EndLine();
  return carried_.size() == 0 ? Outcome::kDone : Outcome::kTooFewLines;
}

SerialSetBuilder::SerialSetBuilder(const HashKey& key,
                                   uint64_t expected_entries)
    : key_(key),
      partition_bits_(PartitionBitsFor(expected_entries)),
      ends_(size_t{1} << partition_bits_) {}

void SerialSetBuilder::NewChunk(Record** end) {
  if (slabs_.empty() || slab_used_ + sizeof(Chunk) > slabs_.back().size()) {
    // A small set does not deserve a huge page, nor do ten thousand of them: an
    // indirect CRL has one for each issuer that it names.
    const size_t enough = slabs_.empty()
                              ? (size_t{1} << partition_bits_) * sizeof(Chunk)
                              : 2 * slabs_.back().size();
    slabs_.emplace_back(std::min(enough, kSlabSize),
                        HugeMemory::Lasting::kShort);
    slab_used_ = 0;
  }
  auto* chunk = reinterpret_cast<Chunk*>(slabs_.back().data() + slab_used_);
  slab_used_ += sizeof(Chunk);
  chunk->previous =
      *end == nullptr ? nullptr : reinterpret_cast<Chunk*>(*end) - 1;
  *end = chunk->records;
}

SerialSetBuilder::Result SerialSetBuilder::Build(const CrlView& crl) && {
  return BuildWith(&crl);
}

HugeMemory SerialSetBuilder::BuildTable() && {
  return std::move(BuildWith(nullptr).index);
}

SerialSetBuilder::Result SerialSetBuilder::BuildWith(const CrlView* crl) {
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
    for (size_t i = 0; i < ends_.size(); ++i)
      layout.AddPartition(i, {ends_[i]});
    if (layout.Finish() == Layout::Outcome::kTooFewLines) continue;
    *header = {.magic = SerialSetHeader::kMagic,
               .line_count = line_count,
               .bucket_count = bucket_count,
               .entry_count = layout.entry_count(),
               .key = key_,
               .partition_bits = partition_bits_,
               .reserved = {},
               .checksum = 0};
    header->checksum = ChecksumOf(*header);
    result.duplicates = layout.duplicates();
    return result;
  }
}

}  // namespace revstat
