#include "engine/snapshot/snapshot.h"

#include <algorithm>
#include <atomic>

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

// Looks all keys up in one set; the positions of those it lists go to `listed`.
size_t FindListed(const SerialSet& set, std::span<const LookupKey> keys,
                  uint32_t* offsets, uint16_t* listed) {
  if (keys.size() == 1) {
    offsets[0] = FindOne(set, keys.front().serial);
  } else {
    FindBatch(set, {&keys.front().serial, sizeof(LookupKey)}, keys.size(),
              offsets);
  }
  size_t count = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    // Without a branch: whether a serial is listed cannot be predicted.
    listed[count] = static_cast<uint16_t>(i);
    count += offsets[i] != SerialSet::kNotListed ? 1 : 0;
  }
  return count;
}

// Of users' certificates and of CAs'.
struct ReasonSum {
  ReasonMask user = 0;
  ReasonMask ca = 0;

  void Add(const Coverage::Part& part) {
    user |= part.user_reasons;
    ca |= part.ca_reasons;
  }
  bool IsAll() const { return (user & ca) == kAllReasons; }
};

// A listing that leaves the question open lets no active stand.
bool Overrules(const Verdict& listing, const Verdict& held) {
  return listing.status != Status::kUnknown ? Prevails(listing, held)
                                            : held.status >= Status::kActive;
}

std::atomic<uint64_t> snapshots_made = 0;  // a count: pairs with nothing

}  // namespace

Snapshot::Snapshot()
    : id_(snapshots_made.fetch_add(1, std::memory_order_relaxed) + 1) {}

// RFC 5280 6.3.3 (a), (l): a CRL answers for a time between its thisUpdate and
// its nextUpdate.
Verdict Snapshot::AbsenceFrom(const LookupPolicy& policy,
                              const List& list) const {
  const int64_t at = ToUnix(policy.at);
  const int64_t skew = policy.clock_skew.count();
  if (list.absence != Cause::kNone) return Unknown(list.absence, list.source);
  if (list.this_update > at + skew)
    return Unknown(Cause::kNotYetCurrent, list.source);
  if (policy.max_age.has_value() &&
      at - list.this_update > policy.max_age->count() + skew) {
    return Unknown(Cause::kStale, list.source);
  }
  if (policy.next_update == NextUpdatePolicy::kEnforce) {
    // 5.1.2.5: nextUpdate is required. Without it only the caller's own limit
    // on the age can say that the CRL is still current.
    if (!list.has_next_update && !policy.max_age.has_value()) {
      return Unknown(Cause::kNoNextUpdate, list.source);
    }
    if (list.has_next_update && at > list.next_update + skew) {
      return Unknown(Cause::kStale, list.source);
    }
  }
  Verdict verdict;
  verdict.status = Status::kActive;
  verdict.source = list.source;
  return verdict;
}

// 5.2.4: a complete CRL with deltas up to one of them is the complete CRL of
// that delta's number and times: it is current while any of these is.
Verdict Snapshot::AbsenceFrom(const LookupPolicy& policy,
                              const Series& series) const {
  Verdict best = Unknown(Cause::kNone);
  for (uint32_t i = 0; i < series.count; ++i) {
    const Verdict verdict = AbsenceFrom(policy, lists_[series.first + i]);
    if (verdict.status == Status::kActive) return verdict;
    if (Prevails(verdict, best)) best = verdict;
  }
  return best;
}

bool Snapshot::IsCoveredBy(const LookupPolicy& policy, const Coverage& coverage,
                           IssuerId key) const {
  ReasonSum sum;
  for (const Coverage::Part& part : coverage.parts) {
    const Series& series = series_[part.series];
    if (part.use == Coverage::Use::kCovers && series.signer == key &&
        AbsenceFrom(policy, series).status == Status::kActive) {
      sum.Add(part);
    }
  }
  return sum.IsAll();
}

Verdict Snapshot::AbsenceFrom(const LookupPolicy& policy,
                              const Coverage& coverage) const {
  if (coverage.snapshot != id_) return Unknown(Cause::kNoIssuer);
  ReasonSum covering;  // of current parts
  ReasonSum every;     // and with the partitions
  bool are_all_current = true;
  Verdict active = Unknown(Cause::kNone);
  Verdict failure = Unknown(coverage.without_parts);
  for (const Coverage::Part& part : coverage.parts) {
    if (part.use == Coverage::Use::kListing) continue;
    const Verdict verdict = AbsenceFrom(policy, series_[part.series]);
    if (verdict.status != Status::kActive) {
      are_all_current = false;
      if (Prevails(verdict, failure)) failure = verdict;
      continue;
    }
    if (active.status != Status::kActive) active = verdict;
    every.Add(part);
    if (part.use == Coverage::Use::kCovers) covering.Add(part);
  }
  const bool is_covered =
      coverage.keys.empty()
          ? covering.IsAll()
          : std::all_of(coverage.keys.begin(), coverage.keys.end(),
                        [&](IssuerId key) {
                          return IsCoveredBy(policy, coverage, key);
                        });
  const bool is_every_partition_current =
      coverage.rule == Coverage::Rule::kEvery && are_all_current &&
      every.IsAll();
  if (is_covered || is_every_partition_current) return active;
  // 6.3.3, last paragraph: reasons or certificates that nothing current covers.
  const Verdict incomplete = Unknown(Cause::kIncomplete, active.source);
  if (active.status == Status::kActive && !Prevails(failure, incomplete))
    return incomplete;
  return failure;
}

Verdict Snapshot::Listing(const LookupPolicy& policy, const List& list,
                          uint32_t offset) const {
  const CrlView& crl = sources_[list.source]->crl();
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
    if (!entry.has_value()) return Unknown(Cause::kMalformed, list.source);
    revocation_seconds = ToUnix(entry->revocation_date);
    reason = entry->reason;
  }
  Verdict verdict;
  verdict.revocation_seconds = revocation_seconds;
  verdict.source = list.source;
  verdict.reason = reason;
  verdict.status = reason == ReasonCode::kCertificateHold ? Status::kOnHold
                                                          : Status::kRevoked;
  if (revocation_seconds <= ToUnix(policy.at) ||
      reason == ReasonCode::kRemoveFromCrl) {
    return verdict;
  }
  const bool is_not_yet_current =
      list.this_update > ToUnix(policy.at) + policy.clock_skew.count();
  return Unknown(
      is_not_yet_current ? Cause::kNotYetCurrent : Cause::kRevokedLater,
      list.source);
}

// The newest of a series' lists that has the serial decides. removeFromCRL
// (5.3.1) says that older ones no longer count, if the list that says so, or a
// newer one, is current: what proves nothing active lifts no hold.
void Snapshot::ApplySeries(const LookupPolicy& policy, const Series& series,
                           std::span<const LookupKey> keys,
                           Verdict* verdicts) const {
  uint32_t offsets[kBlock];
  uint16_t listed[kBlock];
  bool is_decided[kBlock];
  if (series.count > 1) std::fill_n(is_decided, keys.size(), false);
  const bool is_current = AbsenceFrom(policy, series).status == Status::kActive;
  bool can_lift = false;
  for (uint32_t l = 0; l < series.count; ++l) {
    const List& list = lists_[series.first + l];
    can_lift |= AbsenceFrom(policy, list).status == Status::kActive;
    if (list.set.size() == 0) continue;
    const size_t listed_count = FindListed(list.set, keys, offsets, listed);
    for (size_t k = 0; k < listed_count; ++k) {
      const size_t i = listed[k];
      if (series.count > 1 && is_decided[i]) continue;
      Verdict verdict = Listing(policy, list, offsets[i]);
      if (verdict.reason == ReasonCode::kRemoveFromCrl) {
        is_decided[i] = can_lift && !series.is_listing_only;
        continue;
      }
      // An entry from after the asked time leaves the word to older lists.
      is_decided[i] = verdict.status != Status::kUnknown;
      if (!is_decided[i] && series.is_listing_only) continue;
      if (verdict.status == Status::kOnHold && series.is_outdated &&
          !is_current) {
        continue;
      }
      if (is_decided[i] && !is_current) verdict.flags |= Verdict::kStaleSource;
      if (Overrules(verdict, verdicts[i])) verdicts[i] = verdict;
    }
  }
}

void Snapshot::LookupBlock(const LookupPolicy& policy, const Coverage& coverage,
                           std::span<const LookupKey> keys,
                           Verdict* verdicts) const {
  std::fill_n(verdicts, keys.size(), AbsenceFrom(policy, coverage));
  if (coverage.snapshot != id_) return;
  for (const Coverage::Part& part : coverage.parts)
    ApplySeries(policy, series_[part.series], keys, verdicts);
}

const Snapshot::List* Snapshot::OnlyList(const Coverage& coverage) const {
  if (coverage.parts.size() != 1) return nullptr;
  const Series& series = series_[coverage.parts.front().series];
  const bool is_plain =
      series.count == 1 && !series.is_listing_only && !series.is_outdated;
  return is_plain ? &lists_[series.first] : nullptr;
}

void Snapshot::LookupMixed(const LookupPolicy& policy,
                           std::span<const LookupKey> keys,
                           Verdict* verdicts) const {
  Probe probes[kBlock];
  const List* lists[kBlock];
  uint16_t positions[kBlock];
  uint32_t offsets[kBlock];
  size_t probe_count = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    const LookupKey& key = keys[i];
    if (key.issuer >= bare_.size()) {
      verdicts[i] = WithoutIssuer(key);
      continue;
    }
    const Coverage& coverage = bare_[key.issuer];
    const List* const list = OnlyList(coverage);
    if (list == nullptr) {
      LookupBlock(policy, coverage, {&key, 1}, &verdicts[i]);
      continue;
    }
    lists[probe_count] = list;
    probes[probe_count] = {&list->set, &key.serial};
    positions[probe_count++] = static_cast<uint16_t>(i);
  }
  if (probe_count == 0) return;
  FindBatch(probes, probe_count, offsets);
  IssuerId last = kUnknownIssuer;
  Verdict absence;
  for (size_t k = 0; k < probe_count; ++k) {
    Verdict& verdict = verdicts[positions[k]];
    const IssuerId issuer = keys[positions[k]].issuer;
    if (issuer != last) absence = AbsenceFrom(policy, bare_[issuer]);
    last = issuer;
    verdict = absence;
    if (offsets[k] == SerialSet::kNotListed) continue;
    Verdict listing = Listing(policy, *lists[k], offsets[k]);
    if (listing.status != Status::kUnknown &&
        AbsenceFrom(policy, *lists[k]).status != Status::kActive) {
      listing.flags |= Verdict::kStaleSource;
    }
    if (Overrules(listing, verdict)) verdict = listing;
  }
}

void Snapshot::Lookup(const LookupPolicy& policy,
                      std::span<const LookupKey> keys,
                      std::span<Verdict> verdicts) const {
  const size_t count = std::min(keys.size(), verdicts.size());
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const auto block = keys.subspan(begin, std::min(kBlock, count - begin));
    Verdict* const answers = verdicts.data() + begin;
    uint32_t other = 0;  // bits in which an issuer differs from the first
    for (const LookupKey& key : block)
      other |= key.issuer ^ block.front().issuer;
    if (other != 0) {
      LookupMixed(policy, block, answers);
    } else if (block.front().issuer < bare_.size()) {
      LookupBlock(policy, bare_[block.front().issuer], block, answers);
    } else {
      std::fill_n(answers, block.size(), WithoutIssuer(block.front()));
    }
  }
}

void Snapshot::Lookup(const LookupPolicy& policy, const Coverage& coverage,
                      std::span<const LookupKey> keys,
                      std::span<Verdict> verdicts) const {
  const size_t count = std::min(keys.size(), verdicts.size());
  for (size_t begin = 0; begin < count; begin += kBlock) {
    LookupBlock(policy, coverage,
                keys.subspan(begin, std::min(kBlock, count - begin)),
                verdicts.data() + begin);
  }
}

Verdict Snapshot::Lookup(const LookupPolicy& policy,
                         const LookupKey& key) const {
  if (key.issuer >= bare_.size()) return WithoutIssuer(key);
  Verdict verdict;
  LookupBlock(policy, bare_[key.issuer], {&key, 1}, &verdict);
  return verdict;
}

Verdict Snapshot::Lookup(const LookupPolicy& policy, const Coverage& coverage,
                         const SerialNumber& serial) const {
  const LookupKey key{serial, kUnknownIssuer, 0};
  Verdict verdict;
  LookupBlock(policy, coverage, {&key, 1}, &verdict);
  return verdict;
}

Evidence Snapshot::Explain(const LookupKey& key, const Verdict& verdict) const {
  Evidence evidence;
  if (verdict.is_from_ocsp() || verdict.source >= sources_.size() ||
      key.issuer >= issuers_.size())
    return evidence;
  const CrlSource& source = *sources_[verdict.source];
  evidence.crl = &source;
  const SerialSet* const set =
      source.SetOf(issuers_[key.issuer].canonical_name);
  const uint32_t offset =
      set == nullptr ? SerialSet::kNotListed : FindOne(*set, key.serial);
  if (offset != SerialSet::kNotListed)
    evidence.entry = CrlEntryReader::At(source.crl(), offset);
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
