// The goals of the project, measured: what, goal, measured, reached?
//
// Exit status: 0 all reached, 1 some not, 2 nothing measured.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>

#include "bench/data_files.h"
#include "bench/goals_check.h"
#include "bench/goals_engine.h"
#include "bench/goals_scopes.h"
#include "bench/goals_table.h"
#include "bench/ingest.h"
#include "bench/program.h"

namespace revstat::bench {
namespace {

int Main(int argc, char** argv) {
  DataFiles files;
  std::string revstat = REVSTAT_PROGRAM;
  int rounds = 5;
  std::string only;
  CLI::App app("Measures the goals of the project; takes some minutes.");
  files.AddOption(&app);
  app.add_option("--revstat", revstat, "The program")->capture_default_str();
  app.add_option("--rounds", rounds, "Medians of so many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--only", only,
                 "Only the groups with this in their name: lookups, deltas, "
                 "many issuers, partitions, ...");
  if (const auto status = ParseCommandLine(&app, argc, argv)) return *status;

  Require(ReadCa(files));  // says best what is missing
  std::vector<Goal> goals;
  const auto measure = [&](const std::string& what, const auto& make) {
    if (what.find(only) == std::string::npos) return;
    std::vector<Goal> more = make();
    std::fprintf(stderr, "measured: %s\n", what.c_str());
    std::move(more.begin(), more.end(), std::back_inserter(goals));
  };
  // Processes first, while this one is small.
  measure("revstat check", [&] { return CheckGoals(files, revstat, rounds); });
  measure("ingest", [&] { return IngestGoals(files, rounds); });
  measure("lookups", [&] { return LookupGoals(files, rounds); });
  measure("lookups of OpenSSL", [&] { return OpensslGoals(files, rounds); });
  measure("lookups while publishing",
          [&] { return PublishingGoals(files, rounds); });
  measure("deltas", [&] { return DeltaGoals(files, rounds); });
  measure("many issuers", [&] { return ManyIssuersGoals(rounds); });
  measure("partitions", [&] { return PartitionGoals(files, rounds); });
  Print(goals);
  return std::all_of(
             goals.begin(), goals.end(),
             [](const Goal& goal) { return goal.reached == Reached::kYes; })
             ? 0
             : 1;
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) { return revstat::bench::Main(argc, argv); }
