// OcspCache: changes.
#include "engine/check/ocsp_cache_writer.h"

#include <algorithm>
#include <utility>

#include "engine/snapshot/read_section.h"

namespace revstat {
namespace {

// Regions of entries: of one block while a larger one would be a good part of
// all, then of a huge page.
constexpr uint32_t kSmallRegions = 160;
constexpr uint32_t kBlocksOfLarge = 32;
constexpr size_t kFirstLines = 64;
// Entries among which one is chosen to go.
constexpr size_t kChoice = 24;
// Half of a table's words: searches then mostly end at their first line.
constexpr size_t kMeanOfLine = 4;

// Entries that wait for lookups to end, before the first of them is waited for.
uint32_t MaxRetired(uint32_t answers) {
  return std::clamp(answers / 64, uint32_t{16}, uint32_t{4096});
}

}  // namespace

OcspCache::OcspCache(const OcspCacheOptions& options)
    : options_([&] {
        OcspCacheOptions checked = options;
        checked.max_answers =
            std::clamp(options.max_answers, uint32_t{1}, uint32_t{1} << 30);
        return checked;
      }()),
      hash_key_(HashKey::Random()),
      table_(new Table(kFirstLines)) {
  const uint32_t entries =
      options_.max_answers + MaxRetired(options_.max_answers) + 1;
  blocks_ = std::make_unique<Block[]>(entries / Block::kEntries + 1);
}

OcspCache::~OcspCache() {
  WaitForReaders();
  // Pairs with nothing: no reader is left.
  delete table_.load(std::memory_order_relaxed);
}

OcspIssuerNumber OcspCache::AddIssuer(const Sha256Digest& identity) {
  const std::lock_guard<std::mutex> turn(changing_);
  return issuers_.Add(identity);
}

OcspIssuerNumber OcspCache::FindIssuer(const Sha256Digest& identity) const {
  return issuers_.Find(identity);
}

std::vector<Sha256Digest> OcspCache::Issuers() const {
  const std::lock_guard<std::mutex> turn(changing_);
  return issuers_.All();
}

void OcspCache::Clear() { Writer(*this, Time()).Clear(); }

std::vector<OcspCache::Item> OcspCache::Export(uint32_t* position,
                                               size_t limit) const {
  std::vector<Item> items;
  const std::lock_guard<std::mutex> turn(changing_);
  for (; *position < used_ && items.size() < limit; ++*position) {
    const Entry& entry = EntryAt(*position);
    if (is_live_[*position] && entry.kind != Entry::Kind::kFailure)
      items.push_back({KeyOf(entry.key), AnswerAt(*position)});
  }
  return items;
}

size_t OcspCache::size() const {
  const std::lock_guard<std::mutex> turn(changing_);
  return size_;
}

size_t OcspCache::memory_bytes() const {
  const std::lock_guard<std::mutex> turn(changing_);
  const size_t blocks = (used_ + Block::kEntries - 1) / Block::kEntries;
  size_t octets = blocks * (sizeof(Block) +
                            Block::kEntries * (sizeof(Sha256Digest) +
                                               sizeof(OcspDelegates::Number)));
  for (const HugeMemory& region : regions_) octets += region.size();
  // Pairs with nothing: only Writer stores it, under the lock.
  const Table* table = table_.load(std::memory_order_relaxed);
  return octets + table->memory.size() + is_live_.capacity() / 8 +
         (free_.capacity() + retired_.capacity()) * sizeof(uint32_t);
}

OcspCache::Table& OcspCache::Writer::table() {
  // Pairs with nothing: only this class stores it, under the lock.
  return const_cast<Table&>(*cache_.table_.load(std::memory_order_relaxed));
}

uint32_t OcspCache::Writer::Find(const std::array<uint64_t, 3>& words) const {
  // Pairs with nothing, as in table().
  const Table& table = *cache_.table_.load(std::memory_order_relaxed);
  return cache_.Find(table, KeyedHash(cache_.hash_key_, words), words);
}

void OcspCache::Writer::Put(const Entry& entry, Rest rest, uint32_t old) {
  if (old == kNotFound && cache_.size_ >= cache_.options_.max_answers)
    MakeRoom();
  const uint32_t index = NewEntry(entry, std::move(rest));
  if (old != kNotFound) {
    Replace(entry, old, index);
  } else {
    Insert(entry, index);
  }
}

uint32_t OcspCache::Writer::NewEntry(const Entry& entry, Rest rest) {
  if (cache_.retired_.size() >= MaxRetired(cache_.size_)) FreeRetired();
  uint32_t index = cache_.used_;
  if (!cache_.free_.empty()) {
    index = cache_.free_.back();
    cache_.free_.pop_back();
  } else {
    if (Block& block = cache_.BlockOf(index); block.entries == nullptr)
      AddBlock(&block);
    ++cache_.used_;
    cache_.is_live_.push_back(false);
  }
  Block& block = cache_.BlockOf(index);
  const OcspDelegates::Number delegate = cache_.delegates_.Hold(rest.delegate);
  cache_.EntryAt(index) = entry;
  // One that is not kept cannot be asked about any more.
  if (rest.delegate != nullptr && delegate == OcspDelegates::kNone)
    cache_.EntryAt(index).signer_check = OcspSignerCheck::kUnchecked;
  block.digests[index % Block::kEntries] = rest.sha256;
  block.delegates[index % Block::kEntries] = delegate;
  if (block.responses != nullptr)
    block.responses[index % Block::kEntries] = std::move(rest.response);
  cache_.is_live_[index] = true;
  ++cache_.size_;
  return index;
}

void OcspCache::Writer::AddBlock(Block* block) {
  constexpr size_t kOctets = Block::kEntries * sizeof(Entry);
  std::vector<HugeMemory>& regions = cache_.regions_;
  if (cache_.spare_blocks_ == 0) {
    const uint32_t blocks = regions.size() < kSmallRegions ? 1 : kBlocksOfLarge;
    regions.emplace_back(blocks * kOctets);
    cache_.spare_blocks_ = blocks;
  }
  block->digests = std::make_unique<Sha256Digest[]>(Block::kEntries);
  block->delegates = std::make_unique<OcspDelegates::Number[]>(Block::kEntries);
  std::fill_n(block->delegates.get(), Block::kEntries, OcspDelegates::kNone);
  if (cache_.options_.copies == ResponseCopies::kKept) {
    block->responses =
        std::make_unique<std::shared_ptr<const Buffer>[]>(Block::kEntries);
  }
  HugeMemory& region = regions.back();
  block->entries = reinterpret_cast<Entry*>(region.data() + region.size() -
                                            cache_.spare_blocks_-- * kOctets);
}

void OcspCache::Writer::Retire(uint32_t index) {
  cache_.retired_.push_back(index);
  cache_.is_live_[index] = false;
  --cache_.size_;
}

void OcspCache::Writer::FreeRetired() {
  WaitForReaders();
  for (const uint32_t index : cache_.retired_) Free(index);
  cache_.retired_.clear();
}

void OcspCache::Writer::Free(uint32_t index) {
  Block& block = cache_.BlockOf(index);
  if (block.responses != nullptr)
    block.responses[index % Block::kEntries].reset();
  OcspDelegates::Number& delegate = block.delegates[index % Block::kEntries];
  cache_.delegates_.Release(std::exchange(delegate, OcspDelegates::kNone));
  cache_.free_.push_back(index);
}

void OcspCache::Writer::Replace(const Entry& entry, uint32_t old,
                                uint32_t next) {
  const uint64_t hash = KeyedHash(cache_.hash_key_, entry.key);
  for (size_t away = 0; away < Table::kMaxLines; ++away) {
    for (Table::Word& word : table().line(Table::LineOf(hash) + away)) {
      // Pairs with nothing: only this class stores words.
      const uint64_t value = word.load(std::memory_order_relaxed);
      if (Table::IsEmpty(value) || Table::IndexOf(value) != old) continue;
      // Pairs with the loads of lookups: one sees the old entry or the new one.
      word.store((value & Table::kPassed) | Table::WordOf(hash, next),
                 std::memory_order_release);
      Retire(old);
      return;
    }
  }
}

void OcspCache::Writer::Insert(const Entry& entry, uint32_t index) {
  if (cache_.size_ > table().lines() * kMeanOfLine) {
    Rebuild(table().lines() * 2);  // with the new entry in it
    return;
  }
  // Churn leaves marks that nothing takes away but a new table.
  if (table().passed_lines > table().lines() / 8 + 8) {
    Rebuild(table().lines());
    return;
  }
  const uint64_t hash = KeyedHash(cache_.hash_key_, entry.key);
  if (!InsertInto(table(), hash, index)) Rebuild(table().lines() * 2);
}

bool OcspCache::Writer::InsertInto(Table& table, uint64_t hash,
                                   uint32_t index) {
  for (size_t away = 0; away < Table::kMaxLines; ++away) {
    const Table::Line line = table.line(Table::LineOf(hash) + away);
    for (Table::Word& word : line) {
      // Pairs with nothing: only this class stores words.
      const uint64_t value = word.load(std::memory_order_relaxed);
      if (!Table::IsEmpty(value)) continue;
      // Pairs with the loads of lookups, which then see the entry as well.
      word.store((value & Table::kPassed) | Table::WordOf(hash, index),
                 std::memory_order_release);
      return true;
    }
    // Pairs with nothing, and with the loads of lookups: whoever sees the new
    // word in a further line could do without the mark a moment before.
    const uint64_t first = line[0].load(std::memory_order_relaxed);
    if ((first & Table::kPassed) == 0) ++table.passed_lines;
    line[0].store(first | Table::kPassed, std::memory_order_release);
  }
  return false;
}

void OcspCache::Writer::RemoveWord(Table::Word& word) {
  // Pairs with nothing: only this class stores words.
  const uint64_t value = word.load(std::memory_order_relaxed);
  // Pairs with the loads of lookups: one sees the entry, or none.
  word.store(value & Table::kPassed, std::memory_order_release);
  Retire(Table::IndexOf(value));
}

std::pair<int, int64_t> OcspCache::Writer::WorthOf(const Entry& entry) const {
  const bool is_listed =
      entry.kind == Entry::Kind::kRevoked || entry.kind == Entry::Kind::kOnHold;
  if (entry.kind == Entry::Kind::kFailure) return {0, entry.until};
  if (entry.until < at_) return {is_listed ? 1 : 0, entry.until};
  return {is_listed ? 3 : 2, entry.until};
}

// The least of the next lines that hold anything: a walk over all, so that each
// entry gets its turn.
void OcspCache::Writer::MakeRoom() {
  Table::Word* weakest = nullptr;
  std::pair<int, int64_t> least = {};
  for (size_t seen = 0; seen < kChoice;) {
    for (Table::Word& word : table().line(cache_.hand_++)) {
      // Pairs with nothing: only this class stores words.
      const uint64_t value = word.load(std::memory_order_relaxed);
      if (Table::IsEmpty(value)) continue;
      ++seen;
      const auto worth = WorthOf(cache_.EntryAt(Table::IndexOf(value)));
      if (weakest != nullptr && worth >= least) continue;
      weakest = &word;
      least = worth;
    }
  }
  RemoveWord(*weakest);
}

// What lookups have read is unchanged until they are over.
void OcspCache::Writer::Clear() {
  Publish(std::make_unique<Table>(kFirstLines));
  cache_.retired_.clear();
  cache_.free_.clear();
  for (uint32_t index = cache_.used_; index-- > 0;) {
    Free(index);
    cache_.is_live_[index] = false;
  }
  cache_.size_ = 0;
}

void OcspCache::Writer::Publish(std::unique_ptr<Table> next) {
  // Pairs with the loads of lookups: who sees the table sees what is in it.
  const Table* old =
      cache_.table_.exchange(next.release(), std::memory_order_acq_rel);
  WaitForReaders();
  delete old;
}

void OcspCache::Writer::Rebuild(size_t lines) {
  for (;; lines *= 2) {
    auto next = std::make_unique<Table>(lines);
    bool is_whole = true;
    for (uint32_t index = 0; index < cache_.used_ && is_whole; ++index) {
      if (!cache_.is_live_[index]) continue;
      const uint64_t hash =
          KeyedHash(cache_.hash_key_, cache_.EntryAt(index).key);
      is_whole = InsertInto(*next, hash, index);
    }
    if (!is_whole) continue;
    Publish(std::move(next));
    return;
  }
}

}  // namespace revstat
