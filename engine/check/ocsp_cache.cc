// OcspCache: lookups. Changes are in ocsp_cache_writer.cc.
#include "engine/check/ocsp_cache.h"

#include <algorithm>
#include <string>

#include "engine/check/ocsp_cache_table.h"
#include "engine/snapshot/read_section.h"

namespace revstat {
namespace {

// In flight together: enough to hide a cache miss, few enough for the
// processor's buffers.
constexpr size_t kGroup = 32;

constexpr uint32_t kUnsure = 0xfffffffe;

Verdict NothingKept() {
  Verdict verdict;
  verdict.cause = Cause::kNoSource;
  verdict.source = OcspCache::kSource;
  verdict.flags = Verdict::kFromOcsp;
  return verdict;
}

}  // namespace

Sha256Digest OcspIssuerIdentity(const CertificateView& certificate) {
  std::string text = CanonicalName(certificate.subject());
  text += '\0';  // in no encoding of a SEQUENCE's tag
  text += TextOf(certificate.subject_public_key_info_tlv());
  return Sha256(BytesOf(text));
}

Verdict OcspCache::VerdictOf(const LookupPolicy& policy, const Entry& entry) {
  Verdict verdict;
  verdict.source = kSource;
  verdict.flags = Verdict::kFromOcsp;
  const int64_t at = ToUnix(policy.at);
  const int64_t skew = policy.clock_skew.count();
  const bool is_early =
      std::max(entry.this_update, entry.produced_at) > at + skew;
  const bool is_late =
      at > entry.until + skew ||
      (policy.max_age.has_value() &&
       at - entry.this_update > policy.max_age->count() + skew);
  switch (entry.kind) {
    case Entry::Kind::kFailure:
      // What was not to be had then may be had now.
      verdict.cause =
          is_early || at > entry.until ? Cause::kNoSource : entry.cause;
      return verdict;
    case Entry::Kind::kGood:
    case Entry::Kind::kUnknown:
      if (is_early || is_late) {
        verdict.cause = is_early ? Cause::kNotYetCurrent : Cause::kStale;
      } else if (entry.kind == Entry::Kind::kGood) {
        verdict.status = Status::kActive;
      } else {
        verdict.cause = Cause::kResponderUnknown;
      }
      return verdict;
    case Entry::Kind::kRevoked:
      verdict.status = Status::kRevoked;
      break;
    case Entry::Kind::kOnHold:
      verdict.status = Status::kOnHold;
      break;
  }
  static_assert(sizeof(Entry) == 64);
  if (is_early || is_late) verdict.flags |= Verdict::kStaleSource;
  if (entry.revocation_time > at + skew) {
    verdict.status = Status::kUnknown;
    verdict.cause = Cause::kRevokedLater;
    return verdict;
  }
  verdict.revocation_seconds = entry.revocation_time;
  verdict.reason = entry.reason;
  verdict.cause = entry.cause;
  return verdict;
}

uint32_t OcspCache::Find(const Table& table, uint64_t hash,
                         const std::array<uint64_t, 3>& words) const {
  for (size_t away = 0; away < Table::kMaxLines; ++away) {
    const Table::Line line = table.line(Table::LineOf(hash) + away);
    uint64_t all = 0;
    for (const Table::Word& word : line) {
      // Pairs with the stores in Writer: who sees a word sees its entry.
      const uint64_t value = word.load(std::memory_order_acquire);
      all |= value;
      if (!Table::MayBe(value, hash)) continue;
      const uint32_t index = Table::IndexOf(value);
      if (EntryAt(index).key == words) return index;
    }
    if ((all & Table::kPassed) == 0) break;
  }
  return kNotFound;
}

Verdict OcspCache::Lookup(const LookupPolicy& policy,
                          const OcspCacheKey& key) const {
  Verdict verdict;
  Lookup(policy, {&key, 1}, {&verdict, 1});
  return verdict;
}

void OcspCache::Lookup(const LookupPolicy& policy,
                       std::span<const OcspCacheKey> keys,
                       std::span<Verdict> verdicts) const {
  const ReadSection section;
  // Pairs with the store in Writer::Rebuild.
  const Table& table = *table_.load(std::memory_order_acquire);
  const size_t count = std::min(keys.size(), verdicts.size());
  for (size_t begin = 0; begin < count; begin += kGroup) {
    const size_t size = std::min(kGroup, count - begin);
    LookupGroup(policy, table, keys.subspan(begin, size), &verdicts[begin]);
  }
}

void OcspCache::LookupGroup(const LookupPolicy& policy, const Table& table,
                            std::span<const OcspCacheKey> keys,
                            Verdict* verdicts) const {
  std::array<std::array<uint64_t, 3>, kGroup> words;
  std::array<uint64_t, kGroup> hashes;
  // The likely entry of each, or kNotFound; kUnsure: look further.
  std::array<uint32_t, kGroup> found;
  for (size_t i = 0; i < keys.size(); ++i) {
    words[i] = WordsOf(keys[i]);
    hashes[i] = KeyedHash(hash_key_, words[i]);
    __builtin_prefetch(table.line(Table::LineOf(hashes[i])).data());
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    uint64_t all = 0;
    found[i] = kNotFound;
    for (const Table::Word& word : table.line(Table::LineOf(hashes[i]))) {
      // Pairs with the stores in Writer, as in Find.
      const uint64_t value = word.load(std::memory_order_acquire);
      all |= value;
      if (Table::MayBe(value, hashes[i])) found[i] = Table::IndexOf(value);
    }
    if (found[i] != kNotFound) {
      __builtin_prefetch(&EntryAt(found[i]));
    } else if ((all & Table::kPassed) != 0) {
      found[i] = kUnsure;
    }
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    uint32_t index = found[i];
    if (index == kUnsure ||
        (index != kNotFound && EntryAt(index).key != words[i]))
      index = Find(table, hashes[i], words[i]);
    verdicts[i] =
        index == kNotFound ? NothingKept() : VerdictOf(policy, EntryAt(index));
  }
}

std::optional<OcspAnswer> OcspCache::Explain(const OcspCacheKey& key) const {
  const ReadSection section;
  const std::array<uint64_t, 3> words = WordsOf(key);
  // Pairs with the store in Writer::Rebuild.
  const Table& table = *table_.load(std::memory_order_acquire);
  const uint32_t index = Find(table, KeyedHash(hash_key_, words), words);
  if (index == kNotFound) return std::nullopt;
  if (EntryAt(index).kind == Entry::Kind::kFailure) return std::nullopt;
  return AnswerAt(index);
}

OcspAnswer OcspCache::AnswerAt(uint32_t index) const {
  const Entry& entry = EntryAt(index);
  const Block& block = BlockOf(index);
  OcspAnswer answer;
  answer.status = static_cast<OcspStatus>(entry.kind);
  answer.reason = entry.reason;
  answer.cause = entry.cause;
  answer.signer_check = entry.signer_check;
  if (entry.kind != Entry::Kind::kGood) {
    answer.revocation_time = FromUnix(entry.revocation_time);
  } else if (entry.revocation_time != Entry::kNoCutoff) {
    answer.archive_cutoff = FromUnix(entry.revocation_time);
  }
  answer.produced_at = FromUnix(entry.produced_at);
  answer.this_update = FromUnix(entry.this_update);
  answer.until = FromUnix(entry.until);
  answer.end = entry.end;
  answer.sha256 = block.digests[index % Block::kEntries];
  answer.delegate = delegates_.At(block.delegates[index % Block::kEntries]);
  if (block.responses != nullptr)
    answer.response = block.responses[index % Block::kEntries];
  return answer;
}

}  // namespace revstat
