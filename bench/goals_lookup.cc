#include "bench/goals_lookup.h"

#include <cstring>
#include <memory>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "bench/contender.h"
#include "bench/program.h"
#include "bench/random_lines.h"
#include "bench/rate_goal.h"
#include "bench/revstat_contenders.h"
#include "bench/subject.h"
#include "engine/base/huge_memory.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

constexpr uint32_t kSamples = 200'000;

// The machine's limit for one question after the other: reads of which each
// says where the next one is.
class DependentLines {
 public:
  // Of so many octets on huge pages, in one cycle (Sattolo's shuffle).
  explicit DependentLines(uint64_t bytes)
      : lines_(std::max<uint64_t>(bytes / kLine, 2)), table_(lines_ * kLine) {
    std::vector<uint32_t> order(lines_);
    std::iota(order.begin(), order.end(), 0u);
    std::mt19937_64 random(5);
    for (size_t i = order.size() - 1; i > 0; --i)
      std::swap(order[i], order[random() % i]);
    for (size_t i = 0; i < order.size(); ++i)
      std::memcpy(At(order[i]), &order[(i + 1) % order.size()],
                  sizeof(uint32_t));
  }

  void Step() {
    std::memcpy(&line_, At(line_), sizeof(line_));
    tool::KeepResult(line_);
  }

 private:
  static constexpr size_t kLine = 64;
  uint8_t* At(uint32_t line) { return table_.data() + line * kLine; }

  uint64_t lines_;
  HugeMemory table_;
  uint32_t line_ = 0;
};

Goal LatencyGoal(const char* which, double most, int rounds,
                 const std::function<double()>& lookup,
                 const std::function<double()>& miss) {
  const PairFigures pair = MeasurePair(rounds, lookup, miss);
  return {
      Concat({"single lookup, 1 % hits, ", which}),
      absl::StrFormat("<= %g x a dependent cache miss", most),
      absl::StrFormat("%.2f x (%.0f ns beside %.0f ns)", pair.ratio, pair.a,
                      pair.b),
      AtMost(pair.ratio, most),
      {.value = pair.a, .unit = "ns", .beside = pair.b, .ratio = pair.ratio}};
}

std::vector<Goal> LatencyGoals(const Subject& subject,
                               const GoalOptions& options) {
  Require(MakeSingle(subject, kGoalHits)->Check());
  DependentLines lines(subject.source().index_bytes());
  const std::vector<LookupKey>& keys = subject.Questions(kGoalHits).keys;
  size_t next = 0;
  const auto lookup = [&] {
    return tool::MeasureLatency(
        1, options.seconds, kSamples, [&](unsigned, uint32_t) {
          const Verdict verdict = subject.snapshot().Lookup(
              subject.queries().policy(), keys[next++ % keys.size()]);
          tool::KeepResult(static_cast<uint64_t>(verdict.status));
        });
  };
  const auto miss = [&] {
    return tool::MeasureLatency(1, options.seconds, kSamples,
                                [&](unsigned, uint32_t) { lines.Step(); });
  };
  return {LatencyGoal(
              "median", 1.3, options.rounds, [&] { return lookup().p50_ns; },
              [&] { return miss().p50_ns; }),
          LatencyGoal(
              "p99", 2, options.rounds, [&] { return lookup().p99_ns; },
              [&] { return miss().p99_ns; })};
}

}  // namespace

std::vector<Goal> LookupGoals(const GoalOptions& options) {
  const Subject subject(options.files, options.files.large());
  const auto batch = Checked(MakeBatch(subject, kGoalHits));
  const auto unlisted = Checked(MakeBatch(subject, 0));
  const auto listed = Checked(MakeBatch(subject, 100));
  RandomLines memory(subject.source().index_bytes());
  RandomLines memory_ahead(subject.source().index_bytes(),
                           RandomLines::Reads::kAhead);
  const auto rate = [&](Contender& contender, unsigned threads) {
    return [&contender, threads, &options] {
      return Rate(contender, threads, options.seconds);
    };
  };
  HitLines hit_lines(options.files.large(), subject.source().index_bytes(),
                     subject.source().crl().der().size());
  std::vector<Goal> goals = {
      RateGoal("random cache lines, asked for ahead", "read in order", 0,
               options.rounds, rate(memory_ahead, 1), rate(memory, 1)),
      RateGoal("batch, 1 thread, 0 % hits", "random cache lines", 0.7,
               options.rounds, rate(*unlisted, 1), rate(memory, 1)),
      RateGoal("batch, 1 thread, 1 % hits", "random cache lines", 0.7,
               options.rounds, rate(*batch, 1), rate(memory, 1)),
      RateGoal("batch, 1 thread, 100 % hits", "random cache lines", 0.35,
               options.rounds, rate(*listed, 1), rate(memory, 1)),
      RateGoal("a hit of that batch", "the lines of a hit alone", 0,
               options.rounds, rate(*listed, 1), rate(hit_lines, 1)),
      RateGoal("batch, 2 threads, 1 % hits", "1 thread", 1.9, options.rounds,
               rate(*batch, 2), rate(*batch, 1))};
  for (Goal& goal : LatencyGoals(subject, options))
    goals.push_back(std::move(goal));
  return goals;
}

}  // namespace revstat::bench
