// Questions about many issuers, each with a CRL of its own, in random order.
#ifndef REVSTAT_BENCH_MANY_ISSUERS_H_
#define REVSTAT_BENCH_MANY_ISSUERS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "bench/contender.h"
#include "engine/snapshot/snapshot.h"

namespace revstat::bench {

// Issuers and CRLs are made in memory, by seed. Its questions are asked in
// batches, on one thread or several.
class ManyIssuers : public Contender {
 public:
  static constexpr size_t kQuestions = 1'000'000;

  // Ends the program where a CRL is not taken in.
  ManyIssuers(uint32_t issuers, uint64_t entries_each, unsigned hit_percent);

  absl::Status Check() const override;
  uint64_t Run(unsigned thread, size_t most) override;

  // Of all CRLs.
  uint64_t index_bytes() const { return index_bytes_; }

 private:
  std::unique_ptr<const Snapshot> snapshot_;
  LookupPolicy policy_;
  uint64_t index_bytes_ = 0;
  std::vector<LookupKey> keys_;
  std::vector<Status> expected_;
  Ring ring_{kQuestions};
  std::vector<std::vector<Verdict>> verdicts_;
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_MANY_ISSUERS_H_
