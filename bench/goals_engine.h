// The goals of the library: ingest, lookups beside OpenSSL and while
// publishing.
#ifndef REVSTAT_BENCH_GOALS_ENGINE_H_
#define REVSTAT_BENCH_GOALS_ENGINE_H_

#include <vector>

#include "bench/goal_options.h"
#include "bench/goals_table.h"

namespace revstat::bench {

// All on the largest CRL, but for OpenSSL's: the medium one for both sides
// there.
// Every answer is checked before anything is timed; a wrong one ends the
// program.
std::vector<Goal> IngestGoals(const GoalOptions& options);
std::vector<Goal> OpensslGoals(const GoalOptions& options);
std::vector<Goal> PublishingGoals(const GoalOptions& options);
// Needs no inputs.
std::vector<Goal> OcspGoals(const GoalOptions& options);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_GOALS_ENGINE_H_
