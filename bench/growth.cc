// One point of the growth series: what a CRL of so many entries costs, as a
// JSON object on a line. One process a size, so that no size pays for another.
//
// Exit status: 0 measured, 2 not.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "bench/data_files.h"
#include "bench/goals_table.h"
#include "bench/ingest.h"
#include "bench/program.h"
#include "bench/random_lines.h"
#include "bench/rate_goal.h"
#include "bench/revstat_contenders.h"
#include "bench/subject.h"
#include "tools/revstat/bench/options.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  DataFiles files;
  uint64_t entries = 0;
  int rounds = 5;
  double seconds = 0.5;
};

// Small CRLs are taken in far more often than --rounds: one ingest of a
// thousand entries takes less than a tick of the scheduler.
Json MeasureIngests(const Options& options) {
  const std::string path = options.files.Crl(options.entries);
  const auto ca = Require(ReadCa(options.files));
  IngestFigures last;
  std::vector<double> ingest;
  std::vector<double> sha256;
  std::vector<double> peak;
  const auto start = tool::BenchClock::now();
  while (std::ssize(ingest) < options.rounds ||
         tool::SecondsSince(start) < options.seconds) {
    last = Require(MeasureIngest(path, ca));
    ingest.push_back(last.ingest_seconds);
    sha256.push_back(last.sha256_seconds);
    peak.push_back(static_cast<double>(last.peak_bytes));
  }
  return {{"entries", last.entries},
          {"file_bytes", last.file_bytes},
          {"index_bytes", last.index_bytes},
          {"index_bytes_per_entry", static_cast<double>(last.index_bytes) /
                                        static_cast<double>(last.entries)},
          {"ingests", ingest.size()},
          {"ingest_seconds", Median(ingest)},
          {"sha256_seconds", Median(sha256)},
          {"peak_bytes", Median(peak)}};
}

// Batches on one thread, each share of hits beside random cache lines of as
// much memory as the index, in rounds.
void AddLookups(const Options& options, Json* json) {
  const Subject subject(options.files, options.entries);
  RandomLines memory(subject.source().index_bytes());
  std::vector<std::unique_ptr<Contender>> contenders;
  std::vector<std::vector<double>> rates(std::size(tool::kHitPercents));
  std::vector<double> lines;
  for (unsigned hits : tool::kHitPercents)
    contenders.push_back(Checked(MakeBatch(subject, hits)));
  for (int round = 0; round < options.rounds; ++round) {
    for (size_t i = 0; i < contenders.size(); ++i)
      rates[i].push_back(Rate(*contenders[i], 1, options.seconds));
    lines.push_back(Rate(memory, 1, options.seconds));
  }
  Json lookups = Json::array();
  for (size_t i = 0; i < rates.size(); ++i) {
    lookups.push_back({{"hit_percent", tool::kHitPercents[i]},
                       {"per_second", std::round(Median(rates[i]))}});
  }
  (*json)["lookups"] = std::move(lookups);
  (*json)["random_lines_per_second"] = std::round(Median(lines));
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Measures one CRL of the growth series: taking it in, memory, lookups.");
  options.files.AddOption(&app);
  app.add_option("--entries", options.entries,
                 "Of the CRL; make-data --growth makes 1000, 10000, ...")
      ->required();
  app.add_option("--rounds", options.rounds, "Medians of so many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds,
                 "How long each rate is measured, in each round")
      ->check(CLI::Range(0.001, 60.0).description(""))
      ->capture_default_str();
  if (const auto status = ParseCommandLine(&app, argc, argv)) return *status;

  Json json = MeasureIngests(options);
  AddLookups(options, &json);
  json["rounds"] = options.rounds;
  std::puts(json.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) { return revstat::bench::Main(argc, argv); }
