// What the engine will not use a CRL for, and why.
#ifndef REVSTAT_TOOLS_REVSTAT_INSPECT_LIMITS_H_
#define REVSTAT_TOOLS_REVSTAT_INSPECT_LIMITS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/index/crl_index.h"
#include "engine/snapshot/verdict.h"
#include "engine/x509/crl.h"

namespace revstat::tool {

enum class CrlUse {
  kAnyAnswer,   // neither revoked nor active can rest on it
  kActive,      // it proves what it lists, but nothing of what it does not list
  kBareActive,  // the same, but only of a serial without its certificate
};

struct CrlLimit {
  CrlUse use;
  std::string unless;  // the switch that lifts it: "--allow-sha1"; mostly empty
  Cause cause;         // what certificates are unknown for
  std::string why;
};

// Knows nothing of time and of who signed the CRL. `index` is what IndexCrl
// said. Follows SnapshotBuilder, which decides the same when a CRL is added.
std::vector<CrlLimit> LimitsOf(const CrlView& crl,
                               const absl::StatusOr<CrlIndex>& index);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_INSPECT_LIMITS_H_
