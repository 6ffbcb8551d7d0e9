#include "engine/check/cached_ocsp.h"

#include <algorithm>
#include <array>

namespace revstat {

CachedOcsp::CachedOcsp(const OcspCache& cache, const Snapshot& snapshot,
                       Resolve resolve)
    : cache_(cache), snapshot_(snapshot), resolve_(resolve) {
  if (resolve == Resolve::kWhenAsked) return;
  for (IssuerId id = 0; id < snapshot.issuers().size(); ++id)
    numbers_.push_back(Find(id));
}

OcspIssuerNumber CachedOcsp::Find(IssuerId id) const {
  return cache_.FindIssuer(OcspIssuerIdentity(snapshot_.issuers()[id].view));
}

OcspCacheKey CachedOcsp::KeyOf(const LookupKey& key) const {
  if (key.issuer >= snapshot_.issuers().size())
    return {key.serial, kNoOcspIssuer};
  return {key.serial,
          resolve_ == Resolve::kNow ? numbers_[key.issuer] : Find(key.issuer)};
}

Verdict CachedOcsp::Lookup(const LookupPolicy& policy,
                           const LookupKey& key) const {
  return cache_.Lookup(policy, KeyOf(key));
}

void CachedOcsp::Lookup(const LookupPolicy& policy,
                        std::span<const LookupKey> keys,
                        std::span<Verdict> verdicts) const {
  constexpr size_t kBlock = 256;
  std::array<OcspCacheKey, kBlock> block;
  const size_t count = std::min(keys.size(), verdicts.size());
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const size_t size = std::min(kBlock, count - begin);
    for (size_t i = 0; i < size; ++i) block[i] = KeyOf(keys[begin + i]);
    cache_.Lookup(policy, std::span(block).first(size),
                  verdicts.subspan(begin, size));
  }
}

std::optional<OcspAnswer> CachedOcsp::Explain(const LookupKey& key) const {
  return cache_.Explain(KeyOf(key));
}

}  // namespace revstat
