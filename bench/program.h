// What the benchmark programs share: how they fail, and their command lines.
#ifndef REVSTAT_BENCH_PROGRAM_H_
#define REVSTAT_BENCH_PROGRAM_H_

#include <functional>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace CLI {
class App;
}

namespace revstat::bench {

inline constexpr int kExitFailure = 2;

// Ends the program with a message on standard error unless all is well: behind
// a wrong answer or a missing input there is nothing to measure.
void Require(const absl::Status& status);

template <class T>
T Require(absl::StatusOr<T> value) {
  Require(value.status());
  return *std::move(value);
}

// The exit status where the command line asks for help or is wrong.
std::optional<int> ParseCommandLine(CLI::App* app, int argc, char** argv);

// The main function of a program of Google Benchmark, whose own options it
// takes beside the app's: registers the benchmarks and runs them.
int RunBenchmarks(CLI::App* app, int argc, char** argv,
                  const std::function<void()>& register_all);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_PROGRAM_H_
