// bench: lookups timed, beside random reads of as much memory.
#ifndef REVSTAT_TOOLS_REVSTAT_BENCH_LOOKUP_H_
#define REVSTAT_TOOLS_REVSTAT_BENCH_LOOKUP_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/revstat/bench/load.h"
#include "tools/revstat/bench/queries.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::tool {

enum class LookupMode { kSingle, kBatch };

struct LookupFigures {
  unsigned hit_percent = 0;
  LookupMode mode = LookupMode::kSingle;
  unsigned threads = 1;
  double per_second = 0;
  std::optional<Latency> latency;  // of single ones
};

struct MemoryFigures {
  unsigned threads = 1;
  double per_second = 0;  // random cache lines
};

// So many questions a call in the batch mode.
inline constexpr size_t kBenchBatch = 1024;

// Checks every answer to `set`, single and batched, and then times them with 1
// and with options.threads threads. An error: an answer is wrong.
absl::StatusOr<std::vector<LookupFigures>> MeasureLookups(
    const BenchSubject& subject, const BenchQueries& queries,
    const QuerySet& set, const BenchOptions& options);

// Reads of random cache lines in a table of the same size: the machine's limit.
std::vector<MemoryFigures> MeasureMemory(uint64_t bytes,
                                         const BenchOptions& options);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_BENCH_LOOKUP_H_
