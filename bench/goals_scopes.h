// The goals for deltas, many issuers and partitioned CRLs.
#ifndef REVSTAT_BENCH_GOALS_SCOPES_H_
#define REVSTAT_BENCH_GOALS_SCOPES_H_

#include <vector>

#include "bench/goal_options.h"
#include "bench/goals_table.h"

namespace revstat::bench {

// Lookups with a delta on the large CRL, and the time from the delta's bytes to
// a published snapshot.
std::vector<Goal> DeltaGoals(const GoalOptions& options);

// Lookups of bare serials in 128 partitions of the large CRL.
std::vector<Goal> PartitionGoals(const GoalOptions& options);

// Lookups over 3,000 issuers, each with a CRL of its own, as many entries as
// the large CRL in all, in random order.
std::vector<Goal> ManyIssuersGoals(const GoalOptions& options);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_GOALS_SCOPES_H_
