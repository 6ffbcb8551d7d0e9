// Work in processes of its own.
#ifndef REVSTAT_BENCH_CHILD_PROCESS_H_
#define REVSTAT_BENCH_CHILD_PROCESS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace revstat::bench {

struct ProcessFigures {
  double seconds = 0;       // from before its start until it has gone
  uint64_t peak_bytes = 0;  // by wait4; never less than ours at its start
  int exit_status = 0;
};

// Runs a program with its standard output in a new file, or thrown away where
// `output` is empty. An error where it cannot be started or is ended by a
// signal.
absl::StatusOr<ProcessFigures> RunProcess(std::vector<std::string> command,
                                          const std::string& output);

// Does `work` in a copy of this process, whose memory and other traces go with
// it. Not while other threads run.
absl::Status InChild(const std::function<absl::Status()>& work);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_CHILD_PROCESS_H_
