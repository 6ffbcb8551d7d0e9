// What a revocation check costs a TLS server: handshakes a second and memory,
// without one, with OpenSSL's own and with revstat's, in one and in eight
// processes; and whether a new generation of the store is felt.
//
// Exit status: 0 all goals reached, 1 some not, 2 nothing measured.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "absl/strings/str_format.h"
#include "bench/data_files.h"
#include "bench/goals_table.h"
#include "bench/handshake_worker.h"
#include "bench/ingest.h"
#include "bench/program.h"
#include "engine/refresh/store_updater.h"
#include "engine/x509/crl.h"

namespace revstat::bench {
namespace {

constexpr std::array kSubjects = {RevocationSubject::kNobody,
                                  RevocationSubject::kOpenssl,
                                  RevocationSubject::kRevstat};
constexpr const char* kNames[] = {"no check", "OpenSSL's CRL check", "revstat"};

void Commit(const DataFiles& files, const HandshakeInputs& inputs,
            const std::string& crl) {
  const auto updater = Require(StoreUpdater::Open(inputs.store, {}));
  Require(updater->AddTrusted(Require(ReadCa(files))));
  const auto der = Require(Buffer::ReadFile(crl));
  Require(Require(updater->Take(*der, inputs.at)).refusal);
  Require(updater->Commit(inputs.at).status());
}

struct Summary {
  double rate = 0;           // handshakes for each second of processor time
  double private_bytes = 0;  // of the worker that has most
};

// OpenSSL verifies the CRL's signature, and so hashes all of it, at each
// handshake: it gets fewer to do.
int CountFor(RevocationSubject subject, int count) {
  return subject == RevocationSubject::kOpenssl ? std::max(1, count / 250)
                                                : count;
}

using Workers = std::vector<std::unique_ptr<HandshakeWorker>>;

Summary Measure(const Workers& workers, int count) {
  for (const auto& worker : workers) worker->Go(count);
  Summary summary;
  double seconds = 0;
  for (const auto& worker : workers) {
    const HandshakeFigures figures = worker->Hear();
    if (figures.failures != 0)
      Require(MakeError(ErrorCode::kBadCertificate, "a handshake failed"));
    seconds += figures.cpu_seconds;
    summary.private_bytes = std::max(
        summary.private_bytes, static_cast<double>(figures.private_bytes));
  }
  summary.rate = static_cast<double>(count) *
                 static_cast<double>(workers.size()) / seconds;
  return summary;
}

// Rounds A B C A B C ...: medians, and of each round's ratio to no check.
void CompareSubjects(const std::string& program, const HandshakeInputs& inputs,
                     int processes, int count, int rounds,
                     std::vector<Goal>* goals) {
  std::array<Workers, kSubjects.size()> workers;
  for (size_t s = 0; s < kSubjects.size(); ++s) {
    for (int i = 0; i < processes; ++i) {
      workers[s].push_back(
          std::make_unique<HandshakeWorker>(program, kSubjects[s], inputs));
    }
    Measure(workers[s], CountFor(kSubjects[s], 50));  // loads what it needs
  }
  std::array<std::vector<double>, kSubjects.size()> rates;
  std::array<std::vector<double>, kSubjects.size()> ratios;
  std::array<double, kSubjects.size()> memory = {};
  for (int round = 0; round < rounds; ++round) {
    for (size_t s = 0; s < kSubjects.size(); ++s) {
      const Summary summary =
          Measure(workers[s], CountFor(kSubjects[s], count));
      rates[s].push_back(summary.rate);
      ratios[s].push_back(summary.rate / rates[0].back());
      memory[s] = summary.private_bytes;
    }
  }
  for (size_t s = 1; s < kSubjects.size(); ++s) {
    const bool is_ours = kSubjects[s] == RevocationSubject::kRevstat;
    const double ratio = Median(ratios[s]);
    const double added = (memory[s] - memory[0]) / 1e6;
    goals->push_back({absl::StrFormat("handshakes, %d process%s: %s", processes,
                                      processes == 1 ? "" : "es", kNames[s]),
                      is_ours ? ">= 0.98 x no check" : "",
                      absl::StrFormat("%.3f x (%.1f/s beside %.0f/s)", ratio,
                                      Median(rates[s]), Median(rates[0])),
                      is_ours ? AtLeast(ratio, 0.98) : Reached::kNoGoal});
    goals->push_back(
        {absl::StrFormat("private memory it adds to a process, %d process%s: "
                         "%s",
                         processes, processes == 1 ? "" : "es", kNames[s]),
         is_ours ? "<= 2 MB" : "", absl::StrFormat("%.2f MB", added),
         is_ours ? AtMost(added, 2) : Reached::kNoGoal});
  }
}

// Handshakes while generations are committed beside them, and while not.
void CompareReload(const std::string& program, const DataFiles& files,
                   const HandshakeInputs& inputs, int count, int rounds,
                   std::vector<Goal>* goals) {
  HandshakeWorker worker(program, RevocationSubject::kRevstat, inputs);
  worker.Go(50);
  int64_t generations = worker.Hear().generations;
  const int64_t first = generations;
  int64_t failures = 0;
  std::vector<double> ratios;
  std::vector<double> quiet_p99;
  std::vector<double> busy_p99;
  unsigned partition = 0;
  for (int round = 0; round < rounds; ++round) {
    worker.Go(count);
    const HandshakeFigures quiet = worker.Hear();
    worker.Go(count);
    for (int i = 0; i < 3; ++i)
      Commit(files, inputs, files.Partition(partition++));
    const HandshakeFigures busy = worker.Hear();
    ratios.push_back(quiet.cpu_seconds / busy.cpu_seconds);
    quiet_p99.push_back(1e3 * quiet.p99_seconds);
    busy_p99.push_back(1e3 * busy.p99_seconds);
    failures += quiet.failures + busy.failures;
    generations = busy.generations;
  }
  const double ratio = Median(ratios);
  goals->push_back(
      {"handshakes while generations are published",
       ">= 0.98 x quiet, none fails",
       absl::StrFormat("%.3f x, %d generations, %d failed (p99 %.2f ms beside "
                       "%.2f ms)",
                       ratio, generations - first, failures, Median(busy_p99),
                       Median(quiet_p99)),
       failures == 0 && generations > first ? AtLeast(ratio, 0.98)
                                            : Reached::kNo});
}

int Main(int argc, char** argv) {
  DataFiles files;
  HandshakeInputs inputs;
  inputs.store =
      (std::filesystem::temp_directory_path() / "revstat-handshakes").string();
  int64_t at = 0;
  int worker = -1;
  int rounds = 9;
  int count = 1000;
  std::vector<int> processes = {1, 8};
  CLI::App app("Measures TLS handshakes with and without a check.");
  files.AddOption(&app);
  app.add_option("--folder", inputs.store, "Where a store is made, and removed")
      ->capture_default_str();
  app.add_option("--rounds", rounds, "Medians of so many")
      ->check(CLI::Range(1, 40))
      ->capture_default_str();
  app.add_option("--handshakes", count, "In a round and process")
      ->check(CLI::Range(100, 1000000))
      ->capture_default_str();
  app.add_option("--processes", processes, "Side by side")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--worker", worker, "")->group("");
  app.add_option("--crl", inputs.crl, "")->group("");
  app.add_option("--at", at, "")->group("");
  if (const auto status = ParseCommandLine(&app, argc, argv)) return *status;
  if (worker >= 0) {
    inputs.at = FromUnix(at);
    return RunHandshakes(static_cast<RevocationSubject>(worker), inputs);
  }

  inputs.crl = files.Crl(kMediumCrl);
  {
    const auto der = Require(Buffer::ReadFile(inputs.crl));
    inputs.at = Require(CrlView::Parse(der->bytes())).this_update() +
                std::chrono::hours(1);
  }
  std::filesystem::remove_all(inputs.store);
  Commit(files, inputs, inputs.crl);
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  std::vector<Goal> goals;
  for (int number : processes)
    CompareSubjects(program, inputs, number, count, rounds, &goals);
  CompareReload(program, files, inputs, count, rounds, &goals);
  std::filesystem::remove_all(inputs.store);
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
