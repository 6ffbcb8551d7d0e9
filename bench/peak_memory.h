// The most memory this process has had at a time, from a chosen moment on.
#ifndef REVSTAT_BENCH_PEAK_MEMORY_H_
#define REVSTAT_BENCH_PEAK_MEMORY_H_

#include <cstdint>

#include "absl/status/status.h"

namespace revstat::bench {

// The peak begins anew at what the process has now. Fails where the system does
// not allow it.
absl::Status ResetPeakMemory();

// Resident octets, those of mapped files included.
uint64_t PeakMemory();

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_PEAK_MEMORY_H_
