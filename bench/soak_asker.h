// Lookups beside which CRLs change, each compared with the truth.
#ifndef REVSTAT_BENCH_SOAK_ASKER_H_
#define REVSTAT_BENCH_SOAK_ASKER_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "bench/soak_sources.h"
#include "engine/check/store_reader.h"

namespace revstat::bench {

// Nanoseconds of single lookups, counted.
class Latencies {
 public:
  void Add(int64_t nanoseconds) {
    const auto slot = std::clamp<int64_t>(nanoseconds, 0, kMost - 1);
    ++counts_[static_cast<size_t>(slot)];
    ++count_;
  }
  double Percentile(double share) const {
    uint64_t left = static_cast<uint64_t>(share * static_cast<double>(count_));
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] > left) return static_cast<double>(i);
      left -= counts_[i];
    }
    return static_cast<double>(kMost);
  }
  uint64_t count() const { return count_; }

 private:
  static constexpr int64_t kMost = 1 << 20;
  std::vector<uint64_t> counts_ = std::vector<uint64_t>(kMost);
  uint64_t count_ = 0;
};

// Borrows both. Not thread-safe.
class Asker {
 public:
  Asker(const std::vector<SoakSource>& sources, const StoreReader& reader);

  // Some thousand single lookups, over all sources; ends the program at a wrong
  // answer, and where a CRL has gone back.
  void Ask(Latencies* latencies);
  // Of the CRL that is held; 0: none.
  uint64_t NumberOf(size_t source);
  size_t CountHeld() const;
  uint64_t asked() const { return asked_; }

 private:
  void Learn(const Snapshot& snapshot);

  const std::vector<SoakSource>& sources_;
  const StoreReader& reader_;
  LookupPolicy policy_;
  std::map<std::string, size_t> by_certificate_;
  const Snapshot* known_ = nullptr;
  uint64_t known_generation_ = 0;
  std::vector<size_t> source_of_;  // by issuer
  std::vector<uint64_t> numbers_;  // by source
  std::mt19937_64 random_{1};
  uint64_t asked_ = 0;
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_SOAK_ASKER_H_
