#include "engine/snapshot/snapshot_builder.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/snapshot/authorities.h"
#include "engine/snapshot/series.h"

namespace revstat {
namespace {

std::string GroupKey(IssuerId signer, const std::string& scope_key) {
  return Concat({std::to_string(signer), "/", scope_key});
}

bool HaveOneNumber(const CrlView& a, const CrlView& b) {
  return a.crl_number().has_value() && b.crl_number().has_value() &&
         *a.crl_number() == *b.crl_number();
}

}  // namespace

absl::StatusOr<IssuerId> SnapshotBuilder::AddIssuer(
    std::shared_ptr<const Buffer> certificate) {
  return Add(std::move(certificate), std::nullopt);
}

absl::StatusOr<IssuerId> SnapshotBuilder::AddValidatedIssuer(
    std::shared_ptr<const Buffer> certificate, IssuerId anchor) {
  if (anchor >= issuers_.size() || !issuers_[anchor].is_vouched_for)
    return MakeError(ErrorCode::kNoIssuer, "the anchor was not added");
  return Add(std::move(certificate), anchor);
}

absl::StatusOr<IssuerId> SnapshotBuilder::Add(
    std::shared_ptr<const Buffer> certificate, std::optional<IssuerId> anchor) {
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  std::string name = CanonicalName(view->subject());
  const std::string key =
      name + std::string(TextOf(view->subject_public_key_info_tlv()));
  const auto [position, is_new] =
      by_name_and_key_.try_emplace(key, static_cast<IssuerId>(issuers_.size()));
  const IssuerId id = position->second;
  const Sha256Digest digest = Sha256(view->der());
  const bool is_new_certificate =
      by_sha256_.try_emplace(std::string(TextOf(digest)), id).second;
  if (is_new) {
    by_name_[name].push_back(id);
    issuers_.push_back({std::move(name), *view, {}, 0, !anchor.has_value()});
    anchors_.emplace_back();
  }
  // The caller's word counts for more than a path.
  if (!anchor.has_value()) issuers_[id].is_vouched_for = true;
  if (anchor.has_value()) anchors_[id].push_back(*anchor);
  if (is_new_certificate)
    issuers_[id].certificates.push_back(std::move(certificate));
  return id;
}

IssuerId SnapshotBuilder::IssuerWithCertificate(
    const Sha256Digest& sha256) const {
  const auto found = by_sha256_.find(std::string(TextOf(sha256)));
  return found == by_sha256_.end() ? kUnknownIssuer : found->second;
}

std::vector<CertificateView> SnapshotBuilder::CertificatesOf(
    const Issuer& issuer) {
  std::vector<CertificateView> views;
  for (const auto& certificate : issuer.certificates)
    views.push_back(*CertificateView::Parse(certificate->bytes()));
  return views;
}

SnapshotBuilder::Candidates SnapshotBuilder::SigningCandidates() const {
  Candidates candidates;
  for (IssuerId id = 0; id < issuers_.size(); ++id) {
    for (const CertificateView& view : CertificatesOf(issuers_[id])) {
      // RFC 10007: only a trust anchor's certificate may be without keyUsage.
      if (!view.key_usage().has_value() && !issuers_[id].is_vouched_for)
        continue;
      candidates.certificates.push_back(view);
      candidates.issuers.push_back(id);
    }
  }
  return candidates;
}

void SnapshotBuilder::NoteRefusal(Bytes crl_der, const absl::Status& refusal) {
  // Even of a CRL whose entries are broken the issuer can mostly be read.
  der::Trace trace(crl_der);
  const CrlView crl = CrlView::Parse(crl_der, &trace);
  if (!crl.issuer().tlv().empty()) NoteRefusal(crl, ErrorCodeOf(refusal));
}

void SnapshotBuilder::NoteRefusal(const CrlView& crl, ErrorCode why) {
  Cause& cause = refused_[{
      CanonicalName(crl.issuer()),
      std::string(TextOf(crl.authority_key_identifier().key_identifier))}];
  cause = std::max(cause, CauseOf(why));
}

absl::Status SnapshotBuilder::IngestCrl(std::shared_ptr<const Buffer> der,
                                        const IngestOptions& options) {
  const Candidates candidates = SigningCandidates();
  const auto source = CrlSource::Ingest(der, candidates.certificates, options);
  if (!source.ok()) {
    NoteRefusal(der->bytes(), source.status());
    return source.status();
  }
  return AddCrl(*source, candidates.issuers[(*source)->issuer_index()]);
}

absl::Status SnapshotBuilder::AddCrl(std::shared_ptr<const CrlSource> source,
                                     IssuerId issuer) {
  const CrlView& crl = source->crl();
  CrlScope scope = CrlScope::Of(crl);
  std::string scope_key = scope.Key();
  std::vector<size_t>& same_scope = by_scope_[GroupKey(issuer, scope_key)];
  bool is_superseded = false;
  for (size_t i : same_scope) {
    const CrlView& held = held_[i].source->crl();
    if (Equal(held.der(), crl.der())) return absl::OkStatus();
    if (held.is_delta() != crl.is_delta()) continue;
    is_superseded = is_superseded || IsNewer(held, crl);
    if (HaveOneNumber(held, crl))
      conflicts_.push_back({held_[i].source, source});
  }
  // Even one that is superseded stays: whether it supersedes another, or bears
  // a delta, must not depend on the order in which they came.
  same_scope.push_back(held_.size());
  held_.push_back(
      {std::move(source), issuer, std::move(scope), std::move(scope_key)});
  return is_superseded ? MakeError(ErrorCode::kOlderThanHeld, "")
                       : absl::OkStatus();
}

size_t SnapshotBuilder::DropSuperseded(Time at) {
  std::vector<Held> kept;
  for (const auto& [key, members] : by_scope_) {
    std::vector<std::shared_ptr<const CrlSource>> crls;
    for (size_t i : members) crls.push_back(held_[i].source);
    const std::vector<bool> needed = StillNeeded(crls, at);
    for (size_t k = 0; k < members.size(); ++k) {
      // Those of later times add their listings until they serve.
      if (needed[k] || crls[k]->crl().this_update() > at)
        kept.push_back(held_[members[k]]);
    }
  }
  const size_t dropped = held_.size() - kept.size();
  held_ = std::move(kept);
  by_scope_.clear();
  for (size_t i = 0; i < held_.size(); ++i)
    by_scope_[GroupKey(held_[i].signer, held_[i].scope_key)].push_back(i);
  conflicts_.clear();
  return dropped;
}

void SnapshotBuilder::AddAuthorities(Snapshot* snapshot) const {
  std::vector<AuthorityKey> keys;
  for (size_t i = 0; i < issuers_.size(); ++i) {
    const Issuer& issuer = issuers_[i];
    keys.push_back(
        {issuer.canonical_name, {}, anchors_[i], issuer.is_vouched_for});
    // For rollovers among keys of one name, of which there is mostly one.
    if (by_name_.at(issuer.canonical_name).size() > 1)
      keys.back().certificates = CertificatesOf(issuer);
  }
  const std::vector<uint32_t> authorities = AuthoritiesOf(keys);
  for (size_t i = 0; i < issuers_.size(); ++i) {
    const uint32_t id = authorities[i];
    snapshot->issuers_[i].authority = id;
    if (id == snapshot->authorities_.size()) {
      snapshot->authorities_.emplace_back().canonical_name =
          issuers_[i].canonical_name;
      snapshot->authorities_by_name_[issuers_[i].canonical_name].push_back(id);
    }
    Snapshot::Authority& authority = snapshot->authorities_[id];
    if (issuers_[i].is_vouched_for) {
      authority.is_vouched_for = true;
      authority.anchors.push_back(id);
    }
    for (IssuerId anchor : anchors_[i])
      authority.anchors.push_back(authorities[anchor]);
  }
}

// A refused CRL may be of any key that fits its issuer and key identifier.
void SnapshotBuilder::MarkLeftOut(const BuildOptions& options,
                                  Snapshot* snapshot) const {
  std::vector<Cause>& left_out = snapshot->left_out_;
  left_out.assign(issuers_.size(), Cause::kNone);
  for (const auto& [signer, cause] : refused_) {
    const auto named = by_name_.find(signer.first);
    if (named == by_name_.end()) continue;
    for (IssuerId id : named->second) {
      if (FitOf(issuers_[id], BytesOf(signer.second)) != KeyFit::kNo)
        left_out[id] = std::max(left_out[id], cause);
    }
  }
  if (!options.refusal) return;
  for (const Held& held : held_) {
    Cause& cause = left_out[held.signer];
    cause = std::max(cause, options.refusal(held.signer));
  }
}

void SnapshotBuilder::AddBareCoverage(Snapshot* snapshot) const {
  for (IssuerId id = 0; id < issuers_.size(); ++id)
    snapshot->bare_.push_back(snapshot->BareCoverageOf(id));
  // Authorities of which a CRL is known that does not serve: then those that do
  // are not all.
  std::vector<bool> has_gaps(snapshot->authorities_.size());
  const auto note = [&](IssuerId id, Cause cause) {
    Cause& without = snapshot->bare_[id].without_parts_;
    without = std::max(without, cause);
    has_gaps[snapshot->issuers_[id].authority] = true;
  };
  for (const auto& [signer, cause] : refused_) {
    const auto named = by_name_.find(signer.first);
    if (named == by_name_.end()) continue;
    for (IssuerId id : named->second) note(id, cause);
  }
  for (IssuerId id = 0; id < issuers_.size(); ++id) {
    if (snapshot->left_out_[id] != Cause::kNone)
      note(id, snapshot->left_out_[id]);
  }
  // 5.2.4: the complete CRL that a delta starts from. Not those of a later
  // time, beside which others serve.
  for (const Snapshot::Series& series : snapshot->series_) {
    if (series.role == Snapshot::Series::Role::kWaits)
      note(series.signer, Cause::kOutOfScope);
  }
  for (IssuerId id = 0; id < issuers_.size(); ++id) {
    if (are_all_partitions_held_ &&
        !has_gaps[snapshot->issuers_[id].authority]) {
      snapshot->bare_[id].rule_ = Coverage::Rule::kEvery;
    }
  }
  snapshot->hash_key_ = snapshot->MostUsedKey();
  snapshot->direct_.resize(issuers_.size() + 1);
  for (IssuerId id = 0; id < issuers_.size(); ++id) {
    Coverage& bare = snapshot->bare_[id];
    bare.currency_ = snapshot->CurrencyOf(bare);
    snapshot->direct_[id] = snapshot->DirectOf(id);
  }
}

// The same lists as those of each Coverage's own parts.
void SnapshotBuilder::AddRouting(Snapshot* snapshot) const {
  RouterPool::Build routers(routers_.get());
  for (Snapshot::Authority& authority : snapshot->authorities_) {
    std::vector<RoutedList> lists;
    for (uint32_t position : authority.series) {
      const Snapshot::Series& series = snapshot->series_[position];
      if (snapshot->scopes_[series.scope].kinds == CertificateKinds::kAttribute)
        continue;
      for (uint32_t l = 0; l < series.count; ++l) {
        const Snapshot::List& list = snapshot->lists_[series.first + l];
        if (list.set.size() == 0) continue;
        lists.push_back({snapshot->sources_[list.source]->id(), &list.set,
                         series.first + l});
      }
    }
    authority.routing = routers.Plan(lists);
  }
}

std::unique_ptr<const Snapshot> SnapshotBuilder::Build(
    const BuildOptions& options) const {
  std::unique_ptr<Snapshot> snapshot(new Snapshot);
  snapshot->issuers_ = issuers_;
  snapshot->by_name_ = by_name_;
  snapshot->by_sha256_ = by_sha256_;
  AddAuthorities(snapshot.get());
  for (const Group& group : GroupsOf(options))
    AddGroup(group, options.as_of, snapshot.get());
  MarkOutdated(snapshot.get());
  AddRouting(snapshot.get());
  MarkLeftOut(options, snapshot.get());
  AddBareCoverage(snapshot.get());
  return snapshot;
}

}  // namespace revstat
