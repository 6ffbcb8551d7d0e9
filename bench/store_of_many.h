// A store of as many CAs as the public web has, with a CRL each.
#ifndef REVSTAT_BENCH_STORE_OF_MANY_H_
#define REVSTAT_BENCH_STORE_OF_MANY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bench/goals_table.h"
#include "engine/base/time.h"

namespace revstat::bench {

inline constexpr uint64_t kManyCas = 3000;

// Makes the store in `folder`, which is emptied and left behind, asks it, and
// measures: opened to the first answer, lookups of all CAs mixed beside random
// cache lines, octets of index. A wrong answer ends the program. `entries` of
// all CAs together: 39 octets of disk and of page cache each.
std::vector<Goal> ManyCasGoals(const std::string& folder, uint64_t entries,
                               Time at, int rounds);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_STORE_OF_MANY_H_
