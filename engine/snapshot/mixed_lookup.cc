#include "engine/snapshot/mixed_lookup.h"

namespace revstat {

void Snapshot::MixedLookup::Run() {
  const Direct* const direct_of = snapshot_.direct_.data();
  const size_t issuers = snapshot_.direct_.size();
  const auto prefetch = [&](size_t i) {
    if (i >= keys_.size() || keys_[i].issuer >= issuers) return;
    __builtin_prefetch(&direct_of[keys_[i].issuer].set);
    __builtin_prefetch(&direct_of[keys_[i].issuer].currency);
  };
  constexpr size_t kAhead = 32;
  for (size_t i = 0; i < kAhead; ++i) prefetch(i);
  for (size_t i = 0; i < keys_.size(); ++i) {
    const LookupKey& key = keys_[i];
    PrefetchNext(i);
    prefetch(i + kAhead);
    if (key.issuer >= issuers || snapshot_.IsForeign(key) ||
        direct_of[key.issuer].list == nullptr) {
      AddUnusual(i);
      continue;
    }
    const Direct& direct = direct_of[key.issuer];
    verdicts_[i] = direct.currency.IsGiven(bounds_) ? direct.currency.verdict
                                                    : AbsenceOf(key.issuer);
    AddProbe(i, direct.set);
  }
  Flush();
}

void Snapshot::MixedLookup::AddUnusual(size_t i) {
  const LookupKey& key = keys_[i];
  if (key.issuer < snapshot_.direct_.size() && !snapshot_.IsForeign(key)) {
    verdicts_[i] = AbsenceOf(key.issuer);
    if (AddProbes(i)) return;
  }
  verdicts_[i] = snapshot_.Lookup(policy_, key);
}

Verdict Snapshot::MixedLookup::AbsenceOf(IssuerId issuer) {
  if (issuer != last_issuer_) {
    last_issuer_ = issuer;
    last_absence_ = snapshot_.AbsenceFrom(policy_, snapshot_.bare_[issuer]);
  }
  return last_absence_;
}

// False where the issuer has too many lists.
bool Snapshot::MixedLookup::AddProbes(size_t i) {
  const Coverage& coverage = snapshot_.bare_[keys_[i].issuer];
  size_t lists = 0;
  for (const Coverage::Part& part : coverage.parts_)
    lists += snapshot_.series_[part.series].count;
  if (lists > kMaxListsEach) return false;
  for (const Coverage::Part& part : coverage.parts_) {
    const Series& series = snapshot_.series_[part.series];
    for (uint32_t l = 0; l < series.count; ++l)
      AddProbe(i, snapshot_.lists_[series.first + l].set);
  }
  return true;
}

void Snapshot::MixedLookup::Flush() {
  ListedSerial found[kProbes];
  const size_t count = FindListed(probes_, probe_count_, found);
  probe_count_ = 0;
  // What an answer needs of each issuer's list comes for all of them together.
  const auto list_of = [&](size_t k) {
    return snapshot_.direct_[keys_[positions_[found[k].probe]].issuer].list;
  };
  for (size_t k = 0; k < count; ++k) {
    if (const List* const list = list_of(k))
      __builtin_prefetch(&list->this_update);
  }
  for (size_t k = 0; k < count; ++k) {
    if (const List* const list = list_of(k))
      __builtin_prefetch(&snapshot_.sources_[list->source]->crl());
  }
  for (size_t k = 0; k < count; ++k)
    Apply(positions_[found[k].probe], found[k].offset);
}

// Where several lists of one key have the serial it is looked up once for each,
// with the same answer.
void Snapshot::MixedLookup::Apply(size_t i, uint32_t offset) {
  const List* const list = snapshot_.direct_[keys_[i].issuer].list;
  if (list == nullptr) {
    verdicts_[i] = snapshot_.Lookup(policy_, keys_[i]);
    return;
  }
  const bool is_current =
      snapshot_.AbsenceFrom(policy_, *list).status == Status::kActive;
  snapshot_.ApplyListing(policy_, snapshot_.series_[list->series],
                         {is_current, is_current}, *list, offset,
                         &verdicts_[i]);
}

// What follows from the one list that a coverage may have.
const Snapshot::List* Snapshot::OnlyList(const Coverage& coverage) const {
  if (coverage.parts_.size() != 1) return nullptr;
  const Series& series = series_[coverage.parts_.front().series];
  return series.count == 1 ? &lists_[series.first] : nullptr;
}

Snapshot::Direct Snapshot::DirectOf(IssuerId issuer) const {
  const Coverage& coverage = bare_[issuer];
  Direct direct;
  direct.currency = coverage.currency_;
  direct.list = OnlyList(coverage);
  if (direct.list != nullptr) direct.set = direct.list->set;
  return direct;
}

}  // namespace revstat
