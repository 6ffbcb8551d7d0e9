// A CRL taken in: parsed, its signature verified, indexed, queryable.
#ifndef REVSTAT_BENCH_INGEST_H_
#define REVSTAT_BENCH_INGEST_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "bench/data_files.h"
#include "engine/base/parallel.h"
#include "engine/snapshot/snapshot.h"

namespace revstat::bench {

// A snapshot of one issuer, whose id is 0, and one CRL.
absl::StatusOr<std::unique_ptr<const Snapshot>> Ingest(
    const std::string& crl_path, std::shared_ptr<const Buffer> ca,
    Threads threads = Threads::kTwo);

// The certificate of the data's one CA.
absl::StatusOr<std::shared_ptr<const Buffer>> ReadCa(const DataFiles& files);

struct IngestFigures {
  uint64_t entries = 0;
  uint64_t file_bytes = 0;
  uint64_t index_bytes = 0;
  uint64_t peak_bytes = 0;    // of the process while it takes the CRL in
  double sha256_seconds = 0;  // the machine's limit: EVP_Digest of the bytes
  double ingest_seconds = 0;
};

// First the digest, which brings the file into the page cache, and then the
// ingest; each opens the file anew, and that counts.
absl::StatusOr<IngestFigures> MeasureIngest(
    const std::string& crl_path, const std::shared_ptr<const Buffer>& ca,
    Threads threads = Threads::kTwo);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_INGEST_H_
