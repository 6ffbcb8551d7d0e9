// The goals of `revstat check`, as a process from its start to its end.
#ifndef REVSTAT_BENCH_GOALS_CHECK_H_
#define REVSTAT_BENCH_GOALS_CHECK_H_

#include <vector>

#include "bench/goal_options.h"
#include "bench/goals_table.h"

namespace revstat::bench {

// To be called while this process is small: a child's peak memory is never less
// than its parent's at its start.
std::vector<Goal> CheckGoals(const GoalOptions& options);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_GOALS_CHECK_H_
