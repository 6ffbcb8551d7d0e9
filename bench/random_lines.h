// The machine's own limit beside lookups: reads of random cache lines.
#ifndef REVSTAT_BENCH_RANDOM_LINES_H_
#define REVSTAT_BENCH_RANDOM_LINES_H_

#include "bench/contender.h"
#include "engine/base/huge_memory.h"

namespace revstat::bench {

// In a table of `bytes` on huge pages, many reads in flight together: what
// revstat bench calls memory.
class RandomLines : public Contender {
 public:
  explicit RandomLines(uint64_t bytes);

  uint64_t Run(unsigned thread, size_t most) override;

 private:
  struct alignas(64) State {
    uint64_t value;
  };

  uint64_t lines_;
  HugeMemory table_;
  std::array<State, kMaxThreads> states_;
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_RANDOM_LINES_H_
