#include "engine/snapshot/snapshot_builder.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/base/error.h"
#include "engine/snapshot/authorities.h"
#include "engine/snapshot/series.h"

namespace revstat {
namespace {

// Why this CRL can never prove that a certificate it does not list is active.
Cause AbsenceCause(const CrlSource& source) {
  return !source.crl().unsupported_critical_extension().empty() ||
                 source.statistics().unsupported_entry.has_value()
             ? Cause::kUnsupportedCriticalExtension
             : Cause::kNone;
}

}  // namespace

absl::StatusOr<IssuerId> SnapshotBuilder::AddIssuer(
    std::shared_ptr<const Buffer> certificate) {
  return Add(std::move(certificate), AuthorityKey::kVouchedFor);
}

absl::StatusOr<IssuerId> SnapshotBuilder::AddValidatedIssuer(
    std::shared_ptr<const Buffer> certificate, IssuerId anchor) {
  if (anchor >= issuers_.size() ||
      anchors_[anchor] != AuthorityKey::kVouchedFor) {
    return MakeError(ErrorCode::kNoIssuer, "the anchor was not added");
  }
  return Add(std::move(certificate), anchor);
}

absl::StatusOr<IssuerId> SnapshotBuilder::Add(
    std::shared_ptr<const Buffer> certificate, uint32_t anchor) {
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  std::string name = CanonicalName(view->subject());
  const auto id = static_cast<IssuerId>(issuers_.size());
  const std::string key =
      name + std::string(TextOf(view->subject_public_key_info_tlv()));
  const auto [position, is_new] = by_name_and_key_.try_emplace(key, id);
  const IssuerId issuer = position->second;
  const Sha256Digest digest = Sha256(view->der());
  const bool is_new_certificate =
      by_sha256_.try_emplace(std::string(TextOf(digest)), issuer).second;
  if (is_new) {
    by_name_[name].push_back(id);
    issuers_.push_back(
        {std::move(name), std::move(certificate), *view, {digest}});
    anchors_.push_back(anchor);
    return issuer;
  }
  if (is_new_certificate) issuers_[issuer].certificate_sha256.push_back(digest);
  // The caller's word counts for more than a path.
  if (anchor == AuthorityKey::kVouchedFor) anchors_[issuer] = anchor;
  return issuer;
}

IssuerId SnapshotBuilder::IssuerWithCertificate(
    const Sha256Digest& sha256) const {
  const auto found = by_sha256_.find(std::string(TextOf(sha256)));
  return found == by_sha256_.end() ? kUnknownIssuer : found->second;
}

std::vector<CertificateView> SnapshotBuilder::Candidates() const {
  std::vector<CertificateView> candidates;
  for (const Issuer& issuer : issuers_) candidates.push_back(issuer.view);
  return candidates;
}

void SnapshotBuilder::NoteRefusal(Bytes crl_der, const absl::Status& refusal) {
  // Even of a CRL whose entries are broken the issuer can mostly be read.
  der::Trace trace(crl_der);
  const CrlView crl = CrlView::Parse(crl_der, &trace);
  if (crl.issuer().tlv().empty()) return;
  Cause& cause = refused_[CanonicalName(crl.issuer())];
  cause = std::max(cause, CauseOf(ErrorCodeOf(refusal)));
}

absl::Status SnapshotBuilder::IngestCrl(std::shared_ptr<const Buffer> der,
                                        const IngestOptions& options) {
  const auto source = CrlSource::Ingest(der, Candidates(), options);
  if (!source.ok()) {
    NoteRefusal(der->bytes(), source.status());
    return source.status();
  }
  return AddCrl(*source, static_cast<IssuerId>((*source)->issuer_index()));
}

absl::Status SnapshotBuilder::AddCrl(std::shared_ptr<const CrlSource> source,
                                     IssuerId issuer) {
  const CrlView& crl = source->crl();
  std::string scope_key = CrlScope::Of(crl).Key();
  std::vector<size_t>& same_scope =
      by_scope_[Concat({std::to_string(issuer), "/", scope_key})];
  bool is_superseded = false;
  for (size_t i : same_scope) {
    const CrlView& held = held_[i].source->crl();
    if (Equal(held.der(), crl.der())) return absl::OkStatus();
    is_superseded = is_superseded ||
                    (held.is_delta() == crl.is_delta() && IsNewer(held, crl));
  }
  // Even one that is superseded stays: whether it supersedes another, or bears
  // a delta, must not depend on the order in which they came.
  same_scope.push_back(held_.size());
  held_.push_back({std::move(source), issuer, std::move(scope_key)});
  return is_superseded ? MakeError(ErrorCode::kOlderThanHeld, "")
                       : absl::OkStatus();
}

void SnapshotBuilder::AddAuthorities(Snapshot* snapshot) const {
  std::vector<AuthorityKey> keys;
  for (size_t i = 0; i < issuers_.size(); ++i)
    keys.push_back({issuers_[i].canonical_name, issuers_[i].view, anchors_[i]});
  const std::vector<uint32_t> authorities = AuthoritiesOf(keys);
  for (size_t i = 0; i < issuers_.size(); ++i) {
    snapshot->issuers_[i].authority = authorities[i];
    if (authorities[i] == snapshot->authorities_.size()) {
      Snapshot::Authority& made = snapshot->authorities_.emplace_back();
      made.canonical_name = issuers_[i].canonical_name;
      snapshot->authorities_by_name_[made.canonical_name].push_back(
          authorities[i]);
    }
    Snapshot::Authority& authority = snapshot->authorities_[authorities[i]];
    const bool is_vouched_for = anchors_[i] == AuthorityKey::kVouchedFor;
    authority.is_vouched_for |= is_vouched_for;
    snapshot->issuers_[i].is_vouched_for = is_vouched_for;
    if (!is_vouched_for) authority.anchor = authorities[anchors_[i]];
  }
  for (uint32_t i = 0; i < snapshot->authorities_.size(); ++i) {
    Snapshot::Authority& authority = snapshot->authorities_[i];
    if (authority.is_vouched_for) authority.anchor = i;
  }
}

// A chain becomes a series for the CRL issuer's own certificates and, where it
// is indirect, one for each other issuer that any of its CRLs names.
void SnapshotBuilder::AddChain(const std::vector<const Held*>& group,
                               const std::vector<uint32_t>& chain,
                               Snapshot* snapshot) const {
  const IssuerId signer = group.front()->signer;
  const CrlView& base = group[chain.back()]->source->crl();
  const auto scope = static_cast<uint32_t>(snapshot->scopes_.size());
  snapshot->scopes_.push_back(CrlScope::Of(base));
  std::vector<uint32_t> sources;
  std::set<std::string> certificate_issuers;
  for (uint32_t member : chain) {
    const auto& source = group[member]->source;
    sources.push_back(static_cast<uint32_t>(snapshot->sources_.size()));
    snapshot->sources_.push_back(source);
    for (const CrlSource::IssuerSet& entries : source->issuer_sets())
      certificate_issuers.insert(entries.certificate_issuer);
  }
  const std::string& own = group.front()->source->canonical_issuer();
  certificate_issuers.erase(own);
  const auto add_series = [&](const std::string* certificate_issuer) {
    const auto first = static_cast<uint32_t>(snapshot->lists_.size());
    for (uint32_t position : sources) {
      const CrlSource& source = *snapshot->sources_[position];
      const CrlView& crl = source.crl();
      const SerialSet* const set =
          certificate_issuer ? source.SetOf(*certificate_issuer) : nullptr;
      snapshot->lists_.push_back(
          {.set = set ? *set : SerialSet(),
           .this_update = ToUnix(crl.this_update()),
           .next_update = ToUnix(crl.next_update().value_or(crl.this_update())),
           .absence = AbsenceCause(source),
           .has_next_update = crl.next_update().has_value(),
           .source = position});
    }
    snapshot->series_.push_back(
        {first, static_cast<uint32_t>(sources.size()), scope, signer});
    return static_cast<uint32_t>(snapshot->series_.size() - 1);
  };
  const uint32_t id = snapshot->issuers_[signer].authority;
  Snapshot::Authority& authority = snapshot->authorities_[id];
  authority.series.push_back(add_series(&own));
  if (!base.is_indirect()) return;
  if (authority.indirect.empty()) snapshot->indirect_speakers_.push_back(id);
  Snapshot::IndirectGroup& indirect = authority.indirect.emplace_back();
  indirect.unnamed = add_series(nullptr);
  for (const std::string& issuer : certificate_issuers)
    indirect.named.emplace(issuer, add_series(&issuer));
}

void SnapshotBuilder::AddBareCoverage(Snapshot* snapshot) const {
  for (IssuerId id = 0; id < issuers_.size(); ++id) {
    Coverage coverage = snapshot->BareCoverageOf(id);
    const auto refused = refused_.find(issuers_[id].canonical_name);
    if (refused != refused_.end())
      coverage.without_parts =
          std::max(coverage.without_parts, refused->second);
    if (are_all_partitions_held_) coverage.rule = Coverage::Rule::kEvery;
    snapshot->bare_.push_back(std::move(coverage));
  }
}

std::unique_ptr<const Snapshot> SnapshotBuilder::Build(
    const SignerRefusal& refusal) const {
  std::unique_ptr<Snapshot> snapshot(new Snapshot);
  snapshot->issuers_ = issuers_;
  snapshot->by_name_ = by_name_;
  snapshot->by_sha256_ = by_sha256_;
  AddAuthorities(snapshot.get());
  // In an order that does not depend on that of the additions to one scope.
  std::map<std::pair<IssuerId, std::string>, std::vector<const Held*>> groups;
  for (const Held& held : held_) {
    if (!refusal || refusal(held.signer) == Cause::kNone)
      groups[{held.signer, held.scope_key}].push_back(&held);
  }
  for (const auto& [key, group] : groups) {
    std::vector<CrlView> crls;
    for (const Held* held : group) crls.push_back(held->source->crl());
    for (const std::vector<uint32_t>& chain : MakeChains(crls))
      AddChain(group, chain, snapshot.get());
  }
  AddBareCoverage(snapshot.get());
  // What is held and serves nothing says more than that nothing is held.
  for (const Held& held : held_) {
    const Cause cause = refusal ? refusal(held.signer) : Cause::kNone;
    Cause& without = snapshot->bare_[held.signer].without_parts;
    without =
        std::max(without, cause == Cause::kNone ? Cause::kOutOfScope : cause);
  }
  return snapshot;
}

}  // namespace revstat
