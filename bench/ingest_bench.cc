// CRLs taken in from the page cache, and SHA-256 over the same bytes.
#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "bench/child_process.h"
#include "bench/data_files.h"
#include "bench/ingest.h"
#include "bench/program.h"
#include "bench/revstat_contenders.h"
#include "bench/subject.h"
#include "tools/revstat/bench/options.h"

namespace revstat::bench {
namespace {

// Digest and ingest take turns, one of each an iteration; the time is the
// ingest's.
void MeasureIngests(benchmark::State& state, const std::string& path,
                    const std::shared_ptr<const Buffer>& ca) {
  IngestFigures last;
  double ingest = 0;
  double sha256 = 0;
  uint64_t peak = 0;
  for (auto _ : state) {
    last = Require(MeasureIngest(path, ca));
    state.SetIterationTime(last.ingest_seconds);
    ingest += last.ingest_seconds;
    sha256 += last.sha256_seconds;
    peak = std::max(peak, last.peak_bytes);
  }
  const auto entries = static_cast<double>(last.entries);
  const auto bytes = static_cast<double>(last.file_bytes);
  const auto index = static_cast<double>(last.index_bytes);
  const auto iterations = static_cast<double>(state.iterations());
  state.counters["entries/s"] = entries * iterations / ingest;
  state.counters["bytes/s"] = bytes * iterations / ingest;
  state.counters["sha256_bytes/s"] = bytes * iterations / sha256;
  state.counters["of_sha256"] = ingest / sha256;
  state.counters["index_bytes/entry"] = index / entries;
  state.counters["peak/(file+index)"] =
      static_cast<double>(peak) / (bytes + index);
}

void RegisterAll(const DataFiles& files) {
  const auto ca = Require(ReadCa(files));
  for (uint64_t entries : {kSmallCrl, kMediumCrl, kLargeCrl}) {
    // In a child: what it leaves behind does not count as our memory.
    Require(InChild([&] { return CheckAnswers(files, entries); }));
    const auto run = [path = files.Crl(entries), ca](benchmark::State& state) {
      MeasureIngests(state, path, ca);
    };
    benchmark::RegisterBenchmark(
        Concat({"ingest/entries:", std::to_string(entries)}).c_str(), run)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) {
  using namespace revstat::bench;
  DataFiles files;
  CLI::App app("Measures taking CRLs in, beside SHA-256.");
  files.AddOption(&app);
  return RunBenchmarks(&app, argc, argv, [&] { RegisterAll(files); });
}
