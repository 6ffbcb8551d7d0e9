#include "engine/snapshot/snapshot.h"

#include <algorithm>

#include "engine/index/find_batch.h"

namespace revstat {
namespace {

// Keys that are looked up together: enough for the first and the last of them,
// which wait for the memory, not to count.
constexpr size_t kBlock = 1024;

// Which of two verdicts about one certificate stands: the order of Status is
// the order of precedence; between two refusals to answer the later cause in
// the list, which tells of a source that came closer to an answer.
bool Prevails(const Verdict& a, const Verdict& b) {
  if (a.status != b.status) return a.status < b.status;
  if (a.status == Status::kUnknown) return a.cause > b.cause;
  return a.revocation_seconds < b.revocation_seconds;
}

Verdict Unknown(Cause cause, uint32_t source = Verdict::kNoSource) {
  Verdict verdict;
  verdict.cause = cause;
  verdict.source = source;
  return verdict;
}

Verdict WithoutIssuer(const LookupKey& key) {
  return Unknown(key.issuer == kAmbiguousIssuer ? Cause::kAmbiguousIssuer
                                                : Cause::kNoIssuer);
}

}  // namespace

// RFC 5280 6.3.3 (a), (l): a CRL answers for a time between its thisUpdate and
// its nextUpdate.
Verdict Snapshot::Absence(const LookupPolicy& policy,
                          const SourceSlot& slot) const {
  const int64_t at = ToUnix(policy.at);
  const int64_t skew = policy.clock_skew.count();
  if (slot.absence != Cause::kNone) return Unknown(slot.absence, slot.source);
  if (slot.this_update > at + skew)
    return Unknown(Cause::kNotYetCurrent, slot.source);
  if (policy.max_age.has_value() &&
      at - slot.this_update > policy.max_age->count() + skew) {
    return Unknown(Cause::kStale, slot.source);
  }
  if (policy.next_update == NextUpdatePolicy::kEnforce) {
    // 5.1.2.5: nextUpdate is required. Without it only the caller's own limit
    // on the age can say that the CRL is still current.
    if (!slot.has_next_update && !policy.max_age.has_value()) {
      return Unknown(Cause::kNoNextUpdate, slot.source);
    }
    if (slot.has_next_update && at > slot.next_update + skew) {
      return Unknown(Cause::kStale, slot.source);
    }
  }
  Verdict verdict;
  verdict.status = Status::kActive;
  verdict.source = slot.source;
  return verdict;
}

Verdict Snapshot::Listing(const LookupPolicy& policy, const SourceSlot& slot,
                          const Verdict& absence, uint32_t offset) const {
  const CrlView& crl = sources_[slot.source]->crl();
  int64_t revocation_seconds = 0;
  auto reason = ReasonCode::kAbsent;
  const bool is_usual =
      CrlEntryReader::VisitUsualAt(crl, offset, [&](const UsualEntry& entry) {
        revocation_seconds = entry.revocation_seconds;
        reason = static_cast<ReasonCode>(entry.reason);
      });
  if (!is_usual) {
    const auto entry = CrlEntryReader::At(crl, offset);
    // Every entry was checked when the CRL was taken in.
    if (!entry.has_value()) return Unknown(Cause::kMalformed, slot.source);
    revocation_seconds = ToUnix(entry->revocation_date);
    reason = entry->reason;
  }
  if (revocation_seconds > ToUnix(policy.at)) {
    return Unknown(absence.cause == Cause::kNotYetCurrent
                       ? absence.cause
                       : Cause::kRevokedLater,
                   slot.source);
  }
  Verdict verdict;
  verdict.revocation_seconds = revocation_seconds;
  verdict.source = slot.source;
  verdict.status = reason == ReasonCode::kCertificateHold ? Status::kOnHold
                                                          : Status::kRevoked;
  verdict.reason = reason;
  if (absence.status != Status::kActive) verdict.flags |= Verdict::kStaleSource;
  return verdict;
}

Verdict Snapshot::LookupInAll(const LookupPolicy& policy,
                              const LookupKey& key) const {
  const IssuerSlots issuer = issuer_slots_[key.issuer];
  Verdict best = Unknown(issuer.without_source);
  for (uint32_t i = 0; i < issuer.count; ++i) {
    const SourceSlot& slot = slots_[issuer.first + i];
    const uint32_t offset = FindOne(slot.set, key.serial);
    Verdict verdict = Absence(policy, slot);
    if (offset != SerialSet::kNotListed)
      verdict = Listing(policy, slot, verdict, offset);
    if (Prevails(verdict, best)) best = verdict;
  }
  return best;
}

void Snapshot::LookupOfOne(const LookupPolicy& policy,
                           std::span<const LookupKey> keys,
                           Verdict* verdicts) const {
  const IssuerId id = keys.front().issuer;
  if (id >= issuer_slots_.size()) {
    std::fill_n(verdicts, keys.size(), WithoutIssuer(keys.front()));
    return;
  }
  if (issuer_slots_[id].count != 1) {
    for (size_t i = 0; i < keys.size(); ++i)
      verdicts[i] = LookupInAll(policy, keys[i]);
    return;
  }
  const SourceSlot& slot = slots_[issuer_slots_[id].first];
  uint32_t offsets[kBlock];
  FindBatch(slot.set, {&keys.front().serial, sizeof(LookupKey)}, keys.size(),
            offsets);
  const Verdict absence = Absence(policy, slot);
  uint16_t listed[kBlock];
  size_t listed_count = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    verdicts[i] = absence;
    // Without a branch: whether a serial is listed cannot be predicted.
    listed[listed_count] = static_cast<uint16_t>(i);
    listed_count += offsets[i] != SerialSet::kNotListed ? 1 : 0;
  }
  for (size_t k = 0; k < listed_count; ++k) {
    verdicts[listed[k]] = Listing(policy, slot, absence, offsets[listed[k]]);
  }
}

void Snapshot::LookupOfMany(const LookupPolicy& policy,
                            std::span<const LookupKey> keys,
                            Verdict* verdicts) const {
  Probe probes[kBlock];
  const SourceSlot* slots[kBlock];
  uint16_t positions[kBlock];
  uint32_t offsets[kBlock];
  size_t probe_count = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    const LookupKey& key = keys[i];
    if (key.issuer >= issuer_slots_.size()) {
      verdicts[i] = WithoutIssuer(key);
      continue;
    }
    const IssuerSlots issuer = issuer_slots_[key.issuer];
    if (issuer.count != 1) {
      verdicts[i] = LookupInAll(policy, key);
      continue;
    }
    slots[probe_count] = &slots_[issuer.first];
    probes[probe_count] = {&slots_[issuer.first].set, &key.serial};
    positions[probe_count++] = static_cast<uint16_t>(i);
  }
  if (probe_count == 0) return;
  FindBatch(probes, probe_count, offsets);
  for (size_t k = 0; k < probe_count; ++k) {
    Verdict& verdict = verdicts[positions[k]];
    verdict = Absence(policy, *slots[k]);
    if (offsets[k] != SerialSet::kNotListed)
      verdict = Listing(policy, *slots[k], verdict, offsets[k]);
  }
}

void Snapshot::Lookup(const LookupPolicy& policy,
                      std::span<const LookupKey> keys,
                      std::span<Verdict> verdicts) const {
  const size_t count = std::min(keys.size(), verdicts.size());
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const auto block = keys.subspan(begin, std::min(kBlock, count - begin));
    uint32_t other = 0;  // bits in which an issuer differs from the first
    for (const LookupKey& key : block)
      other |= key.issuer ^ block.front().issuer;
    if (other == 0) {
      LookupOfOne(policy, block, verdicts.data() + begin);
    } else {
      LookupOfMany(policy, block, verdicts.data() + begin);
    }
  }
}

Verdict Snapshot::Lookup(const LookupPolicy& policy,
                         const LookupKey& key) const {
  return key.issuer < issuer_slots_.size() ? LookupInAll(policy, key)
                                           : WithoutIssuer(key);
}

Evidence Snapshot::Explain(const LookupKey& key, const Verdict& verdict) const {
  Evidence evidence;
  if (verdict.source >= sources_.size() || key.issuer >= issuer_slots_.size())
    return evidence;
  evidence.crl = sources_[verdict.source].get();
  const IssuerSlots issuer = issuer_slots_[key.issuer];
  for (uint32_t i = 0; i < issuer.count; ++i) {
    const SourceSlot& slot = slots_[issuer.first + i];
    if (slot.source != verdict.source) continue;
    const uint32_t offset = slot.set.Find(key.serial);
    if (offset != SerialSet::kNotListed) {
      evidence.entry = CrlEntryReader::At(evidence.crl->crl(), offset);
    }
  }
  return evidence;
}

std::span<const IssuerId> Snapshot::IssuersNamed(
    const std::string& canonical_name) const {
  const auto found = by_name_.find(canonical_name);
  return found == by_name_.end() ? std::span<const IssuerId>() : found->second;
}

IssuerId Snapshot::IssuerWithCertificate(const Sha256Digest& sha256) const {
  const auto found = by_sha256_.find(std::string(TextOf(sha256)));
  return found == by_sha256_.end() ? kUnknownIssuer : found->second;
}

}  // namespace revstat
