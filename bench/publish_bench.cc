// Lookups in batches on one thread while another publishes a version every 10
// ms, and while none does.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "bench/benchmarks.h"
#include "bench/data_files.h"
#include "bench/program.h"
#include "bench/publishing.h"
#include "bench/revstat_contenders.h"
#include "bench/subject.h"
#include "tools/revstat/bench/options.h"

namespace revstat::bench {
namespace {

// Made once, and never destroyed: benchmarks borrow from it.
struct Field {
  Field(const DataFiles& files, uint64_t entries)
      : subject(files, entries),
        versions(files, entries),
        publisher(versions.Make(0)) {}

  Subject subject;
  Versions versions;
  SnapshotPublisher publisher;
};

// No version: nothing is published meanwhile.
void Register(Field& field, std::optional<NewVersion> version, unsigned hits) {
  const std::shared_ptr<Contender> contender =
      MakePublishedBatch(field.publisher, field.subject, hits);
  Require(CheckVersions(field.versions, *contender, &field.publisher));
  const auto run = [&field, version, contender](benchmark::State& state) {
    std::optional<Publishing> publishing;
    if (version.has_value())
      publishing.emplace(field.versions, *version, &field.publisher);
    RunContender(state, *contender);
    const auto published =
        static_cast<double>(publishing ? publishing->published() : 0);
    state.counters["versions"] =
        benchmark::Counter(published, benchmark::Counter::kIsRate);
  };
  const std::string name =
      Concat({version.has_value() ? NameOf(*version) : "quiet",
              "/hits:", std::to_string(hits)});
  benchmark::RegisterBenchmark(name.c_str(), run)->UseRealTime();
}

void RegisterAll(const DataFiles& files, uint64_t entries) {
  Field& field = *new Field(files, entries);
  for (unsigned hits : tool::kHitPercents) {
    Register(field, std::nullopt, hits);
    Register(field, NewVersion::kSameIndex, hits);
    Register(field, NewVersion::kOtherIndex, hits);
  }
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) {
  using namespace revstat::bench;
  DataFiles files;
  uint64_t entries = kLargeCrl;
  CLI::App app("Measures lookups while versions are published.");
  files.AddOption(&app);
  app.add_option("--entries", entries, "Which CRL of the data")
      ->capture_default_str();
  return RunBenchmarks(&app, argc, argv, [&] { RegisterAll(files, entries); });
}
