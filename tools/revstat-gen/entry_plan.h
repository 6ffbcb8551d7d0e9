// What the entries of a generated CRL say: entry i is a pure function of the
// options and i.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_ENTRY_PLAN_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_ENTRY_PLAN_H_

#include <cstdint>

#include "tools/revstat-gen/counter_rng.h"
#include "tools/revstat-gen/crl_builder.h"
#include "tools/revstat-gen/serial_sequence.h"

namespace revstat::gen {

// Shares of all entries, 0 to 1; the first three exclude each other and add up
// to at most 1.
struct EntryShares {
  double reasons = 0;   // a reasonCode other than the two below
  double holds = 0;     // certificateHold
  double removals = 0;  // removeFromCRL, which belongs into delta CRLs
  double invalidity_dates = 0;
};

// Thread-safety: immutable.
class EntryPlan {
 public:
  // Revocation times spread over the year before `revoked_until`. Where it is
  // the same, an entry is the same in every CRL that lists it.
  EntryPlan(const SerialOptions& serials, const EntryShares& shares,
            Time revoked_until);

  CrlEntry At(uint64_t index) const;

 private:
  SerialSequence serials_;
  Time revoked_until_;
  Share holds_, removals_, reasons_, invalidity_dates_;
  CounterRng kind_rng_, reason_rng_, time_rng_, invalidity_rng_, age_rng_;
};

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_ENTRY_PLAN_H_
