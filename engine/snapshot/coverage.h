// Which of a snapshot's CRLs speak for a certificate, and for which reasons.
#ifndef REVSTAT_ENGINE_SNAPSHOT_COVERAGE_H_
#define REVSTAT_ENGINE_SNAPSHOT_COVERAGE_H_

#include <cstdint>
#include <vector>

#include "engine/snapshot/verdict.h"
#include "engine/x509/distribution_point.h"

namespace revstat {

// Made by Snapshot::CoverageOf once for all certificates of the same issuer,
// kind and distribution points. Of one snapshot, which refuses another's; a
// value.
struct Coverage {
  // What a part is good for beside its listings, which always stand.
  enum class Use : uint8_t {
    kListing,    // nothing
    kPartition,  // covers some certificates, and it is not known whether ours
    kCovers,     // covers ours
  };
  struct Part {
    uint32_t series = 0;
    // Of users' certificates and of CAs'.
    ReasonMask user_reasons = 0;
    ReasonMask ca_reasons = 0;
    Use use = Use::kListing;

    friend bool operator==(const Part&, const Part&) = default;
  };
  // When a serial that no part lists is active:
  enum class Rule : uint8_t {
    kReasons,  // current parts that cover it have every reason together
    kEvery,    // or the partitions are all there are, and all are current
  };

  std::vector<Part> parts;
  // Some CAs keep a list for each of their keys: what kReasons asks must be
  // true of the parts of each of these keys. Empty: of all parts together.
  std::vector<uint32_t> keys;
  Rule rule = Rule::kReasons;
  Cause without_parts = Cause::kNoSource;  // what to say where none is of use
  uint64_t snapshot = 0;                   // Snapshot::id()
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_COVERAGE_H_
