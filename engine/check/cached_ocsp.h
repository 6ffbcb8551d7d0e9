// An OcspCache as a snapshot's issuers see it.
#ifndef REVSTAT_ENGINE_CHECK_CACHED_OCSP_H_
#define REVSTAT_ENGINE_CHECK_CACHED_OCSP_H_

#include <optional>
#include <span>
#include <vector>

#include "engine/check/ocsp_cache.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {

// Lifetime: borrows the cache. Thread-safety: immutable; any number of readers.
class CachedOcsp {
 public:
  // Resolves the issuers once; those that the cache comes to know later have no
  // answers here: make one for each snapshot.
  CachedOcsp(const OcspCache& cache, const Snapshot& snapshot);

  // What the cache says of certificates of the snapshot's issuers, see
  // OcspCache::Lookup: no lock, no allocation, no failure.
  Verdict Lookup(const LookupPolicy& policy, const LookupKey& key) const;
  void Lookup(const LookupPolicy& policy, std::span<const LookupKey> keys,
              std::span<Verdict> verdicts) const;

  std::optional<OcspAnswer> Explain(const LookupKey& key) const;

 private:
  OcspCacheKey KeyOf(const LookupKey& key) const;

  const OcspCache& cache_;
  std::vector<OcspIssuerNumber> numbers_;  // by IssuerId
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_CACHED_OCSP_H_
