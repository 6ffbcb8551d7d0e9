// The issuers and CRLs that a command was given, made into a snapshot.
#ifndef REVSTAT_TOOLS_REVSTAT_EVIDENCE_H_
#define REVSTAT_TOOLS_REVSTAT_EVIDENCE_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/check/signer_checker.h"
#include "engine/snapshot/snapshot_builder.h"
#include "engine/verify/path_builder.h"

namespace revstat::tool {

struct EvidenceFiles {
  std::vector<std::string> trust;
  std::vector<std::string> untrusted;
  std::vector<std::string> crls;
};

enum class Partitions : uint8_t { kMayBeMissing, kAllHeld };

struct EvidencePolicy {
  IngestOptions ingest;
  LookupPolicy lookup;
  AnchorKind anchor_kind = AnchorKind::kAny;
  UnknownPolicy unknown = UnknownPolicy::kRefuse;
  Partitions partitions = Partitions::kMayBeMissing;
};

struct LoadedEvidence {
  std::unique_ptr<const PathBuilder> paths;
  std::unique_ptr<const Snapshot> snapshot;
  uint64_t failures = 0;  // files and CRLs that were refused, each reported
};

// Reads and takes in all of them; a bad one is reported on standard error and
// the others are still taken. Untrusted certificates become issuers where a
// path leads to a trusted one, and their CRLs count while they are unrevoked.
// `more_untrusted` come from elsewhere, a bundle that is verified say.
LoadedEvidence LoadEvidence(
    const EvidenceFiles& files, const EvidencePolicy& policy,
    const std::vector<std::shared_ptr<const Buffer>>& more_untrusted = {});

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_EVIDENCE_H_
