// Which serial each of a number of queries (or certificates) has: a given share
// are listed in the CRL of the same options, the others are not, in random
// order.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_HIT_PLAN_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_HIT_PLAN_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "tools/revstat-gen/permutation.h"
#include "tools/revstat-gen/serial_sequence.h"

namespace revstat::gen {

// Thread-safety: immutable.
class HitPlan {
 public:
  // `entries` is the length of the CRL. Errors: hits in an empty CRL, or fewer
  // serials than are needed.
  static absl::StatusOr<HitPlan> Create(const SerialOptions& serials,
                                        uint64_t entries, uint64_t count,
                                        double hit_rate);

  uint64_t hits() const { return hits_; }

  // Element i (below `count`): the hits go round the CRL in random order, so
  // they repeat only when they are more than its entries; misses never repeat.
  SerialNumber At(uint64_t i) const;

 private:
  HitPlan(const SerialOptions& options, SerialSequence serials,
          uint64_t entries, uint64_t count, uint64_t hits);

  SerialSequence serials_;
  uint64_t entries_;
  uint64_t hits_;
  Permutation order_;
  Permutation targets_;
};

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_HIT_PLAN_H_
