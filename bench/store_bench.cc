// A store: opened, shared by processes, and seen to change.
//
// Exit status: 0 all goals reached, 1 some not, 2 nothing measured.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>

#include "absl/strings/str_format.h"
#include "bench/data_files.h"
#include "bench/goals_table.h"
#include "bench/ingest.h"
#include "bench/program.h"
#include "bench/rate_goal.h"
#include "bench/revstat_contenders.h"
#include "bench/store_of_many.h"
#include "bench/store_open.h"
#include "bench/store_processes.h"
#include "bench/subject.h"
#include "engine/check/store_reader.h"
#include "engine/refresh/store_updater.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

// The time at which the inputs of make-data are current.
EvidencePolicy PolicyFor(const Subject& subject) {
  EvidencePolicy policy;
  policy.lookup = subject.queries().policy();
  return policy;
}

// Takes the CRL in; its own time is what is printed.
void MakeStore(const DataFiles& files, const std::string& folder,
               uint64_t entries, Time at) {
  std::filesystem::remove_all(folder);
  const auto start = tool::BenchClock::now();
  const auto updater = Require(StoreUpdater::Open(folder, {}));
  Require(updater->AddTrusted(Require(ReadCa(files))));
  const auto crl = Require(Buffer::ReadFile(files.Crl(entries)));
  Require(Require(updater->Take(*crl, at)).refusal);
  const double taken = tool::SecondsSince(start);
  Require(updater->Commit(at).status());
  std::fprintf(stderr, "%llu entries: taken in %.2f s, committed %.2f s\n",
               static_cast<unsigned long long>(entries), taken,
               tool::SecondsSince(start));
}

// The largest CRL in parts.
void MakePartitionedStore(const DataFiles& files, const std::string& folder,
                          Time at) {
  std::filesystem::remove_all(folder);
  const auto updater = Require(StoreUpdater::Open(folder, {}));
  Require(updater->AddTrusted(Require(ReadCa(files))));
  for (unsigned i = 0; i < DataFiles::kPartitions; ++i) {
    const auto crl = Require(Buffer::ReadFile(files.Partition(i)));
    Require(Require(updater->Take(*crl, at)).refusal);
  }
  Require(updater->Commit(at).status());
}

std::vector<Goal> ProcessGoals(const std::string& program,
                               const std::string& folder) {
  constexpr double kMostPrivate = 2;
  const SharedFigures figures = MeasureShared(program, folder);
  const double added = figures.most_added / 1e6;
  return {{absl::StrFormat("private memory that the store adds to each of %d "
                           "processes",
                           kProcesses),
           absl::StrFormat("<= %g MB", kMostPrivate),
           absl::StrFormat("%.2f MB (%.2f MB with the program's own; together "
                           "%.1f MB of PSS beside %.1f MB of file)",
                           added, figures.most_private / 1e6, figures.pss / 1e6,
                           figures.file_bytes / 1e6),
           AtMost(added, kMostPrivate)}};
}

// The mapped index beside the one in memory on huge pages.
std::vector<Goal> LookupGoals(const Subject& subject, const std::string& folder,
                              int rounds) {
  const auto reader = Require(StoreReader::Open(folder, PolicyFor(subject)));
  std::vector<Goal> goals;
  for (unsigned hits : {1u, 100u}) {
    const auto memory = Checked(MakeBatch(subject, hits));
    const auto mapped =
        Checked(MakePublishedBatch(reader->publisher(), subject, hits));
    goals.push_back(RateGoal(
        absl::StrFormat("batch from the mapped store, 1 thread, %u %% hits",
                        hits),
        "in memory", 0.8, rounds, [&] { return Rate(*mapped, 1); },
        [&] { return Rate(*memory, 1); }));
  }
  return goals;
}

Goal VisibleGoal(const std::string& program, const DataFiles& files,
                 const std::string& folder, Time at, int rounds) {
  constexpr double kMost = 50;
  const double milliseconds =
      MeasureVisible(program, folder, rounds, [&](int round) {
        const auto updater = Require(StoreUpdater::Open(folder, {}));
        Require(updater->AddTrusted(Require(ReadCa(files))));
        const std::string path = files.Partition(static_cast<unsigned>(round));
        const auto crl = Require(Buffer::ReadFile(path));
        Require(Require(updater->Take(*crl, at)).refusal);
        Require(updater->Commit(at).status());
      });
  return {"a new generation published in another process, after the rename",
          absl::StrFormat("<= %g ms", kMost),
          absl::StrFormat("%.1f ms", milliseconds),
          AtMost(milliseconds, kMost)};
}

int Main(int argc, char** argv) {
  DataFiles files;
  std::string folder = std::filesystem::temp_directory_path() / "revstat-store";
  std::string reader;
  unsigned count = 5;
  uint64_t many_entries = kLargeCrl;
  CLI::App app("Measures a store: opening, sharing, seeing changes.");
  files.AddOption(&app);
  app.add_option("--folder", folder, "Where stores are made, and removed")
      ->capture_default_str();
  app.add_option("--rounds", count, "Medians of so many")
      ->check(CLI::Range(1u, DataFiles::kPartitions))
      ->capture_default_str();
  app.add_option("--many", many_entries,
                 "Entries of 3,000 CAs together; 100 million need 6 GB of disk "
                 "and of memory")
      ->capture_default_str();
  app.add_option("--reader", reader, "")->group("");  // for MeasureShared
  if (const auto status = ParseCommandLine(&app, argc, argv)) return *status;
  if (!reader.empty()) return RunReader(reader);

  const int rounds = static_cast<int>(count);
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  const std::string small = folder + "/small";
  const std::string large = folder + "/large";
  const std::string parts = folder + "/parts";
  const std::string many = folder + "/many";
  std::filesystem::create_directories(folder);
  std::vector<Goal> goals;
  {
    const Subject subject(files, kLargeCrl);
    const EvidencePolicy policy = PolicyFor(subject);
    MakeStore(files, small, kSmallCrl, policy.lookup.at);
    MakeStore(files, large, kLargeCrl, policy.lookup.at);
    MakePartitionedStore(files, parts, policy.lookup.at);
    const double small_time = OpenTime(small, policy, rounds);
    const double large_time = OpenTime(large, policy, rounds);
    goals.push_back(OpenGoal("100 k entries", small_time, 10));
    goals.push_back(OpenGoal("10 M entries", large_time, 10));
    goals.push_back(OpenGoal("10 M entries of one CA in 128 partitions",
                             OpenTime(parts, policy, rounds), 10));
    const auto of_many =
        ManyCasGoals(many, many_entries, policy.lookup.at, rounds);
    goals.insert(goals.end(), of_many.begin(), of_many.end());
    const auto more = LookupGoals(subject, large, rounds);
    goals.insert(goals.end(), more.begin(), more.end());
    goals.push_back(
        VisibleGoal(program, files, small, policy.lookup.at, rounds));
  }
  const auto shared = ProcessGoals(program, large);
  goals.insert(goals.end(), shared.begin(), shared.end());
  std::filesystem::remove_all(folder);
  Print(goals);
  return std::all_of(
             goals.begin(), goals.end(),
             [](const Goal& goal) { return goal.reached != Reached::kNo; })
             ? 0
             : 1;
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) { return revstat::bench::Main(argc, argv); }
