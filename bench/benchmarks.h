// Contenders as benchmarks of Google Benchmark.
#ifndef REVSTAT_BENCH_BENCHMARKS_H_
#define REVSTAT_BENCH_BENCHMARKS_H_

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <string>

#include "bench/contender.h"

namespace revstat::bench {

// Runs the contender, a piece an iteration; items are the things it does.
void RunContender(benchmark::State& state, Contender& contender);

// Registers the contender under 1 and under kMaxThreads threads. Ends the
// program where it answers wrong. With one thread p50_ns and p99_ns are those
// of single things, the cost of reading the clock taken off.
void RegisterContender(const std::string& name,
                       std::unique_ptr<Contender> contender);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_BENCHMARKS_H_
