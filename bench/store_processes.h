// Other processes that read a store, and what they cost.
#ifndef REVSTAT_BENCH_STORE_PROCESSES_H_
#define REVSTAT_BENCH_STORE_PROCESSES_H_

#include <cstdint>
#include <functional>
#include <string>

namespace revstat::bench {

inline constexpr int kProcesses = 8;

struct SharedFigures {
  double most_private = 0;  // octets of the process that has most of its own
  double most_added = 0;    // of these, since before it opened the store
  double pss = 0;           // of all, by smaps: each page counted once
  double file_bytes = 0;    // of the store's segments
};

// Starts `program` --reader FOLDER kProcesses times side by side; each opens
// the store and looks a million of its serials up.
SharedFigures MeasureShared(const std::string& program,
                            const std::string& folder);

// Milliseconds from the rename of a manifest until another process has
// published its generation, the median of `rounds`; commit(round) makes one.
double MeasureVisible(const std::string& program, const std::string& folder,
                      int rounds, const std::function<void(int)>& commit);

// The other side of both, in a process of its own: the main function.
int RunReader(const std::string& folder);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_STORE_PROCESSES_H_
