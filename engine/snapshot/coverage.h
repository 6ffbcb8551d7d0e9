// Which of a snapshot's CRLs speak for a certificate, and for which reasons.
#ifndef REVSTAT_ENGINE_SNAPSHOT_COVERAGE_H_
#define REVSTAT_ENGINE_SNAPSHOT_COVERAGE_H_

#include <cstdint>
#include <vector>

#include "engine/snapshot/verdict.h"
#include "engine/x509/distribution_point.h"

namespace revstat {

// Made by Snapshot::CoverageOf once for all certificates of the same issuer,
// kind and distribution points. Positions are those of one snapshot; a value.
struct Coverage {
  // A listing in any part stands. For `active`, parts must be current that
  // together have every reason, for users' certificates and for CAs' alike.
  struct Part {
    uint32_t series = 0;
    ReasonMask user_reasons = 0;
    ReasonMask ca_reasons = 0;
    // Signed by the certificate issuer's own key. Some CAs keep a list for each
    // of their keys: where there is one for this key, no other proves `active`.
    bool is_of_own_key = false;

    friend bool operator==(const Part&, const Part&) = default;
  };
  // kEvery: the parts are all partitions there are, so that all of them being
  // current does as well.
  enum class Rule : uint8_t { kReasons, kEvery };

  std::vector<Part> parts;
  Rule rule = Rule::kReasons;
  Cause without_parts = Cause::kNoSource;  // what to say where parts is empty
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_COVERAGE_H_
