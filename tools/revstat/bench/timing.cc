#include "tools/revstat/bench/timing.h"

#include <algorithm>
#include <barrier>
#include <numeric>
#include <thread>

namespace revstat::tool {
namespace {

// What two readings of the clock in a row cost, most of the time.
double ClockCost() {
  std::vector<uint32_t> costs(10001);
  for (uint32_t& cost : costs) {
    const auto before = BenchClock::now();
    cost = static_cast<uint32_t>((BenchClock::now() - before).count());
  }
  const auto middle = costs.begin() + static_cast<long>(costs.size() / 2);
  std::nth_element(costs.begin(), middle, costs.end());
  return *middle;
}

}  // namespace

void RunTogether(unsigned threads, const std::function<void(unsigned)>& body) {
  std::barrier start(static_cast<long>(threads));
  const auto run = [&](unsigned thread) {
    start.arrive_and_wait();
    body(thread);
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(run, i);
  run(0);
  for (std::thread& other : others) other.join();
}

double RatePerSecond(unsigned threads, double seconds,
                     const std::function<uint64_t(unsigned thread)>& piece) {
  std::vector<double> rates(threads);
  RunTogether(threads, [&](unsigned thread) {
    // A tenth of the time warms the caches and is not counted.
    const auto warm = BenchClock::now();
    while (SecondsSince(warm) < seconds / 10) piece(thread);
    const auto start = BenchClock::now();
    uint64_t done = 0;
    double elapsed = 0;
    do {
      done += piece(thread);
      elapsed = SecondsSince(start);
    } while (elapsed < seconds);
    rates[thread] = static_cast<double>(done) / elapsed;
  });
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

Latency SummariseLatency(std::vector<std::vector<uint32_t>> samples) {
  std::vector<uint32_t> all;
  for (const auto& some : samples)
    all.insert(all.end(), some.begin(), some.end());
  // What the clock cannot tell from nothing; zero would make ratios infinite.
  constexpr double kLeast = 1;
  const double clock = ClockCost();
  const auto at = [&](size_t percent) {
    const auto position =
        all.begin() + static_cast<long>((all.size() - 1) * percent / 100);
    std::nth_element(all.begin(), position, all.end());
    return std::max(kLeast, *position - clock);
  };
  return {at(50), at(99)};
}

}  // namespace revstat::tool
