#include "bench/free_memory.h"

#include <unistd.h>

#include <algorithm>

#include "bench/child_process.h"
#include "engine/base/huge_memory.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

// As much as a run with 10 M entries takes, the pages of its result's file
// included.
constexpr size_t kMost = size_t{3} << 29;

}  // namespace

// In a process of its own: the peak of ours would be that of its children.
void TouchFreeMemory() {
  const absl::Status touched = InChild([] {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const auto free = static_cast<size_t>(sysconf(_SC_AVPHYS_PAGES)) * page;
    HugeMemory memory(std::min(kMost, free / 2), HugeMemory::Lasting::kShort);
    for (size_t at = 0; at < memory.size(); at += page) memory.data()[at] = 1;
    tool::KeepResult(memory.bytes().size());
    return absl::OkStatus();
  });
  touched.IgnoreError();  // then what comes next is slower
}

}  // namespace revstat::bench
