#include "engine/snapshot/mixed_lookup.h"

namespace revstat {

void Snapshot::MixedLookup::Run() {
  const size_t issuers = snapshot_.direct_.size();
  for (const LookupKey& key : keys_) {
    if (key.issuer >= issuers) continue;
    const Direct& direct = snapshot_.direct_[key.issuer];
    __builtin_prefetch(&direct.set);
    __builtin_prefetch(&direct.currency);
  }
  for (size_t i = 0; i < keys_.size(); ++i) Add(i);
  Flush();
}

void Snapshot::MixedLookup::Add(size_t i) {
  const LookupKey& key = keys_[i];
  if (key.issuer >= snapshot_.direct_.size() || snapshot_.IsForeign(key)) {
    verdicts_[i] = snapshot_.Lookup(policy_, key);
    return;
  }
  const Direct& direct = snapshot_.direct_[key.issuer];
  verdicts_[i] = direct.currency.IsGiven(policy_) ? direct.currency.verdict
                                                  : AbsenceOf(key.issuer);
  if (direct.list != nullptr) {
    AddProbe(i, direct.set);
  } else if (!AddProbes(i)) {
    verdicts_[i] = snapshot_.Lookup(policy_, key);
  }
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

void Snapshot::MixedLookup::AddProbe(size_t i, const SerialSet& set) {
  if (set.size() == 0) return;
  if (probe_count_ == kProbes) Flush();
  probes_[probe_count_] = {&set, &keys_[i].serial};
  positions_[probe_count_++] = static_cast<uint16_t>(i);
}

void Snapshot::MixedLookup::Flush() {
  ListedSerial found[kProbes];
  const size_t count = FindListed(probes_, probe_count_, found);
  probe_count_ = 0;
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
