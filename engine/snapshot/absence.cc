// What a snapshot says of a serial that nothing lists.
#include <algorithm>
#include <limits>

#include "engine/snapshot/snapshot.h"

namespace revstat {
namespace {

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
  if (policy.not_after.has_value() &&
      list.this_update > ToUnix(*policy.not_after) &&
      list.keeps_expired_since > ToUnix(*policy.not_after)) {
    return Unknown(Cause::kNotYetCurrent, list.source);
  }
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

// 6.3.3 (e), (l): the reasons of all distribution points are summed. So what
// the CRL issuers that the certificate names cover counts beside the lists of
// its CA's key: which of the CA's keys counts says nothing of theirs.
bool Snapshot::IsCoveredBy(const LookupPolicy& policy, const Coverage& coverage,
                           IssuerId key) const {
  ReasonSum sum;
  for (const Coverage::Part& part : coverage.parts_) {
    const Series& series = series_[part.series];
    if (part.use == Coverage::Use::kCovers &&
        (series.signer == key ||
         issuers_[series.signer].authority != issuers_[key].authority) &&
        AbsenceFrom(policy, series).status == Status::kActive) {
      sum.Add(part);
    }
  }
  return sum.IsAll();
}

Verdict Snapshot::AbsenceFromParts(const LookupPolicy& policy,
                                   const Coverage& coverage) const {
  ReasonSum covering;  // of current parts
  ReasonSum every;     // and with the partitions
  bool are_all_current = true;
  Verdict active = Unknown(Cause::kNone);
  Verdict failure = Unknown(coverage.without_parts_);
  for (const Coverage::Part& part : coverage.parts_) {
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
      coverage.keys_.empty()
          ? covering.IsAll()
          : std::all_of(coverage.keys_.begin(), coverage.keys_.end(),
                        [&](IssuerId key) {
                          return IsCoveredBy(policy, coverage, key);
                        });
  const bool is_every_partition_current =
      coverage.rule_ == Coverage::Rule::kEvery && are_all_current &&
      every.IsAll();
  if (is_covered || is_every_partition_current) return active;
  // 6.3.3, last paragraph: reasons or certificates that nothing current covers.
  const Verdict incomplete = Unknown(Cause::kIncomplete, active.source);
  if (active.status == Status::kActive && !Prevails(failure, incomplete))
    return incomplete;
  return failure;
}

Verdict Snapshot::AbsenceFrom(const LookupPolicy& policy,
                              const Coverage& coverage) const {
  if (coverage.snapshot_ != id_) return Unknown(without_issuer_);
  return coverage.currency_.IsGiven(CurrencyBounds(policy))
             ? coverage.currency_.verdict
             : AbsenceFromParts(policy, coverage);
}

Currency Snapshot::CurrencyOf(const Coverage& coverage) const {
  Currency currency;
  if (coverage.snapshot_ != id_) return currency;
  int64_t earliest = std::numeric_limits<int64_t>::max();
  int64_t latest = std::numeric_limits<int64_t>::min();
  int64_t next = std::numeric_limits<int64_t>::max();
  for (const Coverage::Part& part : coverage.parts_) {
    if (part.use == Coverage::Use::kListing) continue;
    const Series& series = series_[part.series];
    for (uint32_t i = 0; i < series.count; ++i) {
      const List& list = lists_[series.first + i];
      if (list.absence != Cause::kNone || !list.has_next_update)
        return currency;
      earliest = std::min(earliest, list.this_update);
      latest = std::max(latest, list.this_update);
      next = std::min(next, list.next_update);
    }
  }
  // At no one time are all current: with parts that overlap a clock skew might
  // make them so, but that is left to AbsenceFromParts. No parts: likewise.
  if (latest > next || latest < earliest) return currency;
  // Once all are current, nothing else of the policy matters.
  LookupPolicy policy;
  policy.at = FromUnix(latest);
  currency = {earliest, latest, next, AbsenceFromParts(policy, coverage)};
  return currency;
}

}  // namespace revstat
