#include "engine/snapshot/crl_changes.h"

#include "engine/x509/crl_entry.h"

namespace revstat {
namespace {

// How an entry leaves its certificate.
enum class Standing : uint8_t { kNotListed, kOnHold, kRevoked };

Standing StandingOf(ReasonCode reason) {
  if (reason == ReasonCode::kRemoveFromCrl) return Standing::kNotListed;
  return reason == ReasonCode::kCertificateHold ? Standing::kOnHold
                                                : Standing::kRevoked;
}

// 5.3.3: the CanonicalName of the first directory name, as the index has it.
std::string IssuerOf(const CrlEntry& entry) {
  std::string issuer;
  ForEachGeneralName(entry.certificate_issuer, [&](const der::Element& name) {
    if (name.tag != kDirectoryName || !issuer.empty()) return;
    der::Trace trace(name.value);
    der::Cursor cursor(name.value, &trace);
    issuer = CanonicalName(NameView::Read(cursor, "certificateIssuer"));
  });
  return issuer;
}

// visit(entry, the set in `of` of its issuer, or null) for each entry of `crl`.
template <class Visit>
void ForEachEntry(const CrlSource& crl, const CrlSource& of, Visit&& visit) {
  CrlEntryReader reader(crl.crl());
  const SerialSet* own = crl.SetOf(crl.canonical_issuer());
  const SerialSet* other = of.SetOf(crl.canonical_issuer());
  while (reader.Next()) {
    const CrlEntry& entry = reader.entry();
    if (!entry.certificate_issuer.empty()) {
      const std::string issuer = IssuerOf(entry);
      own = crl.SetOf(issuer);
      other = of.SetOf(issuer);
    }
    visit(entry, own, other);
  }
}

Standing StandingIn(const CrlSource& crl, const SerialSet* set,
                    const SerialNumber& serial) {
  if (set == nullptr) return Standing::kNotListed;
  const uint32_t offset = set->Find(serial);
  if (offset == SerialSet::kNotListed) return Standing::kNotListed;
  const auto entry = CrlEntryReader::At(crl.crl(), offset);
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
  ForEachEntry(
      after, *before,
      [&](const CrlEntry& entry, const SerialSet* own, const SerialSet* other) {
        comparison.CountNew(*before, other, own, entry);
      });
  if (after.crl().is_delta()) return comparison.Take();
  ForEachEntry(
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
