// An OcspCache as a snapshot's issuers see it.
#ifndef REVSTAT_ENGINE_CHECK_CACHED_OCSP_H_
#define REVSTAT_ENGINE_CHECK_CACHED_OCSP_H_

#include <optional>
#include <span>
#include <vector>

#include "engine/check/ocsp_cache.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {

// Lifetime: borrows both. Thread-safety: immutable; any number of readers.
class CachedOcsp {
 public:
  // kNow: all at once, which pays for batches; those that the cache comes to
  // know later have no answers here. kWhenAsked: each time, for some
  // microseconds, and nothing before.
  enum class Resolve : uint8_t { kNow, kWhenAsked };
  CachedOcsp(const OcspCache& cache, const Snapshot& snapshot,
             Resolve resolve = Resolve::kNow);

  // What the cache says of certificates of the snapshot's issuers, see
  // OcspCache::Lookup: no lock, no allocation, no failure.
  Verdict Lookup(const LookupPolicy& policy, const LookupKey& key) const;
  void Lookup(const LookupPolicy& policy, std::span<const LookupKey> keys,
              std::span<Verdict> verdicts) const;

  std::optional<OcspAnswer> Explain(const LookupKey& key) const;

 private:
  OcspCacheKey KeyOf(const LookupKey& key) const;
  OcspIssuerNumber Find(IssuerId id) const;

  const OcspCache& cache_;
  const Snapshot& snapshot_;
  const Resolve resolve_;
  std::vector<OcspIssuerNumber> numbers_;  // by IssuerId, of kNow
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_CACHED_OCSP_H_
