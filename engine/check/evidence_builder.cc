#include "engine/check/evidence_builder.h"

#include <utility>

#include "engine/check/store_addition.h"
#include "engine/verify/digest.h"

namespace revstat {
namespace {

PathPolicy PathPolicyOf(const EvidencePolicy& policy) {
  PathPolicy path;
  path.at = policy.lookup.at;
  path.anchor_kind = policy.anchor_kind;
  path.weak_digest = policy.ingest.signature.weak_digest;
  path.gost = policy.ingest.signature.gost;
  return path;
}

}  // namespace

std::unique_ptr<const Snapshot> BuildJudged(const SnapshotBuilder& builder,
                                            const LookupPolicy& policy,
                                            Judging judging) {
  SnapshotBuilder::BuildOptions options;
  options.as_of = policy.at + policy.clock_skew;
  auto snapshot = builder.Build(options);
  if (judging == Judging::kNotNeeded) return snapshot;
  const SignerChecker signers(*snapshot, policy);
  options.refusal = [&](IssuerId id) { return signers.Judge(id); };
  return builder.Build(options);
}

EvidenceBuilder::EvidenceBuilder(const EvidencePolicy& policy)
    : policy_(policy),
      paths_(std::make_unique<PathBuilder>(PathPolicyOf(policy))) {
  if (policy.partitions == Partitions::kAllHeld)
    builder_.DeclareAllPartitionsHeld();
}

absl::Status EvidenceBuilder::AddTrusted(
    std::shared_ptr<const Buffer> certificate) {
  const auto issuer = builder_.AddIssuer(certificate);
  return issuer.ok() ? paths_->AddAnchor(certificate->bytes())
                     : issuer.status();
}

absl::Status EvidenceBuilder::AddUntrusted(
    std::shared_ptr<const Buffer> certificate) {
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  const Sha256Digest digest = Sha256(view->der());
  if (!seen_.insert(std::string(TextOf(digest))).second)
    return absl::OkStatus();
  // All of them, the expired too: a path that fails for one of these says so.
  const absl::Status added = paths_->AddUntrusted(certificate->bytes());
  if (added.ok() && MayIssue(*view)) untrusted_.push_back(certificate);
  return added;
}

bool EvidenceBuilder::MayIssue(const CertificateView& certificate) const {
  const Time at = policy_.lookup.at;
  const bool signs_crls = (certificate.key_usage().value_or(0) & kCrlSign) != 0;
  return certificate.not_before() <= at && at <= certificate.not_after() &&
         (certificate.kind() == CertificateView::Kind::kCa || signs_crls);
}

// A path may lead through any of them, so all are known before one is tried.
void EvidenceBuilder::ValidateUntrusted() {
  for (const auto& certificate : untrusted_) AddIfValid(certificate);
  untrusted_.clear();
}

void EvidenceBuilder::AddIfValid(
    const std::shared_ptr<const Buffer>& certificate) {
  const auto path = paths_->Build(certificate->bytes());
  if (!path.ok() || path->certificates.size() < 2) return;
  const Buffer& anchor = *path->certificates.back();
  const IssuerId id = builder_.IssuerWithCertificate(Sha256(anchor.bytes()));
  has_validated_ |= builder_.AddValidatedIssuer(certificate, id).ok();
}

void EvidenceBuilder::AddStore(const StoreContents& store) {
  has_validated_ |= revstat::AddStore(store, policy_, &builder_).has_validated;
  if (policy_.store_paths == StorePaths::kKnown) return;
  for (const ManifestCertificate& certificate : store.manifest.certificates) {
    // The store has read them before; one that OpenSSL cannot is on no path.
    const absl::Status added =
        certificate.trust == ManifestCertificate::Trust::kVouchedFor
            ? AddTrusted(certificate.der)
            : AddUntrusted(certificate.der);
    added.IgnoreError();
  }
}

absl::Status EvidenceBuilder::IngestCrl(std::shared_ptr<const Buffer> crl) {
  ValidateUntrusted();
  return builder_.IngestCrl(std::move(crl), policy_.ingest);
}

BuiltEvidence EvidenceBuilder::Build() && {
  ValidateUntrusted();
  BuiltEvidence built{
      std::move(paths_),
      BuildJudged(builder_, policy_.lookup,
                  has_validated_ ? Judging::kNeeded : Judging::kNotNeeded)};
  return built;
}

}  // namespace revstat
