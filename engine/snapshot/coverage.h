// Which of a snapshot's CRLs speak for a certificate, and for which reasons.
#ifndef REVSTAT_ENGINE_SNAPSHOT_COVERAGE_H_
#define REVSTAT_ENGINE_SNAPSHOT_COVERAGE_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/snapshot/lookup_policy.h"
#include "engine/snapshot/verdict.h"
#include "engine/x509/distribution_point.h"

namespace revstat {

// What a policy asks of the dates of CRLs that are to be current, worked out
// once for many of them. Since 1970.
struct CurrencyBounds {
  explicit CurrencyBounds(const LookupPolicy& policy) {
    constexpr int64_t kNone = std::numeric_limits<int64_t>::min();
    const int64_t at = ToUnix(policy.at);
    const int64_t skew = policy.clock_skew.count();
    // No time fits a Currency as it is made.
    latest_this_update =
        std::min(at + skew, std::numeric_limits<int64_t>::max() - 1);
    earliest_this_update = policy.max_age.has_value()
                               ? at - policy.max_age->count() - skew
                               : kNone;
    earliest_next_update =
        policy.next_update == NextUpdatePolicy::kIgnore ? kNone : at - skew;
    // More is asked than what a Currency tells.
    if (policy.not_after.has_value()) latest_this_update = kNone;
  }

  int64_t latest_this_update;
  int64_t earliest_this_update;
  int64_t earliest_next_update;
};

// What to say of a serial that nothing lists, while all CRLs that may prove it
// active are current: most of the time, and then the parts of a coverage need
// not be gone through. 40 octets, so that it shares a cache line.
struct Currency {
  // Since 1970, of these CRLs; as it is made, never given.
  int64_t earliest_this_update = 0;
  int64_t latest_this_update = std::numeric_limits<int64_t>::max();
  int64_t earliest_next_update = 0;
  Verdict verdict;

  // Without a branch: batches over many issuers ask it for each serial.
  bool IsGiven(const CurrencyBounds& bounds) const {
    return (latest_this_update <= bounds.latest_this_update) &
           (earliest_this_update >= bounds.earliest_this_update) &
           (earliest_next_update >= bounds.earliest_next_update);
  }
};

// Made by Snapshot::CoverageOf once for all certificates of the same issuer,
// kind and distribution points. Of one snapshot, which refuses another's; an
// immutable value.
class Coverage {
 public:
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

  const std::vector<Part>& parts() const { return parts_; }
  // True where both have parts, the same, and conclude the same from them.
  bool IsLike(const Coverage& other) const {
    return !parts_.empty() && parts_ == other.parts_ && keys_ == other.keys_ &&
           rule_ == other.rule_;
  }

 private:
  friend class Snapshot;
  friend class SnapshotBuilder;

  static constexpr uint32_t kNoAuthority = 0xffffffff;

  std::vector<Part> parts_;
  // Some CAs keep a list for each of their keys: what kReasons asks must be
  // true of the parts of each of these keys. Empty: of all parts together.
  std::vector<uint32_t> keys_;
  Rule rule_ = Rule::kReasons;
  Cause without_parts_ = Cause::kNoSource;  // what to say where none is of use
  uint64_t snapshot_ = 0;                   // Snapshot::id()
  // The first so many parts are all that this authority's Routing leads to.
  uint32_t authority_ = kNoAuthority;
  uint32_t own_parts_ = 0;
  Currency currency_;  // last of all: it depends on the rest
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_COVERAGE_H_
