#include "bench/goals_table.h"

#include <algorithm>
#include <cstdio>

namespace revstat::bench {

namespace {

const char* TextOf(Reached reached) {
  switch (reached) {
    case Reached::kNo:
      return "**no**";
    case Reached::kYes:
      return "yes";
    case Reached::kNoGoal:
      break;
  }
  return "";
}

}  // namespace

void Print(const std::vector<Goal>& goals) {
  std::puts("| what | goal | measured | reached |\n| --- | --- | --- | --- |");
  for (const Goal& goal : goals) {
    std::printf("| %s | %s | %s | %s |\n", goal.what.c_str(), goal.goal.c_str(),
                goal.measured.c_str(), TextOf(goal.reached));
  }
}

std::string CountText(uint64_t count) {
  constexpr uint64_t kThousand = 1000;
  constexpr uint64_t kMillion = 1'000'000;
  if (count >= kMillion && count % kMillion == 0)
    return std::to_string(count / kMillion) + " M";
  if (count >= kThousand && count % kThousand == 0)
    return std::to_string(count / kThousand) + " k";
  return std::to_string(count);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half]
                                : (values[half - 1] + values[half]) / 2;
}

PairFigures MeasurePair(int rounds, const std::function<double()>& a,
                        const std::function<double()>& b) {
  std::vector<double> of_a;
  std::vector<double> of_b;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    of_a.push_back(a());
    of_b.push_back(b());
    ratios.push_back(of_a.back() / of_b.back());
  }
  return {Median(of_a), Median(of_b), Median(ratios)};
}

}  // namespace revstat::bench
