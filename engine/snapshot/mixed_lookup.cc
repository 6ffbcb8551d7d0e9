#include "engine/snapshot/mixed_lookup.h"

#include <algorithm>
#include <map>

#include "engine/base/prefetch.h"

namespace revstat {

void Snapshot::MixedLookup::Run() {
  PrefetchDirect(0);
  LocateBlock(0);
  for (size_t begin = 0; begin < keys_.size(); begin += kBlock) {
    LocateBlock(begin + kBlock);
    SelectBlock(begin);
  }
  Flush();
}

// Addresses only: an issuer need not be one of ours.
void Snapshot::MixedLookup::PrefetchDirect(size_t begin) const {
  const auto direct = reinterpret_cast<uintptr_t>(snapshot_.direct_.data());
  const size_t size = SizeOfBlock(begin);
  for (size_t i = 0; i < size; ++i) {
    __builtin_prefetch(reinterpret_cast<const void*>(
        direct + keys_[begin + i].issuer * sizeof(Direct)));
  }
}

void Snapshot::MixedLookup::LocateBlock(size_t begin) {
  if (begin >= keys_.size()) return;
  uint16_t left[kBlock];
  const size_t count = LocateDirect(begin, left);
  for (size_t k = 0; k < count; ++k) {
    const size_t i = begin + left[k];
    const IssuerId issuer = keys_[i].issuer;
    if (IsKnown(keys_[i]) && snapshot_.direct_[issuer].list != nullptr) {
      verdicts_[i] = AbsenceOf(issuer);
    } else {
      AddUnusual(i);
    }
  }
}

// Without a branch or a call, so that all is in registers. Writes to `left` the
// keys, counted from `begin`, whose absence is not to be had from a Currency;
// returns how many.
size_t Snapshot::MixedLookup::LocateDirect(size_t begin, uint16_t* left) {
  PrefetchDirect(begin + kBlock);
  const Direct* const direct_of = snapshot_.direct_.data();
  const size_t nobody = snapshot_.direct_.size() - 1;
  const HashKey hash_key = snapshot_.hash_key_;
  const CurrencyBounds bounds = bounds_;
  const uint32_t tag = tag_;
  const LookupKey* const keys = keys_.data() + begin;
  Verdict* const verdicts = verdicts_ + begin;
  LocatedSerial* const block = located_ + begin % (2 * kBlock);
  const size_t size = SizeOfBlock(begin);
  size_t count = 0;
  for (size_t i = 0; i < size; ++i) {
    const LookupKey& key = keys[i];
    PrefetchNext(begin + i);
    const bool is_known =
        (key.issuer < nobody) & ((key.snapshot == 0) | (key.snapshot == tag));
    const Direct& direct = direct_of[is_known ? key.issuer : nobody];
    block[i] = Locate(direct.head, KeyedHash(hash_key, key.serial.Words()));
    verdicts[i] = direct.currency.verdict;
    left[count] = static_cast<uint16_t>(i);
    count += direct.currency.IsGiven(bounds) ? 0 : 1;
  }
  // In a loop of their own, as kernel_impl.h has it.
  for (size_t i = 0; i < size; ++i)
    __builtin_prefetch(block[i].line, 0, kIntoSecondLevel);
  return count;
}

void Snapshot::MixedLookup::SelectBlock(size_t begin) {
  uint32_t maybe[kBlock];
  const size_t count =
      SelectMaybe(located_ + begin % (2 * kBlock), SizeOfBlock(begin), maybe);
  for (size_t k = 0; k < count; ++k) {
    const size_t i = begin + maybe[k];
    AddProbe(i, snapshot_.direct_[keys_[i].issuer].list->set);
  }
}

void Snapshot::MixedLookup::AddUnusual(size_t i) {
  const LookupKey& key = keys_[i];
  if (IsKnown(key)) {
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
  for (size_t k = 0; k < count; ++k)
    Apply(positions_[found[k].probe], found[k]);
}

// Where several lists of one key have the serial it is looked up once for each,
// with the same answer.
void Snapshot::MixedLookup::Apply(size_t i, const ListedSerial& found) {
  const List* const list = snapshot_.direct_[keys_[i].issuer].list;
  if (list == nullptr) {
    verdicts_[i] = snapshot_.Lookup(policy_, keys_[i]);
    return;
  }
  snapshot_.ApplyOnlyList(policy_, *list, found, &verdicts_[i]);
}

// The key of most lists that list anything. Those of a store have one and the
// same; those that this process took in may have another.
HashKey Snapshot::MostUsedKey() const {
  std::map<HashKey, size_t> uses;
  for (const List& list : lists_) {
    if (list.set.size() > 0) ++uses[list.set.key()];
  }
  const auto most = std::max_element(
      uses.begin(), uses.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == uses.end() ? HashKey() : most->first;
}

// What follows from the one list that a coverage may have.
const Snapshot::List* Snapshot::OnlyList(const Coverage& coverage) const {
  if (coverage.parts_.size() != 1) return nullptr;
  const Series& series = series_[coverage.parts_.front().series];
  return series.count == 1 ? &lists_[series.first] : nullptr;
}

// Where no list is asked directly it is as it is made: its Currency is never
// given, so that such keys are told apart from others by that alone.
Snapshot::Direct Snapshot::DirectOf(IssuerId issuer) const {
  const Coverage& coverage = bare_[issuer];
  Direct direct;
  const List* const list = OnlyList(coverage);
  if (list == nullptr) return direct;
  // Under any key nothing is found in an empty one.
  if (list->set.size() > 0 && list->set.key() != hash_key_) return direct;
  direct.head = list->set.head();
  direct.currency = coverage.currency_;
  direct.list = list;
  return direct;
}

}  // namespace revstat
