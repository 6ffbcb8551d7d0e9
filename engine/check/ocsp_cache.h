// Verified OCSP answers, kept until they end and read without a lock.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_CACHE_H_
#define REVSTAT_ENGINE_CHECK_OCSP_CACHE_H_

#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/huge_memory.h"
#include "engine/check/ocsp_answer.h"
#include "engine/check/ocsp_delegates.h"
#include "engine/check/ocsp_issuers.h"
#include "engine/index/keyed_hash.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {

// What tells issuers apart: a digest of the subject (in its canonical form) and
// the key, so that renewed and cross-certificates are one issuer.
Sha256Digest OcspIssuerIdentity(const CertificateView& certificate);

// What is asked about.
struct OcspCacheKey {
  SerialNumber serial;
  OcspIssuerNumber issuer = kNoOcspIssuer;

  friend auto operator<=>(const OcspCacheKey&, const OcspCacheKey&) = default;
};

// The key in three words, to be hashed or compared: the issuer's number in
// octets that no serial has, so that different keys have different words.
inline std::array<uint64_t, 3> WordsOf(const OcspCacheKey& key) {
  static_assert(std::endian::native == std::endian::little);
  static_assert(SerialNumber::kMaxOctets == 21);
  std::array<uint64_t, 3> words = key.serial.Words();
  words[2] |= static_cast<uint64_t>(key.issuer) << 40;
  return words;
}

enum class ResponseCopies : uint8_t { kDropped, kKept };

struct OcspCacheOptions {
  // Answers and failures together. Where one more comes, another goes; of some
  // in turn: first one that has ended, then the one that ends first, a revoked
  // one last.
  uint32_t max_answers = 1'000'000;
  // Whether the responses' own bytes are kept beside the answers.
  ResponseCopies copies = ResponseCopies::kDropped;
  // How long a failure is remembered, and a refresh not tried again.
  std::chrono::seconds failure_time{60};
};

// Thread-safety: any number of threads. Lookups never lock, wait, allocate or
// fail (read-copy-update, see ReadSection); changes take turns, and now and
// then wait for lookups that have begun: never make one from inside a
// ReadSection.
//
// Memory: at most 150 octets an answer from some thousands of them on, beside
// the copies of responses and the certificates of the delegates that signed
// them, each of which is kept once.
//
// What is kept never goes backwards: an answer whose thisUpdate is earlier than
// that of the one held is refused, whoever signed it, or a replayed `good`
// would undo an `on_hold`; and `revoked` with a reason stays, however new
// another answer is: where a responder has been wrong, Clear, or another file.
// But `unknown` is what one responder does not know: it
// never takes the place of `revoked` or `on_hold`, nor of a `good` before its
// end, and gives way to all three, however new.
class OcspCache {
 public:
  // Verdict::source of all its verdicts.
  static constexpr uint32_t kSource = 0xfffffffd;

  explicit OcspCache(const OcspCacheOptions& options = {});
  ~OcspCache();
  OcspCache(const OcspCache&) = delete;
  OcspCache& operator=(const OcspCache&) = delete;

  // The number of an issuer, new or known; kNoOcspIssuer where there are too
  // many.
  OcspIssuerNumber AddIssuer(const Sha256Digest& identity);
  // kNoOcspIssuer where nothing of it was ever kept. A lookup.
  OcspIssuerNumber FindIssuer(const Sha256Digest& identity) const;

  // Writes the verdict about keys[i] to verdicts[i], all with kFromOcsp:
  // unknown with kNoSource where nothing is kept, with kStale after an answer's
  // end, with the cause of the failure where only that is known. `revoked` and
  // `on_hold` stay, marked kStaleSource: an old source still proves that a
  // certificate was listed, and never that one is active. An answer's end holds
  // whatever NextUpdatePolicy says. Knows nothing of the certificate's own
  // validity: see ApplyCertificate; nor of what has become of a delegate since
  // it signed the answer: see OcspChecker. Cost: two cache lines a key, and the
  // loads of many keys are in flight together.
  void Lookup(const LookupPolicy& policy, std::span<const OcspCacheKey> keys,
              std::span<Verdict> verdicts) const;
  Verdict Lookup(const LookupPolicy& policy, const OcspCacheKey& key) const;

  // The answer behind a verdict, ended or not; nothing for a failure. Counts
  // the response's bytes as shared, and allocates nothing.
  std::optional<OcspAnswer> Explain(const OcspCacheKey& key) const;

  // Keeps an answer; `at` is now. kHeldStays: an answer about the same
  // certificate is held that is newer, or as new and at least as strict, or
  // that knows it where this one does not, or that says `revoked` and why.
  enum class Kept : uint8_t { kNew, kHeldStays };
  Kept Put(const OcspCacheKey& key, OcspAnswer answer, Time at);
  // Remembers for a short time that asking has failed, and why. An answer that
  // is held stays; one that has ended is still there to be Explained.
  void PutFailure(const OcspCacheKey& key, Cause cause, Time at);

  // Forgets all answers and failures, but not the issuers' numbers.
  void Clear();

  // Answers to be asked for again, unless a refresh failed just now: those in
  // the last quarter of their time, each at a moment of its own, and, after an
  // outage, those that have ended within kRefreshedAfterEnd, but for `revoked`,
  // which needs no other word. At most `limit`, of those that the caller `may`
  // ask for (called under the lock): the first to end first, then the last that
  // have ended. Cost: reads all that is kept.
  static constexpr std::chrono::hours kRefreshedAfterEnd{24 * 7};
  std::vector<OcspCacheKey> DueForRefresh(
      Time at, size_t limit,
      const std::function<bool(const OcspCacheKey&)>& may) const;

  // What is kept, piece by piece, to be written down: up to `limit` answers
  // from *position on, which moves; empty at the end. Failures are left out.
  struct Item {
    OcspCacheKey key;
    OcspAnswer answer;
  };
  std::vector<Item> Export(uint32_t* position, size_t limit) const;
  std::vector<Sha256Digest> Issuers() const;  // by number

  size_t size() const;
  const OcspCacheOptions& options() const { return options_; }
  // Octets taken for answers, without the copies of responses and of delegates'
  // certificates.
  size_t memory_bytes() const;

 private:
  struct Entry;
  struct Block;
  struct Table;
  class Writer;  // the changes; has `changing_` locked

  static constexpr uint32_t kNotFound = 0xffffffff;

  // An entry's index, or kNotFound.
  uint32_t Find(const Table& table, uint64_t hash,
                const std::array<uint64_t, 3>& words) const;
  void LookupGroup(const LookupPolicy& policy, const Table& table,
                   std::span<const OcspCacheKey> keys, Verdict* verdicts) const;
  Entry& EntryAt(uint32_t index) const;
  Block& BlockOf(uint32_t index) const;
  static Verdict VerdictOf(const LookupPolicy& policy, const Entry& entry);
  // Whether an answer is kept instead of what is held.
  static bool TakesPlaceOf(const Entry& entry, const Entry& held, int64_t now);
  OcspAnswer AnswerAt(uint32_t index) const;

  const OcspCacheOptions options_;
  const HashKey hash_key_;
  std::atomic<const Table*> table_;
  // Each is set once, before anything in it is to be found.
  std::unique_ptr<Block[]> blocks_;
  // Both are changed under `changing_`.
  OcspDelegates delegates_;
  OcspIssuers issuers_;

  mutable std::mutex changing_;
  // The rest is under it.
  std::vector<HugeMemory> regions_;  // what the blocks' entries are in
  uint32_t spare_blocks_ = 0;        // of the last region
  std::vector<bool> is_live_;        // by entry
  std::vector<uint32_t> free_;       // entries that may be written again
  std::vector<uint32_t> retired_;    // that lookups may still read
  uint32_t used_ = 0;                // entries that were ever written
  uint32_t size_ = 0;                // live ones
  size_t hand_ = 0;  // the line of the table to make room in next
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_CACHE_H_
