// What lookups are measured on: a CRL and questions about it.
#ifndef REVSTAT_BENCH_SUBJECT_H_
#define REVSTAT_BENCH_SUBJECT_H_

#include <cstdint>
#include <map>
#include <memory>

#include "bench/data_files.h"
#include "engine/snapshot/snapshot.h"
#include "tools/revstat/bench/queries.h"

namespace revstat::bench {

// Immutable after construction, which ends the program where the CRL cannot be
// taken in. Memory: some 400 octets a question beside the snapshot.
class Subject {
 public:
  static constexpr uint64_t kQuestions = 1'000'000;

  Subject(const DataFiles& files, uint64_t entries);

  const Snapshot& snapshot() const { return *snapshot_; }
  const CrlSource& source() const { return *snapshot_->sources().front(); }
  // What the CRL answers, read from its entries without the index.
  const tool::BenchQueries& queries() const { return queries_; }
  // Questions of which 0, 1, 50 or 100 % are listed.
  const tool::QuerySet& Questions(unsigned hit_percent) const {
    return questions_.at(hit_percent);
  }

 private:
  std::unique_ptr<const Snapshot> snapshot_;
  tool::BenchQueries queries_;
  std::map<unsigned, tool::QuerySet> questions_;
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_SUBJECT_H_
