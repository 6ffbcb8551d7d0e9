#include "engine/snapshot/crl_changes.h"

#include "engine/snapshot/standing.h"

namespace revstat {
namespace {

// visit(entry, the set in `of` of its issuer, or null) for each entry of `crl`.
template <class Visit>
void ForEachEntryBeside(const CrlSource& crl, const CrlSource& of,
                        Visit&& visit) {
  const SerialSet* own = nullptr;
  const SerialSet* other = nullptr;
  ForEachEntry(
      crl,
      [&](const std::string& issuer) {
        own = crl.SetOf(issuer);
        other = of.SetOf(issuer);
      },
      [&](const CrlEntry& entry) { visit(entry, own, other); });
}

Standing StandingIn(const CrlSource& crl, const SerialSet* set,
                    const SerialNumber& serial) {
  const auto entry = FindEntry(crl, set, serial);
  return entry ? StandingOf(entry->reason) : Standing::kNotListed;
}

class Comparison {
 public:
  explicit Comparison(size_t max_first) : max_first_(max_first) {}

  void Count(CrlChange change, const CrlEntry& entry) {
    switch (change) {
      case CrlChange::kRevoked:
        ++changes_.revoked;
        break;
      case CrlChange::kPutOnHold:
        ++changes_.put_on_hold;
        break;
      case CrlChange::kLifted:
        ++changes_.lifted;
        break;
      case CrlChange::kGone:
        ++changes_.gone;
        break;
    }
    if (changes_.first.size() < max_first_) {
      changes_.first.push_back({change, entry.serial.ToText(), entry.reason});
    }
  }

  // Of an entry of the new CRL, by how the old one left its certificate.
  void CountNew(const CrlSource& before, const SerialSet* old_set,
                const SerialSet* new_set, const CrlEntry& entry) {
    const Standing was = StandingIn(before, old_set, entry.serial);
    const Standing is = StandingOf(entry.reason);
    if (was == is && is != Standing::kNotListed) return;
    // Of several entries of one certificate the index names the one that binds.
    if (new_set == nullptr || new_set->Find(entry.serial) != entry.offset)
      return;
    if (is == Standing::kRevoked) {
      Count(CrlChange::kRevoked, entry);
    } else if (is == Standing::kOnHold) {
      Count(CrlChange::kPutOnHold, entry);
    } else if (was == Standing::kOnHold || old_set == nullptr ||
               old_set->Find(entry.serial) == SerialSet::kNotListed) {
      Count(CrlChange::kLifted, entry);
    }
  }

  CrlChanges Take() { return std::move(changes_); }

 private:
  const size_t max_first_;
  CrlChanges changes_;
};

}  // namespace

std::string_view NameOf(CrlChange change) {
  switch (change) {
    case CrlChange::kRevoked:
      return "revoked";
    case CrlChange::kPutOnHold:
      return "put_on_hold";
    case CrlChange::kLifted:
      return "lifted";
    case CrlChange::kGone:
      return "gone";
  }
  return "";
}

CrlChanges CompareCrls(const CrlSource* before, const CrlSource& after,
                       size_t max_first) {
  if (before == nullptr) {
    CrlChanges all;
    const CrlStatistics& statistics = after.statistics();
    const auto count = [&](ReasonCode reason) {
      return statistics.by_reason[static_cast<size_t>(reason)];
    };
    all.put_on_hold = count(ReasonCode::kCertificateHold);
    all.lifted = count(ReasonCode::kRemoveFromCrl);
    all.revoked = statistics.entries - all.put_on_hold - all.lifted;
    return all;
  }
  Comparison comparison(max_first);
  ForEachEntryBeside(
      after, *before,
      [&](const CrlEntry& entry, const SerialSet* own, const SerialSet* other) {
        comparison.CountNew(*before, other, own, entry);
      });
  if (after.crl().is_delta()) return comparison.Take();
  ForEachEntryBeside(
      *before, after,
      [&](const CrlEntry& entry, const SerialSet* own, const SerialSet* other) {
        if (other != nullptr &&
            other->Find(entry.serial) != SerialSet::kNotListed)
          return;
        if (own == nullptr || own->Find(entry.serial) != entry.offset) return;
        comparison.Count(entry.reason == ReasonCode::kCertificateHold
                             ? CrlChange::kLifted
                             : CrlChange::kGone,
                         entry);
      });
  return comparison.Take();
}

}  // namespace revstat
