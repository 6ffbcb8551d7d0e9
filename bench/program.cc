#include "bench/program.h"

#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace revstat::bench {

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "nothing measured: %s\n",
               std::string(status.message()).c_str());
  std::exit(kExitFailure);
}

std::optional<int> ParseCommandLine(CLI::App* app, int argc, char** argv) {
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app->exit(error) == 0 ? 0 : kExitFailure;
  }
  return std::nullopt;
}

int RunBenchmarks(CLI::App* app, int argc, char** argv,
                  const std::function<void()>& register_all) {
  app->allow_extras();
  app->footer("And all options of Google Benchmark: --benchmark_filter=REGEX");
  if (const auto status = ParseCommandLine(app, argc, argv)) return *status;
  std::vector<std::string> others = app->remaining();
  std::vector<char*> rest = {argv[0]};
  for (std::string& other : others) rest.push_back(other.data());
  int count = static_cast<int>(rest.size());
  benchmark::Initialize(&count, rest.data());
  if (benchmark::ReportUnrecognizedArguments(count, rest.data()))
    return kExitFailure;
  register_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace revstat::bench
