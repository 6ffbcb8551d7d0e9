// The goals of the library: ingest, lookups, lookups while publishing.
#ifndef REVSTAT_BENCH_GOALS_ENGINE_H_
#define REVSTAT_BENCH_GOALS_ENGINE_H_

#include <vector>

#include "bench/data_files.h"
#include "bench/goals_table.h"

namespace revstat::bench {

// All on the CRL of 10 M entries, but for OpenSSL's: 1 M for both sides there.
// Every answer is checked before anything is timed; a wrong one ends the
// program.
std::vector<Goal> IngestGoals(const DataFiles& files, int rounds);
std::vector<Goal> LookupGoals(const DataFiles& files, int rounds);
std::vector<Goal> OpensslGoals(const DataFiles& files, int rounds);
std::vector<Goal> PublishingGoals(const DataFiles& files, int rounds);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_GOALS_ENGINE_H_
