// Private to the layer: a block of questions about several issuers.
#ifndef REVSTAT_ENGINE_SNAPSHOT_MIXED_LOOKUP_H_
#define REVSTAT_ENGINE_SNAPSHOT_MIXED_LOOKUP_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/index/find_batch.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {

// Asks the lists of all issuers together, first of all whether they list the
// serial: mostly they do not, and then it is done. Where an issuer has but one
// list, its listing is the answer; else the key is looked up by itself.
class Snapshot::MixedLookup {
 public:
  MixedLookup(const Snapshot& snapshot, const LookupPolicy& policy,
              std::span<const LookupKey> keys, Verdict* verdicts)
      : snapshot_(snapshot),
        policy_(policy),
        keys_(keys),
        verdicts_(verdicts) {}

  void Run();

 private:
  static constexpr size_t kProbes = 1024;
  // An issuer with more is asked by itself at once.
  static constexpr size_t kMaxListsEach = 8;

  void Add(size_t i);
  Verdict AbsenceOf(IssuerId issuer);
  bool AddProbes(size_t i);
  void AddProbe(size_t i, const SerialSet& set);
  void Flush();
  void Apply(size_t i, uint32_t offset);

  const Snapshot& snapshot_;
  const LookupPolicy& policy_;
  const std::span<const LookupKey> keys_;
  Verdict* const verdicts_;
  // The newest absence that was not to be had from an issuer's Currency.
  IssuerId last_issuer_ = kUnknownIssuer;
  Verdict last_absence_;
  size_t probe_count_ = 0;
  Probe probes_[kProbes];
  uint16_t positions_[kProbes];
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_MIXED_LOOKUP_H_
