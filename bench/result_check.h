// Is a result of `revstat check` what the CRL says?
#ifndef REVSTAT_BENCH_RESULT_CHECK_H_
#define REVSTAT_BENCH_RESULT_CHECK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace revstat::bench {

// Reads the CSV and, without the index, the entries of the CRL. OK when there
// are so many rows, and every serial is "revoked" where it is listed, "active"
// where it is not. Memory: some 50 octets an entry.
absl::Status CheckResult(const std::string& csv, const std::string& crl,
                         uint64_t rows);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_RESULT_CHECK_H_
