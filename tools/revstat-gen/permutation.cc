#include "tools/revstat-gen/permutation.h"

#include <bit>

#include "tools/revstat-gen/counter_rng.h"

namespace revstat::gen {

Permutation::Permutation(uint64_t size, uint64_t key) : size_(size) {
  const auto bits = static_cast<int>(std::bit_width(size - 1));
  mask_ = (uint64_t{1} << bits) - 1;
  shift_ = bits < 2 ? 1 : (bits + 1) / 2;
  for (size_t r = 0; r < kRounds; ++r) {
    addends_[r] = Mix(key + 2 * r + 1);
    factors_[r] = Mix(key + 2 * r + 2) | 1;
  }
}

}  // namespace revstat::gen
