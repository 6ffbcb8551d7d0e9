// The machine's own limit beside lookups: reads of random cache lines.
#ifndef REVSTAT_BENCH_RANDOM_LINES_H_
#define REVSTAT_BENCH_RANDOM_LINES_H_

#include "bench/contender.h"
#include "engine/base/huge_memory.h"

namespace revstat::bench {

// A generator for each thread; they share no cache line.
class RandomStates {
 public:
  RandomStates() {
    for (unsigned i = 0; i < kMaxThreads; ++i) states_[i].value = i + 1;
  }
  // Thirty-two random bits from *state: Knuth's MMIX generator, of which the
  // high bits are the good ones.
  static uint64_t Next(uint64_t* state) {
    *state = *state * 6364136223846793005 + 1442695040888963407;
    return *state >> 32;
  }
  uint64_t& of(unsigned thread) { return states_[thread].value; }

 private:
  struct alignas(64) State {
    uint64_t value;
  };
  std::array<State, kMaxThreads> states_;
};

// In a table of `bytes` on huge pages, many reads in flight together: what
// revstat bench calls memory.
class RandomLines : public Contender {
 public:
  // As many as the processor looks ahead by itself, or asked for a block before
  // they are read.
  enum class Reads { kInOrder, kAhead };
  explicit RandomLines(uint64_t bytes, Reads reads = Reads::kInOrder);

  uint64_t Run(unsigned thread, size_t most) override;

 private:
  uint64_t RunAhead(unsigned thread, size_t most);

  const Reads reads_;
  uint64_t lines_;
  HugeMemory table_;
  RandomStates states_;
};

// What a lookup that is a hit cannot do without, and nothing else: a random
// line of fingerprints, the offset that it leads to, the first and the last
// octet of the entry there. In tables of a CRL's sizes on huge pages, many
// reads in flight together.
class HitLines : public Contender {
 public:
  HitLines(uint64_t entries, uint64_t index_bytes, uint64_t der_bytes);

  uint64_t Run(unsigned thread, size_t most) override;

 private:
  static constexpr size_t kBlock = 256;

  uint64_t entries_;
  uint64_t entry_bytes_;
  uint64_t lines_;
  HugeMemory fingerprints_;
  HugeMemory offsets_;
  HugeMemory der_;
  RandomStates states_;
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_RANDOM_LINES_H_
