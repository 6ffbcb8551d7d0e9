// The goals of lookups in one large CRL.
#ifndef REVSTAT_BENCH_GOALS_LOOKUP_H_
#define REVSTAT_BENCH_GOALS_LOOKUP_H_

#include <vector>

#include "bench/goal_options.h"
#include "bench/goals_table.h"

namespace revstat::bench {

// In batches beside random cache lines, and one by one beside cache misses that
// wait for one another. Every answer is checked before anything is timed; a
// wrong one ends the program.
std::vector<Goal> LookupGoals(const GoalOptions& options);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_GOALS_LOOKUP_H_
