#include "engine/snapshot/snapshot_builder.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"

namespace revstat {
namespace {

// The same for two CRLs exactly when they list the same kind of certificates of
// the same issuer, so that the newer replaces the older.
std::string ScopeOf(const CrlView& crl, IssuerId issuer) {
  std::string scope = std::to_string(issuer);
  scope += crl.is_delta() ? "d" : "c";
  if (const auto& point = crl.issuing_distribution_point()) {
    scope += point->issuance == CrlIssuance::kIndirect ? "i" : "";
    scope += std::to_string(static_cast<int>(point->kinds));
    scope += point->only_some_reasons
                 ? std::to_string(*point->only_some_reasons)
                 : "all";
    scope += ToHex(point->name.full_name);
    scope += '/';
    scope += ToHex(point->name.relative_name);
  }
  return scope;
}

// 5.2.3: a later CRL of a scope has a higher number. Where number and time do
// not agree, or nothing tells them apart, neither is newer: both are kept, and
// a listing in either stands.
bool IsNewer(const CrlView& a, const CrlView& b) {
  if (a.crl_number().has_value() && b.crl_number().has_value()) {
    return *a.crl_number() > *b.crl_number() &&
           a.this_update() >= b.this_update();
  }
  return a.this_update() > b.this_update();
}

// Why this CRL can never prove that a certificate it does not list is active.
Cause AbsenceCause(const CrlSource& source) {
  const CrlView& crl = source.crl();
  if (!crl.unsupported_critical_extension().empty() ||
      source.statistics().unsupported_entry.has_value()) {
    return Cause::kUnsupportedCriticalExtension;
  }
  // A partition says nothing of the certificates outside it.
  if (crl.issuing_distribution_point().has_value()) return Cause::kIncomplete;
  return Cause::kNone;
}

// 5.2.4: "applications may choose not to process delta CRLs": a base answers
// alone until its nextUpdate, and a delta alone answers nothing. An indirect
// CRL's entries are other issuers' certificates.
bool IsProcessed(const CrlView& crl) {
  return !crl.is_delta() && !crl.is_indirect();
}

}  // namespace

absl::StatusOr<IssuerId> SnapshotBuilder::AddIssuer(
    std::shared_ptr<const Buffer> certificate) {
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  std::string name = CanonicalName(view->subject());
  const auto id = static_cast<IssuerId>(snapshot_->issuers_.size());
  const std::string key =
      name + std::string(TextOf(view->subject_public_key_info_tlv()));
  const auto [position, is_new] = by_name_and_key_.try_emplace(key, id);
  const Sha256Digest digest = Sha256(view->der());
  if (snapshot_->by_sha256_
          .try_emplace(std::string(TextOf(digest)), position->second)
          .second &&
      !is_new) {
    snapshot_->issuers_[position->second].certificate_sha256.push_back(digest);
  }
  if (is_new) {
    snapshot_->by_name_[name].push_back(id);
    snapshot_->issuers_.push_back(
        {std::move(name), std::move(certificate), *view, {digest}});
  }
  return position->second;
}

std::vector<CertificateView> SnapshotBuilder::Candidates() const {
  std::vector<CertificateView> candidates;
  for (const Issuer& issuer : snapshot_->issuers_)
    candidates.push_back(issuer.view);
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
  std::vector<size_t>& same_scope = by_scope_[ScopeOf(crl, issuer)];
  bool superseded = false;
  for (size_t i : same_scope) {
    const CrlView& held = held_[i].source->crl();
    if (Equal(held.der(), crl.der())) return absl::OkStatus();
    superseded = superseded || IsNewer(held, crl);
    held_[i].superseded = held_[i].superseded || IsNewer(crl, held);
  }
  // Even one that is superseded stays until Build: whether it supersedes
  // another must not depend on the order in which they came.
  same_scope.push_back(held_.size());
  held_.push_back({std::move(source), issuer, superseded});
  return superseded ? MakeError(ErrorCode::kOlderThanHeld, "")
                    : absl::OkStatus();
}

std::unique_ptr<const Snapshot> SnapshotBuilder::Build() && {
  Snapshot& snapshot = *snapshot_;
  std::erase_if(held_, [](const Held& held) { return held.superseded; });
  std::stable_sort(
      held_.begin(), held_.end(),
      [](const Held& a, const Held& b) { return a.issuer < b.issuer; });
  snapshot.issuer_slots_.resize(snapshot.issuers_.size());
  for (size_t i = 0; i < snapshot.issuers_.size(); ++i) {
    const auto refused = refused_.find(snapshot.issuers_[i].canonical_name);
    if (refused != refused_.end())
      snapshot.issuer_slots_[i].without_source = refused->second;
  }
  for (const Held& held : held_) {
    const auto source = static_cast<uint32_t>(snapshot.sources_.size());
    snapshot.sources_.push_back(held.source);
    Snapshot::IssuerSlots& issuer = snapshot.issuer_slots_[held.issuer];
    const CrlView& crl = held.source->crl();
    if (!IsProcessed(crl)) {
      issuer.without_source =
          std::max(issuer.without_source, Cause::kOutOfScope);
      continue;
    }
    if (issuer.count++ == 0)
      issuer.first = static_cast<uint32_t>(snapshot.slots_.size());
    snapshot.slots_.push_back(
        {.set = held.source->issuer_sets().front().set,
         .this_update = ToUnix(crl.this_update()),
         .next_update = ToUnix(crl.next_update().value_or(crl.this_update())),
         .absence = AbsenceCause(*held.source),
         .has_next_update = crl.next_update().has_value(),
         .source = source});
  }
  return std::move(snapshot_);
}

}  // namespace revstat
