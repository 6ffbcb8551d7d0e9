// bench: a CRL taken in, timed beside SHA-256 over the same bytes.
#ifndef REVSTAT_TOOLS_REVSTAT_BENCH_LOAD_H_
#define REVSTAT_TOOLS_REVSTAT_BENCH_LOAD_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/snapshot/snapshot.h"
#include "tools/revstat/bench/options.h"

namespace revstat::tool {

// Best times of some runs, alternating, each on a fresh mapping of a file that
// is in the page cache. Opening (and PEM decoding) is not part of them.
struct LoadFigures {
  double load_seconds = 0;    // parse, check the signature, index, snapshot
  double sha256_seconds = 0;  // one thread
  uint64_t peak_bytes = 0;  // of the process, files it maps included, first run
};

struct BenchSubject {
  std::unique_ptr<const Snapshot> snapshot;
  const CrlSource* source = nullptr;  // the snapshot's only one
  IssuerId issuer = kUnknownIssuer;
  LoadFigures figures;
};

// Errors: those of reading and taking in; kUnsupported ones for a CRL that
// lookups do not use (delta, indirect) and a file with several.
absl::StatusOr<BenchSubject> LoadBenchSubject(const BenchOptions& options);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_BENCH_LOAD_H_
