#include "bench/random_lines.h"

#include <cstring>

#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

constexpr size_t kLine = 64;

}  // namespace

RandomLines::RandomLines(uint64_t bytes)
    : lines_(std::max<uint64_t>(bytes / kLine, 1)), table_(lines_ * kLine) {
  // Pages never written to are all the same page of zeros.
  std::memset(table_.data(), 1, lines_ * kLine);
  for (unsigned i = 0; i < kMaxThreads; ++i) states_[i].value = i + 1;
}

uint64_t RandomLines::Run(unsigned thread, size_t most) {
  const uint8_t* const base = table_.bytes().data();
  uint64_t state = states_[thread].value;
  uint64_t sum = 0;
  for (size_t i = 0; i < most; ++i) {
    // Knuth's MMIX generator; the high bits are the good ones.
    state = state * 6364136223846793005 + 1442695040888963407;
    sum += base[((state >> 32) * lines_ >> 32) * kLine];
  }
  tool::KeepResult(sum);
  states_[thread].value = state;
  return most;
}

}  // namespace revstat::bench
