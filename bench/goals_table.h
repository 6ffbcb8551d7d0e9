// What is to be reached, what was measured, and the medians that both rest on.
#ifndef REVSTAT_BENCH_GOALS_TABLE_H_
#define REVSTAT_BENCH_GOALS_TABLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace revstat::bench {

// kNoGoal: shown for what it is worth, beside others.
enum class Reached { kNo, kYes, kNoGoal };

// What `measured` says in words, for programs that keep or compare it.
struct Figures {
  double value = 0;
  std::string unit = {};
  std::optional<double> beside = {};  // the other of a pair, in the same unit
  std::optional<double> ratio = {};   // value / beside, median of the rounds'
  std::optional<double> peak_megabytes = {};
};

struct Goal {
  std::string what;
  std::string goal;
  std::string measured;
  Reached reached = Reached::kNo;
  Figures figures = {};
};

inline Reached AtMost(double measured, double limit) {
  return measured <= limit ? Reached::kYes : Reached::kNo;
}
inline Reached AtLeast(double measured, double limit) {
  return measured >= limit ? Reached::kYes : Reached::kNo;
}

// A Markdown table to standard output.
void Print(const std::vector<Goal>& goals);

double Median(std::vector<double> values);

// "10 M", "200 k", "512".
std::string CountText(uint64_t count);

// Medians of rounds A B A B ...: what a slow moment does to one of a pair it
// does to the other as well, so their ratio is that of each round.
struct PairFigures {
  double a = 0;
  double b = 0;
  double ratio = 0;  // a / b
};
PairFigures MeasurePair(int rounds, const std::function<double()>& a,
                        const std::function<double()>& b);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_GOALS_TABLE_H_
