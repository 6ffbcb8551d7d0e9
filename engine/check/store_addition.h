// What of a store's contents a snapshot is made of, at a time and by a policy.
#ifndef REVSTAT_ENGINE_CHECK_STORE_ADDITION_H_
#define REVSTAT_ENGINE_CHECK_STORE_ADDITION_H_

#include "engine/base/steady_interval.h"
#include "engine/check/evidence_policy.h"
#include "engine/check/store_contents.h"
#include "engine/snapshot/snapshot_builder.h"

namespace revstat {

// What was added, and when it must be added anew.
struct StoreAddition {
  bool has_validated = false;  // an issuer that nobody vouches for
  SteadyInterval steady;
};

// Adds to `builder` the certificates that are vouched for, the untrusted ones
// that have a path for the policy whose window includes policy.lookup.at, and
// the CRLs that those have signed, with their routers. CRLs of others, or with
// a signature too weak for the policy, are remembered as refused.
StoreAddition AddStore(const StoreContents& contents,
                       const EvidencePolicy& policy, SnapshotBuilder* builder);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_STORE_ADDITION_H_
