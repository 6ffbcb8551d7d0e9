// What evidence is let in, and how it counts.
#ifndef REVSTAT_ENGINE_CHECK_EVIDENCE_POLICY_H_
#define REVSTAT_ENGINE_CHECK_EVIDENCE_POLICY_H_

#include "engine/snapshot/crl_source.h"
#include "engine/snapshot/snapshot.h"
#include "engine/verify/path_builder.h"

namespace revstat {

enum class Partitions : uint8_t { kMayBeMissing, kAllHeld };

// Of the certificates of a store: kKnown, they count as far as the store has
// validated them; kBuilt, they are also given to the PathBuilder, and validated
// beside the others.
enum class StorePaths : uint8_t { kKnown, kBuilt };

struct EvidencePolicy {
  IngestOptions ingest;
  LookupPolicy lookup;
  AnchorKind anchor_kind = AnchorKind::kAny;
  // kAllHeld: SnapshotBuilder::DeclareAllPartitionsHeld.
  Partitions partitions = Partitions::kMayBeMissing;
  StorePaths store_paths = StorePaths::kKnown;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_EVIDENCE_POLICY_H_
