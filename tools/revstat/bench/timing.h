// bench: clocks, workers that start together, and percentiles.
#ifndef REVSTAT_TOOLS_REVSTAT_BENCH_TIMING_H_
#define REVSTAT_TOOLS_REVSTAT_BENCH_TIMING_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace revstat::tool {

using BenchClock = std::chrono::steady_clock;

inline double SecondsSince(BenchClock::time_point start) {
  return std::chrono::duration<double>(BenchClock::now() - start).count();
}

// Keeps the compiler from dropping the work that gave `value`.
inline void KeepResult(uint64_t value) {
  asm volatile("" : : "r"(value) : "memory");
}

// Runs `piece(thread)` on each of `threads` threads, again and again for about
// `seconds`; a piece returns how many things it did and takes far less time
// than that. The sum of the threads' rates, in things a second.
double RatePerSecond(unsigned threads, double seconds,
                     const std::function<uint64_t(unsigned thread)>& piece);

// Nanoseconds of single calls, the clock's own cost taken off; 1 at least.
struct Latency {
  double p50_ns = 0;
  double p99_ns = 0;
};

// Times single calls of `call(thread, i)`, i = 0, 1, ..., on `threads` threads:
// `samples` of them on each, fewer where they take longer than `seconds`.
template <class Call>
Latency MeasureLatency(unsigned threads, double seconds, uint32_t samples,
                       Call&& call);

// --- implementation ---

Latency SummariseLatency(std::vector<std::vector<uint32_t>> samples);
// Runs body(thread) on so many threads, which start together.
void RunTogether(unsigned threads, const std::function<void(unsigned)>& body);

template <class Call>
Latency MeasureLatency(unsigned threads, double seconds, uint32_t samples,
                       Call&& call) {
  std::vector<std::vector<uint32_t>> all(threads);
  RunTogether(threads, [&](unsigned thread) {
    std::vector<uint32_t>& mine = all[thread];
    mine.reserve(samples);
    const auto end = BenchClock::now() + std::chrono::duration<double>(seconds);
    // At least one, however long the thread had to wait for a processor.
    auto after = BenchClock::now();
    for (uint32_t i = 0; i == 0 || (i < samples && after < end); ++i) {
      const auto before = BenchClock::now();
      call(thread, i);
      after = BenchClock::now();
      mine.push_back(static_cast<uint32_t>((after - before).count()));
    }
  });
  return SummariseLatency(std::move(all));
}

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_BENCH_TIMING_H_
