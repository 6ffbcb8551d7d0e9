// A keyed permutation of 0 .. size-1, computed one element at a time: random
// order and no repetition, without a table.
//
// Thread-safety: immutable. Cost: some nanoseconds an element.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_PERMUTATION_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_PERMUTATION_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace revstat::gen {

class Permutation {
 public:
  // `size` from 1 to 2^63.
  Permutation(uint64_t size, uint64_t key);

  // The image of `index`, which is below size.
  uint64_t At(uint64_t index) const {
    // Cycle walking: outside the range, go on along the cycle. It comes back
    // inside, because `index` itself is, and ends at a place of its own.
    uint64_t x = Scramble(index);
    while (x >= size_) x = Scramble(x);
    return x;
  }

 private:
  static constexpr size_t kRounds = 4;

  // A bijection of the `bits`-bit numbers: each step (add, multiply by an odd
  // number, fold the high half into the low one) can be undone.
  uint64_t Scramble(uint64_t x) const {
    for (size_t r = 0; r < kRounds; ++r) {
      x = ((x + addends_[r]) * factors_[r]) & mask_;
      x ^= x >> shift_;
    }
    return x;
  }

  uint64_t size_;
  uint64_t mask_;
  int shift_;
  std::array<uint64_t, kRounds> addends_;
  std::array<uint64_t, kRounds> factors_;
};

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_PERMUTATION_H_
