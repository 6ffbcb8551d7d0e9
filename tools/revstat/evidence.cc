#include "tools/revstat/evidence.h"

#include <utility>

#include "engine/base/error.h"
#include "engine/verify/digest.h"
#include "tools/revstat/input_files.h"
#include "tools/revstat/output.h"

namespace revstat::tool {
namespace {

constexpr uint64_t kMaxTrustBytes = uint64_t{256} << 20;

using Buffers = std::vector<std::shared_ptr<const Buffer>>;

// Collects what the files hold, and counts what is refused on the way.
class Loader {
 public:
  explicit Loader(const EvidencePolicy& policy)
      : policy_(policy), paths_(std::make_unique<PathBuilder>(PathPolicyOf())) {
    if (policy.partitions == Partitions::kAllHeld)
      builder_.DeclareAllPartitionsHeld();
  }

  void Trust(const std::string& path) {
    for (const auto& certificate :
         Read(path, ObjectKind::kCertificate, kMaxTrustBytes)) {
      const auto issuer = builder_.AddIssuer(certificate);
      absl::Status status = issuer.status();
      if (status.ok()) status = paths_->AddAnchor(certificate->bytes());
      if (!status.ok()) Refuse(path, status);
    }
  }

  Buffers Untrusted(const std::string& path) {
    return Read(path, ObjectKind::kCertificate, kMaxTrustBytes);
  }

  // A path may lead through any of them, so all are known before one is tried.
  void Validate(const Buffers& untrusted) {
    for (const auto& certificate : untrusted) {
      const absl::Status status = paths_->AddUntrusted(certificate->bytes());
      if (!status.ok()) Refuse("--untrusted", status);
    }
    for (const auto& certificate : untrusted) AddWhereValid(certificate);
  }

  void Crl(const std::string& path) {
    for (const auto& crl : Read(path, ObjectKind::kCrl, CrlView::kMaxBytes)) {
      const absl::Status status = builder_.IngestCrl(crl, policy_.ingest);
      // Of two CRLs of one scope the newer serves; giving both is no mistake.
      if (!status.ok() && ErrorCodeOf(status) != ErrorCode::kOlderThanHeld)
        Refuse(path, status);
    }
  }

  LoadedEvidence Finish() && {
    LoadedEvidence loaded;
    loaded.failures = failures_;
    loaded.snapshot = builder_.Build();
    if (has_validated_) {
      SignerChecker signers(*loaded.snapshot, policy_.lookup, policy_.unknown);
      loaded.snapshot =
          builder_.Build([&](IssuerId id) { return signers.Judge(id); });
    }
    loaded.paths = std::move(paths_);
    return loaded;
  }

 private:
  PathPolicy PathPolicyOf() const {
    PathPolicy path;
    path.at = policy_.lookup.at;
    path.anchor_kind = policy_.anchor_kind;
    path.weak_digest = policy_.ingest.signature.weak_digest;
    return path;
  }

  void Refuse(const std::string& path, const absl::Status& status) {
    ++failures_;
    Report(Concat({path, ": ", MessageOf(status)}));
  }

  Buffers Read(const std::string& path, ObjectKind kind, uint64_t max_bytes) {
    auto objects = ReadObjects(path, kind, max_bytes);
    if (objects.ok()) return *std::move(objects);
    ++failures_;
    Report(MessageOf(objects.status()));
    return {};
  }

  void AddWhereValid(const std::shared_ptr<const Buffer>& certificate) {
    const auto view = CertificateView::Parse(certificate->bytes());
    if (!view.ok()) return Refuse("--untrusted", view.status());
    const bool signs_crls = (view->key_usage().value_or(0) & kCrlSign) != 0;
    if (view->kind() != CertificateView::Kind::kCa && !signs_crls) return;
    // No path is no mistake: bundles hold what other certificates need.
    const auto path = paths_->Build(certificate->bytes());
    if (!path.ok() || path->certificates.size() < 2) return;
    const Buffer& anchor = *path->certificates.back();
    const auto id = builder_.IssuerWithCertificate(Sha256(anchor.bytes()));
    has_validated_ |= builder_.AddValidatedIssuer(certificate, id).ok();
  }

  const EvidencePolicy& policy_;
  SnapshotBuilder builder_;
  std::unique_ptr<PathBuilder> paths_;
  bool has_validated_ = false;
  uint64_t failures_ = 0;
};

}  // namespace

LoadedEvidence LoadEvidence(const EvidenceFiles& files,
                            const EvidencePolicy& policy,
                            const Buffers& more_untrusted) {
  Loader loader(policy);
  for (const std::string& path : files.trust) loader.Trust(path);
  Buffers untrusted = more_untrusted;
  for (const std::string& path : files.untrusted) {
    for (auto& certificate : loader.Untrusted(path))
      untrusted.push_back(std::move(certificate));
  }
  loader.Validate(untrusted);
  Progress progress("taking in CRLs", files.crls.size());
  uint64_t done = 0;
  for (const std::string& path : files.crls) {
    loader.Crl(path);
    progress.Update(++done, 0);
  }
  return std::move(loader).Finish();
}

}  // namespace revstat::tool
