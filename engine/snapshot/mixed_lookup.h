// Private to the layer: a block of questions about several issuers.
#ifndef REVSTAT_ENGINE_SNAPSHOT_MIXED_LOOKUP_H_
#define REVSTAT_ENGINE_SNAPSHOT_MIXED_LOOKUP_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/index/find_batch.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {

// Asks the lists of all issuers together, first of all whether they may list
// the serial: mostly they do not, and then it is done. Where an issuer has but
// one list, its listing is the answer; else the key is looked up by itself.
class Snapshot::MixedLookup {
 public:
  MixedLookup(const Snapshot& snapshot, const LookupPolicy& policy,
              std::span<const LookupKey> keys, Verdict* verdicts)
      : snapshot_(snapshot),
        policy_(policy),
        bounds_(policy),
        tag_(snapshot.tag()),
        keys_(keys),
        verdicts_(verdicts) {}

  void Run();

 private:
  static constexpr size_t kProbes = 256;
  // Located together, while the lines of the block before come.
  static constexpr size_t kBlock = 64;
  // An issuer with more is asked by itself at once.
  static constexpr size_t kMaxListsEach = 8;

  // The keys of the next block, which mostly follow these: while their lines
  // come, the lists' lines are worked on. Never read as they stand.
  void PrefetchNext(size_t i) const {
    constexpr size_t kKeysInALine = 64 / sizeof(LookupKey);
    if (i % kKeysInALine == 0)
      __builtin_prefetch(reinterpret_cast<const void*>(
          reinterpret_cast<uintptr_t>(keys_.data() + i) + keys_.size_bytes()));
  }
  bool IsKnown(const LookupKey& key) const {
    return key.issuer < snapshot_.bare_.size() &&
           (key.snapshot == 0 || key.snapshot == tag_);
  }
  // 0 behind the last.
  size_t SizeOfBlock(size_t begin) const {
    const size_t left = begin < keys_.size() ? keys_.size() - begin : 0;
    return left < kBlock ? left : kBlock;
  }
  // The block of keys that begins there.
  void PrefetchDirect(size_t begin) const;
  void LocateBlock(size_t begin);
  size_t LocateDirect(size_t begin, uint16_t* left);
  void SelectBlock(size_t begin);
  // A key whose issuer may have several lists, or is not known.
  void AddUnusual(size_t i);
  Verdict AbsenceOf(IssuerId issuer);
  bool AddProbes(size_t i);
  // An empty set too: to know that it is, another line of it would be read.
  void AddProbe(size_t i, const SerialSet& set) {
    if (probe_count_ == kProbes) Flush();
    probes_[probe_count_] = {&set, &keys_[i].serial};
    positions_[probe_count_++] = static_cast<uint16_t>(i);
  }
  void Flush();
  void Apply(size_t i, const ListedSerial& found);

  const Snapshot& snapshot_;
  const LookupPolicy& policy_;
  const CurrencyBounds bounds_;
  const uint32_t tag_;
  const std::span<const LookupKey> keys_;
  Verdict* const verdicts_;
  // The newest absence that was not to be had from an issuer's Currency.
  IssuerId last_issuer_ = kUnknownIssuer;
  Verdict last_absence_;
  LocatedSerial located_[2 * kBlock];
  size_t probe_count_ = 0;
  Probe probes_[kProbes];
  uint16_t positions_[kProbes];
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_MIXED_LOOKUP_H_
