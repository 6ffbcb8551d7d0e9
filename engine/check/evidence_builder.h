// From trusted and untrusted certificates and CRLs to a snapshot in which every
// CRL is by a signer that may be believed, and a builder of paths.
#ifndef REVSTAT_ENGINE_CHECK_EVIDENCE_BUILDER_H_
#define REVSTAT_ENGINE_CHECK_EVIDENCE_BUILDER_H_

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "engine/check/evidence_policy.h"
#include "engine/check/signer_checker.h"
#include "engine/check/store_contents.h"
#include "engine/snapshot/snapshot_builder.h"
#include "engine/verify/path_builder.h"

namespace revstat {

enum class Judging : uint8_t { kNeeded, kNotNeeded };

// The builder's snapshot for the policy's time. With kNeeded the signers are
// judged first (SignerChecker) and the CRLs of those that do not pass are left
// out; it is where an issuer was added that nobody vouches for.
std::unique_ptr<const Snapshot> BuildJudged(const SnapshotBuilder& builder,
                                            const LookupPolicy& policy,
                                            Judging judging);

struct BuiltEvidence {
  std::unique_ptr<const PathBuilder> paths;
  std::unique_ptr<const Snapshot> snapshot;
};

// SnapshotBuilder for one time, and for callers that vouch for roots and hold
// the other CAs' certificates without vouching for them. Not thread-safe. First
// all certificates are added, then all CRLs.
//
// Cost: a path for each untrusted CA; OpenSSL looks through all untrusted
// certificates for each step of each path, so thousands of them, or what a
// stranger sends, are not for here. What a store holds costs no path.
class EvidenceBuilder {
 public:
  explicit EvidenceBuilder(const EvidencePolicy& policy);

  // An issuer the caller vouches for, and an end of paths.
  absl::Status AddTrusted(std::shared_ptr<const Buffer> certificate);
  // One that becomes an issuer if a path leads from it to a trusted one at the
  // policy's time. None is no error: bundles hold what others need.
  absl::Status AddUntrusted(std::shared_ptr<const Buffer> certificate);
  // All that a store holds. Its untrusted certificates were validated when it
  // took them in; with StorePaths::kBuilt they are again. Comes first.
  void AddStore(const StoreContents& store);
  // As SnapshotBuilder::IngestCrl.
  absl::Status IngestCrl(std::shared_ptr<const Buffer> crl);

  // As SnapshotBuilder::conflicts.
  const std::vector<SnapshotBuilder::Conflict>& conflicts() const {
    return builder_.conflicts();
  }

  // Judges the signers (SignerChecker) and leaves out the CRLs of those that
  // do not pass: they are unknown for cause signer_not_trusted.
  BuiltEvidence Build() &&;

 private:
  bool MayIssue(const CertificateView& certificate) const;
  void ValidateUntrusted();
  void AddIfValid(const std::shared_ptr<const Buffer>& certificate);

  const EvidencePolicy policy_;
  SnapshotBuilder builder_;
  std::unique_ptr<PathBuilder> paths_;
  std::vector<std::shared_ptr<const Buffer>> untrusted_;  // not yet validated
  std::unordered_set<std::string> seen_;  // digests of untrusted certificates
  bool has_validated_ = false;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_EVIDENCE_BUILDER_H_
