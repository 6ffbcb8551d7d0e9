// The goals of the project, measured: what, goal, measured, reached?
//
// Exit status: 0 all reached, 1 some not, 2 nothing measured.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "bench/goal_options.h"
#include "bench/goals_check.h"
#include "bench/goals_engine.h"
#include "bench/goals_json.h"
#include "bench/goals_lookup.h"
#include "bench/goals_scopes.h"
#include "bench/goals_table.h"
#include "bench/ingest.h"
#include "bench/program.h"

namespace revstat::bench {
namespace {

struct Group {
  const char* name;
  std::vector<Goal> (*measure)(const GoalOptions&);
};

// Processes first, while this one is small.
constexpr Group kGroups[] = {{"revstat check", CheckGoals},
                             {"ingest", IngestGoals},
                             {"lookups", LookupGoals},
                             {"lookups of OpenSSL", OpensslGoals},
                             {"lookups while publishing", PublishingGoals},
                             {"deltas", DeltaGoals},
                             {"many issuers", ManyIssuersGoals},
                             {"partitions", PartitionGoals},
                             {"OCSP", OcspGoals}};

struct CommandLine {
  GoalOptions options;
  std::string only;
  std::string json;
  bool list = false;
};

void AddOptions(CLI::App* app, CommandLine* line) {
  line->options.files.AddOption(app);
  line->options.files.AddSizeOption(app);
  app->add_option("--revstat", line->options.revstat, "The program")
      ->capture_default_str();
  app->add_option("--rounds", line->options.rounds, "Medians of so many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app->add_option("--seconds", line->options.seconds,
                  "How long each rate is measured, in each round")
      ->check(CLI::Range(0.001, 60.0).description(""))
      ->capture_default_str();
  app->add_option("--only", line->only,
                  "Only the groups with this in their name: lookups, deltas, "
                  "many issuers, partitions, ...");
  app->add_option("--json", line->json, "Write what was measured to it")
      ->type_name("FILE");
  app->add_flag("--list", line->list, "Print the names of the groups");
}

std::vector<Group> Chosen(const std::string& only) {
  std::vector<Group> chosen;
  for (const Group& group : kGroups) {
    if (std::string_view(group.name).find(only) != std::string_view::npos)
      chosen.push_back(group);
  }
  if (chosen.empty()) {
    Require(absl::InvalidArgumentError("no group has '" + only +
                                       "' in its name; see --list"));
  }
  return chosen;
}

int Main(int argc, char** argv) {
  CommandLine line;
  line.options.revstat = REVSTAT_PROGRAM;
  CLI::App app("Measures the goals of the project; takes some minutes.");
  AddOptions(&app, &line);
  if (const auto status = ParseCommandLine(&app, argc, argv)) return *status;
  const std::vector<Group> chosen = Chosen(line.only);
  if (line.list) {
    for (const Group& group : chosen) std::puts(group.name);
    return 0;
  }

  Require(ReadCa(line.options.files));  // says best what is missing
  std::vector<GoalGroup> groups;
  std::vector<Goal> all;
  for (const Group& group : chosen) {
    groups.push_back({group.name, group.measure(line.options)});
    const std::vector<Goal>& goals = groups.back().goals;
    all.insert(all.end(), goals.begin(), goals.end());
    std::fprintf(stderr, "measured: %s\n", group.name);
  }
  Print(all);
  if (!line.json.empty()) Require(WriteJson(groups, line.json));
  return std::all_of(
             all.begin(), all.end(),
             [](const Goal& goal) { return goal.reached != Reached::kNo; })
             ? 0
             : 1;
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) { return revstat::bench::Main(argc, argv); }
