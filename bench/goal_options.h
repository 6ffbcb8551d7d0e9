// What all groups of goals are told.
#ifndef REVSTAT_BENCH_GOAL_OPTIONS_H_
#define REVSTAT_BENCH_GOAL_OPTIONS_H_

#include <string>

#include "bench/data_files.h"

namespace revstat::bench {

struct GoalOptions {
  DataFiles files;
  std::string revstat;   // the program's file
  int rounds = 5;        // figures are medians of so many
  double seconds = 0.5;  // how long a rate is measured, each round
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_GOAL_OPTIONS_H_
