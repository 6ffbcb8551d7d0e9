// The part of SnapshotBuilder that makes series of the CRLs of a snapshot.
#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "engine/snapshot/series.h"
#include "engine/snapshot/snapshot_builder.h"

namespace revstat {
namespace {

// Why this CRL can never prove that a certificate it does not list is active.
Cause AbsenceCause(const CrlSource& source) {
  return ProvesAbsence(source) ? Cause::kNone
                               : Cause::kUnsupportedCriticalExtension;
}

}  // namespace

// A chain becomes a series for the CRL issuer's own certificates and, where it
// is indirect, one for each other issuer that any of its CRLs names.
void SnapshotBuilder::AddSeries(const Group& chain, Snapshot::Series::Role role,
                                Snapshot* snapshot) const {
  const IssuerId signer = chain.back()->signer;
  const CrlView& base = chain.back()->source->crl();
  const auto scope = static_cast<uint32_t>(snapshot->scopes_.size());
  snapshot->scopes_.push_back(chain.back()->scope);
  const auto first_source = static_cast<uint32_t>(snapshot->sources_.size());
  for (const Held* held : chain) snapshot->sources_.push_back(held->source);
  const std::string& own = chain.back()->source->canonical_issuer();
  const auto add = [&](const std::string* certificate_issuer) {
    const auto first = static_cast<uint32_t>(snapshot->lists_.size());
    const auto count = static_cast<uint32_t>(chain.size());
    // From the complete CRL up: what says nothing of absence takes that from
    // all that lies on it. Where only listings count, times alone say whether
    // these are current.
    Cause absence = Cause::kNone;
    snapshot->lists_.resize(first + count);
    for (uint32_t i = count; i-- > 0;) {
      const CrlSource& source = *chain[i]->source;
      const CrlView& crl = source.crl();
      if (role == Snapshot::Series::Role::kServes && absence == Cause::kNone)
        absence = AbsenceCause(source);
      const CrlSource::IssuerSet* const entries =
          certificate_issuer ? source.IssuerSetOf(*certificate_issuer)
                             : nullptr;
      snapshot->lists_[first + i] = {
          .set = entries ? entries->set : SerialSet(),
          .filter = entries && entries->filter ? &*entries->filter : nullptr,
          .this_update = ToUnix(crl.this_update()),
          .next_update = ToUnix(crl.next_update().value_or(crl.this_update())),
          .keeps_expired_since = crl.expired_certs_on_crl().has_value()
                                     ? ToUnix(*crl.expired_certs_on_crl())
                                     : std::numeric_limits<int64_t>::max(),
          .absence = absence,
          .has_next_update = crl.next_update().has_value(),
          .source = first_source + i,
          .series = static_cast<uint32_t>(snapshot->series_.size())};
    }
    snapshot->series_.push_back({first, count, scope, signer, role});
    return static_cast<uint32_t>(snapshot->series_.size() - 1);
  };
  const uint32_t id = snapshot->issuers_[signer].authority;
  Snapshot::Authority& authority = snapshot->authorities_[id];
  authority.series.push_back(add(&own));
  if (!base.is_indirect()) return;
  if (authority.indirect.empty()) snapshot->indirect_speakers_.push_back(id);
  Snapshot::IndirectGroup& indirect = authority.indirect.emplace_back();
  indirect.unnamed = add(nullptr);
  std::set<std::string> certificate_issuers;
  for (const Held* held : chain) {
    for (const CrlSource::IssuerSet& entries : held->source->issuer_sets())
      certificate_issuers.insert(entries.certificate_issuer);
  }
  certificate_issuers.erase(own);
  for (const std::string& issuer : certificate_issuers)
    indirect.named.emplace(issuer, add(&issuer));
}

// The newest state that CRLs of one signer and scope make up.
void SnapshotBuilder::AddChains(const Group& crls, Snapshot* snapshot) const {
  std::vector<std::shared_ptr<const CrlSource>> sources;
  for (const Held* held : crls) sources.push_back(held->source);
  const Chains chains = MakeChains(sources);
  for (const std::vector<uint32_t>& members : chains.chains) {
    Group chain;
    for (uint32_t member : members) chain.push_back(crls[member]);
    AddSeries(chain, Snapshot::Series::Role::kServes, snapshot);
  }
  for (uint32_t delta : chains.unapplied)
    AddSeries({crls[delta]}, Snapshot::Series::Role::kWaits, snapshot);
  for (uint32_t delta : chains.flawed)
    AddSeries({crls[delta]}, Snapshot::Series::Role::kIsFlawed, snapshot);
}

// The CRLs that are not left out, in the order of signers and scopes.
std::vector<SnapshotBuilder::Group> SnapshotBuilder::GroupsOf(
    const BuildOptions& options) const {
  Group held;
  for (const Held& one : held_) {
    if (!options.refusal || options.refusal(one.signer) == Cause::kNone)
      held.push_back(&one);
  }
  const auto key_of = [](const Held* one) {
    return std::tie(one->signer, one->scope_key);
  };
  std::stable_sort(held.begin(), held.end(), [&](const Held* a, const Held* b) {
    return key_of(a) < key_of(b);
  });
  std::vector<Group> groups;
  for (const Held* one : held) {
    if (groups.empty() || key_of(groups.back().back()) != key_of(one))
      groups.emplace_back();
    groups.back().push_back(one);
  }
  return groups;
}

void SnapshotBuilder::AddGroup(const Group& group, std::optional<Time> as_of,
                               Snapshot* snapshot) const {
  Group by_then;
  Group later;  // than the time the snapshot is for
  bool has_complete = false;
  for (const Held* held : group) {
    const CrlView& crl = held->source->crl();
    const bool is_later = as_of.has_value() && crl.this_update() > *as_of;
    (is_later ? later : by_then).push_back(held);
    has_complete |= !is_later && !crl.is_delta();
  }
  AddChains(by_then, snapshot);
  if (has_complete) {
    for (const Held* held : later)
      AddSeries({held}, Snapshot::Series::Role::kIsLater, snapshot);
  } else {
    // Nothing complete of that time: the newest can still say what was revoked
    // before. By itself, for it supersedes no delta of that time yet.
    AddChains(later, snapshot);
  }
}

// 5.2.3 numbers CRLs for an issuer and a scope, not for a key.
void SnapshotBuilder::MarkOutdated(Snapshot* snapshot) const {
  const auto newest = [&](const Snapshot::Series& series) -> const CrlView& {
    return snapshot->sources_[snapshot->lists_[series.first].source]->crl();
  };
  const auto is_outdated_by = [&](const Snapshot::Series& series, uint32_t by) {
    const Snapshot::Series& other = snapshot->series_[by];
    return other.signer != series.signer && !other.is_listing_only() &&
           newest(other).crl_number().has_value() &&
           newest(series).crl_number().has_value() &&
           IsNewer(newest(other), newest(series));
  };
  for (const Snapshot::Authority& authority : snapshot->authorities_) {
    if (authority.series.size() < 2) continue;
    std::map<std::string, std::vector<uint32_t>> by_scope;
    for (uint32_t position : authority.series) {
      const uint32_t scope = snapshot->series_[position].scope;
      by_scope[snapshot->scopes_[scope].Key()].push_back(position);
    }
    for (const auto& [scope, positions] : by_scope) {
      for (uint32_t position : positions) {
        Snapshot::Series& series = snapshot->series_[position];
        // A flawed delta's hold stands until a list of its own key ends it.
        series.is_outdated =
            series.role != Snapshot::Series::Role::kIsFlawed &&
            std::any_of(positions.begin(), positions.end(), [&](uint32_t by) {
              return is_outdated_by(series, by);
            });
      }
    }
  }
}

}  // namespace revstat
