// One way of answering questions, or a limit of the machine beside them.
#ifndef REVSTAT_BENCH_CONTENDER_H_
#define REVSTAT_BENCH_CONTENDER_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"

namespace revstat::bench {

inline constexpr unsigned kMaxThreads = 2;

// Things done in one Run: so many that calling it and reading the clock do not
// count.
inline constexpr size_t kPiece = 4096;

// Thread-safety: each of kMaxThreads threads runs under its own number.
class Contender {
 public:
  virtual ~Contender() = default;

  // An error where an answer to one of the very questions that Run asks is not
  // what the CRL says. OK for a limit, which answers nothing.
  virtual absl::Status Check() const { return absl::OkStatus(); }

  // Does up to `most` things, one at least, and returns how many.
  virtual uint64_t Run(unsigned thread, size_t most) = 0;
};

// Places in a list that each thread goes through round and round, beginning
// elsewhere.
class Ring {
 public:
  explicit Ring(size_t size) : size_(size) {
    for (unsigned i = 0; i < kMaxThreads; ++i)
      next_[i].place = size * i / kMaxThreads;
  }

  struct Stretch {
    size_t begin;
    size_t count;
  };
  Stretch Take(unsigned thread, size_t most) {
    size_t& place = next_[thread].place;
    if (place == size_) place = 0;
    const Stretch taken{place, std::min(most, size_ - place)};
    place += taken.count;
    return taken;
  }

 private:
  // Threads do not share a cache line.
  struct alignas(64) Next {
    size_t place = 0;
  };
  size_t size_;
  std::array<Next, kMaxThreads> next_;
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_CONTENDER_H_
