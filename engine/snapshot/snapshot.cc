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

// A listing that leaves the question open lets no active stand.
bool Overrules(const Verdict& listing, const Verdict& held) {
  return listing.status != Status::kUnknown ? Prevails(listing, held)
                                            : held.status >= Status::kActive;
}

}  // namespace

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

Verdict Snapshot::AbsenceFrom(const LookupPolicy& policy,
                              const Coverage& coverage) const {
  const bool has_own_key = std::any_of(
      coverage.parts.begin(), coverage.parts.end(),
      [](const Coverage::Part& part) { return part.is_of_own_key; });
  ReasonMask user_reasons = 0;
  ReasonMask ca_reasons = 0;
  bool are_all_current = !coverage.parts.empty();
  Verdict active;
  Verdict failure = Unknown(coverage.without_parts);
  for (const Coverage::Part& part : coverage.parts) {
    const Verdict verdict = AbsenceFrom(policy, series_[part.series]);
    if (verdict.status != Status::kActive) {
      are_all_current = false;
      if (Prevails(verdict, failure)) failure = verdict;
      continue;
    }
    if (active.status != Status::kActive || part.is_of_own_key)
      active = verdict;
    if (has_own_key && !part.is_of_own_key) continue;
    user_reasons |= part.user_reasons;
    ca_reasons |= part.ca_reasons;
  }
  const bool is_covered =
      (user_reasons & ca_reasons) == kAllReasons ||
      (coverage.rule == Coverage::Rule::kEvery && are_all_current);
  if (is_covered) return active;
  // 6.3.3, last paragraph: reasons or certificates that nothing current covers.
  if (active.status == Status::kActive)
    return Prevails(failure, Unknown(Cause::kIncomplete))
               ? failure
               : Unknown(Cause::kIncomplete, active.source);
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
  const bool is_not_yet_current =
      list.this_update > ToUnix(policy.at) + policy.clock_skew.count();
  if (revocation_seconds > ToUnix(policy.at) ||
      (reason == ReasonCode::kRemoveFromCrl && is_not_yet_current)) {
    return Unknown(
        is_not_yet_current ? Cause::kNotYetCurrent : Cause::kRevokedLater,
        list.source);
  }
  Verdict verdict;
  verdict.revocation_seconds = revocation_seconds;
  verdict.source = list.source;
  verdict.status = reason == ReasonCode::kCertificateHold ? Status::kOnHold
                                                          : Status::kRevoked;
  verdict.reason = reason;
  return verdict;
}

// The newest of a series' lists that has the serial decides; removeFromCRL
// (5.3.1) says that older ones no longer count.
void Snapshot::ApplySeries(const LookupPolicy& policy, const Series& series,
                           std::span<const LookupKey> keys,
                           Verdict* verdicts) const {
  uint32_t offsets[kBlock];
  uint16_t listed[kBlock];
  bool is_decided[kBlock];
  if (series.count > 1) std::fill_n(is_decided, keys.size(), false);
  const bool is_current = AbsenceFrom(policy, series).status == Status::kActive;
  for (uint32_t l = 0; l < series.count; ++l) {
    const List& list = lists_[series.first + l];
    if (list.set.size() == 0) continue;
    FindBatch(list.set, {&keys.front().serial, sizeof(LookupKey)}, keys.size(),
              offsets);
    size_t listed_count = 0;
    for (size_t i = 0; i < keys.size(); ++i) {
      // Without a branch: whether a serial is listed cannot be predicted.
      listed[listed_count] = static_cast<uint16_t>(i);
      listed_count += offsets[i] != SerialSet::kNotListed ? 1 : 0;
    }
    for (size_t k = 0; k < listed_count; ++k) {
      const size_t i = listed[k];
      if (series.count > 1 && is_decided[i]) continue;
      Verdict verdict = Listing(policy, list, offsets[i]);
      // An entry from after the asked time leaves the word to older lists.
      is_decided[i] = verdict.status != Status::kUnknown;
      if (verdict.reason == ReasonCode::kRemoveFromCrl) continue;
      if (!is_current && is_decided[i]) verdict.flags |= Verdict::kStaleSource;
      if (Overrules(verdict, verdicts[i])) verdicts[i] = verdict;
    }
  }
}

void Snapshot::LookupBlock(const LookupPolicy& policy, const Coverage& coverage,
                           std::span<const LookupKey> keys,
                           Verdict* verdicts) const {
  std::fill_n(verdicts, keys.size(), AbsenceFrom(policy, coverage));
  for (const Coverage::Part& part : coverage.parts)
    ApplySeries(policy, series_[part.series], keys, verdicts);
}

const Snapshot::List* Snapshot::OnlyList(const Coverage& coverage) const {
  if (coverage.parts.size() != 1) return nullptr;
  const Series& series = series_[coverage.parts.front().series];
  return series.count == 1 ? &lists_[series.first] : nullptr;
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
  for (size_t k = 0; k < probe_count; ++k) {
    Verdict& verdict = verdicts[positions[k]];
    verdict = AbsenceFrom(policy, bare_[keys[positions[k]].issuer]);
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
  return key.issuer < bare_.size()
             ? Lookup(policy, bare_[key.issuer], key.serial)
             : WithoutIssuer(key);
}

Verdict Snapshot::Lookup(const LookupPolicy& policy, const Coverage& coverage,
                         const SerialNumber& serial) const {
  Verdict best = AbsenceFrom(policy, coverage);
  for (const Coverage::Part& part : coverage.parts) {
    const Series& series = series_[part.series];
    for (uint32_t l = 0; l < series.count; ++l) {
      const List& list = lists_[series.first + l];
      const uint32_t offset = FindOne(list.set, serial);
      if (offset == SerialSet::kNotListed) continue;
      Verdict verdict = Listing(policy, list, offset);
      const bool is_decided = verdict.status != Status::kUnknown;
      if (verdict.reason != ReasonCode::kRemoveFromCrl) {
        if (is_decided && AbsenceFrom(policy, series).status != Status::kActive)
          verdict.flags |= Verdict::kStaleSource;
        if (Overrules(verdict, best)) best = verdict;
      }
      if (is_decided) break;
    }
  }
  return best;
}

Evidence Snapshot::Explain(const LookupKey& key, const Verdict& verdict) const {
  Evidence evidence;
  if (verdict.source >= sources_.size() || key.issuer >= issuers_.size())
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
