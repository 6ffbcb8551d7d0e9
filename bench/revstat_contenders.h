// revstat's own lookups as contenders.
#ifndef REVSTAT_BENCH_REVSTAT_CONTENDERS_H_
#define REVSTAT_BENCH_REVSTAT_CONTENDERS_H_

#include <cstdint>
#include <memory>

#include "bench/contender.h"
#include "bench/data_files.h"
#include "bench/subject.h"
#include "engine/snapshot/publisher.h"

namespace revstat::bench {

// All borrow what they are given.
std::unique_ptr<Contender> MakeSingle(const Subject& subject,
                                      unsigned hit_percent);
// tool::kBenchBatch questions a call.
std::unique_ptr<Contender> MakeBatch(const Subject& subject,
                                     unsigned hit_percent);
// The same, each batch on the newest snapshot of the publisher, which is one of
// the subject's CRL.
std::unique_ptr<Contender> MakePublishedBatch(
    const SnapshotPublisher& publisher, const Subject& subject,
    unsigned hit_percent);

// Takes a CRL in and compares its answers, in batches and one by one, with what
// it says.
absl::Status CheckAnswers(const DataFiles& files, uint64_t entries);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_REVSTAT_CONTENDERS_H_
