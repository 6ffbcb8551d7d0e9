// The parts of OcspCache that lookups read: for ocsp_cache*.cc alone.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_CACHE_TABLE_H_
#define REVSTAT_ENGINE_CHECK_OCSP_CACHE_TABLE_H_

#include <array>
#include <atomic>
#include <memory>
#include <new>
#include <span>

#include "engine/base/huge_memory.h"
#include "engine/check/ocsp_cache.h"

namespace revstat {

// One cache line. Written before the table names it and unchanged while it
// does, but for retry_after, which only Writer reads.
struct alignas(64) OcspCache::Entry {
  enum class Kind : uint8_t { kRevoked, kOnHold, kUnknown, kGood, kFailure };

  std::array<uint64_t, 3> key;  // see WordsOf
  int64_t until;
  int64_t this_update;
  // Of kGood the archive cutoff, or kNoCutoff.
  int64_t revocation_time;
  int64_t produced_at;
  uint32_t retry_after;  // Unix seconds; a failed refresh is not tried before
  Kind kind;
  ReasonCode reason;
  Cause cause;  // of kFailure, and of an answer
  OcspAnswer::End end : 4;
  OcspSignerCheck signer_check : 4;

  static constexpr int64_t kNoCutoff = INT64_MAX;
};

// Entries with what only evidence needs. Small, so that few stand empty.
struct OcspCache::Block {
  static constexpr uint32_t kEntries = 1024;

  Entry* entries = nullptr;  // of a region
  std::unique_ptr<Sha256Digest[]> digests;
  std::unique_ptr<OcspDelegates::Number[]> delegates;
  // Null where no copies are kept.
  std::unique_ptr<std::shared_ptr<const Buffer>[]> responses;
};

// Lines of eight words, each empty or an entry's index with 31 bits of its
// key's hash. An entry stands in the line that its hash names or, where that
// was full, in one of the next; a line that an entry has passed says so in the
// highest bit of its first word, for ever, and so a search ends at the first
// line without it.
struct OcspCache::Table {
  static constexpr size_t kWords = 8;      // a cache line
  static constexpr size_t kMaxLines = 16;  // that an entry may be away
  static constexpr uint64_t kPassed = uint64_t{1} << 63;
  using Word = std::atomic<uint64_t>;
  static_assert(Word::is_always_lock_free && sizeof(Word) == 8);

  // For a power of two of lines.
  explicit Table(size_t lines)
      : mask(lines - 1),
        memory(lines * kWords * sizeof(Word)),
        words(reinterpret_cast<Word*>(memory.data())) {
    for (size_t i = 0; i < lines * kWords; ++i) new (words + i) Word(0);
  }

  using Line = std::span<Word, kWords>;
  Line line(size_t index) const {
    return Line(words + (index & mask) * kWords, kWords);
  }
  size_t lines() const { return mask + 1; }
  static size_t LineOf(uint64_t hash) { return hash >> 31; }
  static uint64_t TagOf(uint64_t hash) { return (hash & 0x7fffffff) << 32; }
  static uint64_t WordOf(uint64_t hash, uint32_t index) {
    return TagOf(hash) | (index + 1);
  }
  static uint32_t IndexOf(uint64_t word) {
    return static_cast<uint32_t>(word) - 1;
  }
  static bool IsEmpty(uint64_t word) {
    return static_cast<uint32_t>(word) == 0;
  }
  // Whether this is the word of an entry whose hash may be this one.
  static bool MayBe(uint64_t word, uint64_t hash) {
    return !IsEmpty(word) && ((word >> 32 ^ hash) & 0x7fffffff) == 0;
  }

  const size_t mask;
  HugeMemory memory;
  Word* const words;
  uint32_t passed_lines = 0;  // Writer's
};

// The other way round of WordsOf.
inline OcspCacheKey KeyOf(std::array<uint64_t, 3> words) {
  std::array<uint8_t, 24> octets;
  std::memcpy(octets.data(), words.data(), sizeof octets);
  OcspCacheKey key;
  key.issuer = static_cast<OcspIssuerNumber>(words[2] >> 40);
  key.serial = SerialNumber::FromContent({octets.data(), octets[23]})
                   .value_or(SerialNumber());
  return key;
}

inline OcspCache::Entry& OcspCache::EntryAt(uint32_t index) const {
  return blocks_[index / Block::kEntries].entries[index % Block::kEntries];
}
inline OcspCache::Block& OcspCache::BlockOf(uint32_t index) const {
  return blocks_[index / Block::kEntries];
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_CACHE_TABLE_H_
