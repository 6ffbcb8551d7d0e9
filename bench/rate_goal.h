// Goals that are ratios of two contenders' rates.
#ifndef REVSTAT_BENCH_RATE_GOAL_H_
#define REVSTAT_BENCH_RATE_GOAL_H_

#include <functional>
#include <memory>
#include <string>

#include "bench/contender.h"
#include "bench/goals_table.h"

namespace revstat::bench {

// Percent of the questions that are listed.
inline constexpr unsigned kGoalHits = 1;

// Things a second, measured for so long.
double Rate(Contender& contender, unsigned threads, double seconds = 0.5);

// A rate that is to be at least `least` times another; 0: that is only shown
// beside it.
Goal RateGoal(std::string what, const char* other, double least, int rounds,
              const std::function<double()>& rate,
              const std::function<double()>& other_rate);

// Ends the program where it answers wrongly.
std::unique_ptr<Contender> Checked(std::unique_ptr<Contender> contender);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_RATE_GOAL_H_
