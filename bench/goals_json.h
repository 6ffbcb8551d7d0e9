// Measured goals as JSON, for reports and for comparing over time.
#ifndef REVSTAT_BENCH_GOALS_JSON_H_
#define REVSTAT_BENCH_GOALS_JSON_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "bench/goals_table.h"

namespace revstat::bench {

struct GoalGroup {
  std::string name;
  std::vector<Goal> goals;
};

// Writes an array of objects: `group`, `name`, `goal` and `measured` (as in the
// table), `value`, `unit`, `reached` (null without a goal); `beside`, `ratio`
// and `peak_megabytes` where there are such. An error where the file cannot be
// written.
absl::Status WriteJson(const std::vector<GoalGroup>& groups,
                       const std::string& path);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_GOALS_JSON_H_
