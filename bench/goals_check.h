// The goals of `revstat check`, as a process from its start to its end.
#ifndef REVSTAT_BENCH_GOALS_CHECK_H_
#define REVSTAT_BENCH_GOALS_CHECK_H_

#include <string>
#include <vector>

#include "bench/data_files.h"
#include "bench/goals_table.h"

namespace revstat::bench {

// `revstat` is the program's file. To be called while this process is small: a
// child's peak memory is never less than its parent's at its start.
std::vector<Goal> CheckGoals(const DataFiles& files, const std::string& revstat,
                             int rounds);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_GOALS_CHECK_H_
