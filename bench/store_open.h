// How long a store takes from nothing to the first answer.
#ifndef REVSTAT_BENCH_STORE_OPEN_H_
#define REVSTAT_BENCH_STORE_OPEN_H_

#include <string>

#include "bench/goals_table.h"
#include "engine/check/evidence_policy.h"

namespace revstat::bench {

// Milliseconds, the median of the rounds; its files are in the page cache.
double OpenTime(const std::string& folder, const EvidencePolicy& policy,
                int rounds);
Goal OpenGoal(const std::string& what, double milliseconds, double most);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_STORE_OPEN_H_
