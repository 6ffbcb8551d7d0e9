#include "bench/benchmarks.h"

#include <utility>

#include "bench/program.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

constexpr uint32_t kLatencySamples = 20'000;
constexpr double kLatencySeconds = 0.1;  // at most

void CountLatency(benchmark::State& state, Contender& contender) {
  const tool::Latency latency = tool::MeasureLatency(
      1, kLatencySeconds, kLatencySamples,
      [&](unsigned thread, uint32_t) { contender.Run(thread, 1); });
  state.counters["p50_ns"] = latency.p50_ns;
  state.counters["p99_ns"] = latency.p99_ns;
}

}  // namespace

void RunContender(benchmark::State& state, Contender& contender) {
  const auto thread = static_cast<unsigned>(state.thread_index());
  uint64_t done = 0;
  for (auto _ : state) done += contender.Run(thread, kPiece);
  state.SetItemsProcessed(static_cast<int64_t>(done));
}

void RegisterContender(const std::string& name,
                       std::unique_ptr<Contender> contender) {
  Require(contender->Check());
  benchmark::RegisterBenchmark(name.c_str(),
                               [shared = std::shared_ptr<Contender>(std::move(
                                    contender))](benchmark::State& state) {
                                 RunContender(state, *shared);
                                 if (state.threads() == 1)
                                   CountLatency(state, *shared);
                               })
      ->Threads(1)
      ->Threads(kMaxThreads)
      ->UseRealTime();
}

}  // namespace revstat::bench
