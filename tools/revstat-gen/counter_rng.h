// Pseudo-random numbers that are a pure function of (seed, stream, index), so
// that entry i of ten million can be made again without the ones before it.
//
// Thread-safety: immutable. Not for secrets: keys come from seeded_stream.h.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_COUNTER_RNG_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_COUNTER_RNG_H_

#include <cmath>
#include <cstdint>

namespace revstat::gen {

// What a number is drawn for. The values are part of the output: never reuse
// or renumber one, or the same seed gives other bytes.
enum class Stream : uint64_t {
  kSerialHigh = 1,
  kSerialPermutation = 2,
  kEntryReason = 3,
  kEntryTime = 4,
  kEntryInvalidity = 5,
  kInvalidityAge = 6,
  kQueryOrder = 7,
  kQueryTarget = 8,
  kReasonChoice = 9,
  kLeafRevocation = 10,
};

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014), a bijection.
constexpr uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

class CounterRng {
 public:
  constexpr CounterRng(uint64_t seed, Stream stream)
      : key_(Mix(Mix(seed + kStep) ^
                 Mix(static_cast<uint64_t>(stream) * kStep))) {}

  constexpr uint64_t At(uint64_t index) const {
    return Mix(key_ + (index + 1) * kStep);
  }

  // At(index) scaled to 0 .. bound-1 (Lemire's multiplication).
  constexpr uint64_t Below(uint64_t index, uint64_t bound) const {
    return static_cast<uint64_t>(
        (static_cast<unsigned __int128>(At(index)) * bound) >> 64);
  }

 private:
  static constexpr uint64_t kStep = 0x9E3779B97F4A7C15;

  uint64_t key_;
};

// A probability as a threshold that a draw is compared with: integers only, so
// that the outcome is the same on any machine.
class Share {
 public:
  explicit Share(double share)
      : threshold_(static_cast<uint64_t>(std::ldexp(share, 53))) {}

  bool Includes(uint64_t draw) const { return (draw >> 11) < threshold_; }

 private:
  uint64_t threshold_;  // 0 .. 2^53
};

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_COUNTER_RNG_H_
