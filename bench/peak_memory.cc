#include "bench/peak_memory.h"

#include <sys/resource.h>

#include <fstream>

#include "engine/base/error.h"

namespace revstat::bench {

absl::Status ResetPeakMemory() {
  std::ofstream clear("/proc/self/clear_refs");
  clear << "5" << std::flush;  // proc(5): resets the peak resident set size
  if (clear) return absl::OkStatus();
  return MakeError(ErrorCode::kInputUnreadable, "/proc/self/clear_refs");
}

uint64_t PeakMemory() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace revstat::bench
