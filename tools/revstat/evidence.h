// The issuers and CRLs that a command was given, made into a snapshot.
#ifndef REVSTAT_TOOLS_REVSTAT_EVIDENCE_H_
#define REVSTAT_TOOLS_REVSTAT_EVIDENCE_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/snapshot/snapshot_builder.h"

namespace revstat::tool {

struct EvidenceFiles {
  std::vector<std::string> trust;
  std::vector<std::string> crls;
};

struct LoadedEvidence {
  std::unique_ptr<const Snapshot> snapshot;
  uint64_t failures = 0;  // files and CRLs that were refused, each reported
};

// Reads and takes in all of them; a bad one is reported on standard error and
// the others are still taken.
LoadedEvidence LoadEvidence(const EvidenceFiles& files,
                            const IngestOptions& options);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_EVIDENCE_H_
