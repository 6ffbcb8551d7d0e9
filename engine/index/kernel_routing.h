// The routing algorithm over a Match, as kernel_impl.h has the batch algorithm.
#ifndef REVSTAT_ENGINE_INDEX_KERNEL_ROUTING_H_
#define REVSTAT_ENGINE_INDEX_KERNEL_ROUTING_H_

#include "engine/index/kernel_impl.h"

namespace revstat {
namespace {

// The candidates of one block of probes, and then of the next, so that the
// parts' numbers are on their way meanwhile. Lines are located a block ahead.
template <class Match>
class Routing {
 public:
  Routing(const SerialSet& table, const SerialColumn& serials, size_t count,
          RoutedSerial* found, size_t capacity, Match match)
      : questions_{table, reinterpret_cast<const uint8_t*>(serials.first),
                   serials.stride},
        count_(count),
        found_(found),
        capacity_(capacity),
        match_(match) {}

  size_t Run() {
    Locate(0);
    size_t pending = 0;
    for (size_t begin = 0; begin < count_; begin += kBlock) {
      Locate(begin + kBlock);
      const size_t other = begin / kBlock % 2;
      const size_t matched = MatchBlock(begin, matches_[other]);
      if (!Expand(matches_[1 - other], pending)) return kTooManyRouted;
      pending = matched;
    }
    const size_t last = count_ == 0 ? 0 : (count_ - 1) / kBlock % 2;
    return Expand(matches_[last], pending) ? found_count_ : kTooManyRouted;
  }

 private:
  struct Matched {
    LocatedSerial located;
    uint32_t mask;
    uint32_t probe;
  };

  static constexpr size_t kRing = 2 * kBlock;

  size_t EndOf(size_t begin) const {
    return begin + kBlock < count_ ? begin + kBlock : count_;
  }

  // The block that begins there, as Batch does.
  void Locate(size_t begin) {
    const size_t end = EndOf(begin);
    for (size_t i = begin; i < end; ++i)
      ring_[i % kRing] = LocateIn(questions_.the_set, questions_.serial(i));
    for (size_t i = begin; i < end; ++i)
      __builtin_prefetch(ring_[i % kRing].line, 0, kIntoSecondLevel);
  }

  size_t MatchBlock(size_t begin, Matched* matches) {
    size_t matched = 0;
    const size_t end = EndOf(begin);
    for (size_t i = begin; i < end; ++i) {
      const LocatedSerial located = ring_[i % kRing];
      const SerialSetLine& line = *located.line;
      const auto fingerprint = static_cast<uint16_t>(located.fingerprint);
      const uint32_t mask = match_(line, fingerprint);
      const uint32_t goes_on = line.overflow & OverflowBit(fingerprint);
      // Without a branch: whether a serial is listed cannot be predicted.
      matches[matched] = {located, mask, static_cast<uint32_t>(i)};
      matched += (mask | goes_on) != 0 ? 1 : 0;
    }
    const uint32_t* const parts = SerialSetAccess::offsets(questions_.the_set);
    for (size_t k = 0; k < matched; ++k)
      __builtin_prefetch(parts + matches[k].located.line->rank, 0,
                         kIntoSecondLevel);
    return matched;
  }

  // Every slot that may be the serial's: a serial is in as many parts as it
  // likes. False where there is no room for them.
  bool Expand(const Matched* matches, size_t count) {
    const SerialSet& table = questions_.the_set;
    const SerialSetLine* const end =
        SerialSetAccess::lines(table) + SerialSetAccess::line_count(table);
    for (size_t k = 0; k < count; ++k) {
      const SerialSetLine* line = matches[k].located.line;
      const auto fingerprint =
          static_cast<uint16_t>(matches[k].located.fingerprint);
      uint32_t mask = matches[k].mask;
      for (;;) {
        for (; mask != 0; mask &= mask - 1) {
          const uint64_t rank =
              uint64_t{line->rank} + static_cast<uint32_t>(__builtin_ctz(mask));
          if (rank >= SerialSetAccess::entry_count(table)) continue;
          if (found_count_ == capacity_) return false;
          found_[found_count_++] = {matches[k].probe,
                                    SerialSetAccess::offsets(table)[rank]};
        }
        if ((line->overflow & OverflowBit(fingerprint)) == 0) break;
        if (++line == end) break;
        mask = match_(*line, fingerprint);
      }
    }
    return true;
  }

  const OneSet questions_;
  const size_t count_;
  RoutedSerial* const found_;
  const size_t capacity_;
  const Match match_;
  size_t found_count_ = 0;
  LocatedSerial ring_[kRing];
  Matched matches_[2][kBlock];
};

template <class Match>
size_t RunRouting(const SerialSet& table, const SerialColumn& serials,
                  size_t count, RoutedSerial* found, size_t capacity,
                  Match match) {
  return Routing<Match>(table, serials, count, found, capacity, match).Run();
}

}  // namespace
}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_KERNEL_ROUTING_H_
