// A large CRL from a loopback server to queryable and durable, beside the same
// from a local file, and beside the disk.
//
// Exit status: 0 the goal is reached, 1 it is not, 2 nothing measured.
#include <CLI/CLI.hpp>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <mutex>

#include "absl/strings/str_format.h"
#include "bench/data_files.h"
#include "bench/goals_table.h"
#include "bench/ingest.h"
#include "bench/loopback_files.h"
#include "bench/program.h"
#include "engine/base/error.h"
#include "engine/check/store_reader.h"
#include "engine/refresh/refresher.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

using tool::BenchClock;
using tool::SecondsSince;

// The time at which the inputs of make-data are current.
Time TimeOf(const Buffer& crl) {
  return Require(CrlView::Parse(crl.bytes())).this_update();
}

void RequireAnswer(const std::string& store, Time at) {
  EvidencePolicy policy;
  policy.lookup.at = at;
  const auto reader = Require(StoreReader::Open(store, policy));
  const SnapshotPublisher::Reader snapshot(reader->publisher());
  CrlEntryReader entries(snapshot->sources().front()->crl());
  entries.Next();
  const LookupKey key{entries.entry().serial, 0, 0};
  if (snapshot->Lookup(policy.lookup, key).status == Status::kUnknown)
    Require(MakeError(ErrorCode::kBadIndex, "a listed serial is unknown"));
}

// Seconds from the file to the first answer, and where they went.
double TakeLocal(const std::string& store, const std::string& path,
                 const std::shared_ptr<const Buffer>& ca, Time at) {
  std::filesystem::remove_all(store);
  const auto start = BenchClock::now();
  const auto updater = Require(StoreUpdater::Open(store, {}));
  Require(updater->AddTrusted(ca));
  const auto crl = Require(Buffer::ReadFile(path));
  auto staged = Require(updater->StageFile());
  Require(staged->Append(crl->bytes()));
  const double written = SecondsSince(start);
  Require(Require(updater->Take(std::move(staged), at)).refusal);
  const double taken = SecondsSince(start);
  Require(updater->Commit(at).status());
  RequireAnswer(store, at);
  const double all = SecondsSince(start);
  std::fprintf(
      stderr,
      "local: %.2f s; written %.2f, verified, indexed and synced %.2f, "
      "committed and opened %.2f\n",
      all, written, taken - written, all - taken);
  return all;
}

double TakeFetched(const std::string& store, const LoopbackFiles& server,
                   const std::shared_ptr<const Buffer>& ca, Time at) {
  std::filesystem::remove_all(store);
  IssuerSource source;
  source.name = "large";
  source.trusted = {ca};
  source.crl_urls = {server.Url(0)};
  source.addresses = AddressPolicy::kAny;
  std::mutex mutex;
  std::condition_variable told;
  bool is_published = false;
  double arrived = 0;
  const auto start = BenchClock::now();
  RefresherOptions options;
  options.store = store;
  options.now = [at] { return at; };
  options.on_event = [&](const RefreshEvent& event) {
    if (!event.why.ok()) Require(event.why);
    const std::lock_guard lock(mutex);
    if (event.kind == RefreshEvent::Kind::kFetched)
      arrived = SecondsSince(start);
    is_published |= event.kind == RefreshEvent::Kind::kPublished;
    told.notify_all();
  };
  const auto refresher = Require(Refresher::Start({source}, options));
  {
    std::unique_lock lock(mutex);
    told.wait(lock, [&] { return is_published; });
  }
  RequireAnswer(store, at);
  const double all = SecondsSince(start);
  std::fprintf(stderr, "fetched: %.2f s; arrived %.2f\n", all, arrived);
  return all;
}

// The disk alone: as many octets, written and synced.
double WriteAndSync(const std::string& path, uint64_t bytes) {
  const std::vector<uint8_t> octets(bytes, 1);
  const auto start = BenchClock::now();
  {
    const auto file =
        Require(FileSystem::System().Open(path, FileSystem::OpenMode::kCreate));
    Require(WriteAll(file.get(), 0, octets));
    Require(file->Sync());
  }
  const double all = SecondsSince(start);
  std::filesystem::remove(path);
  return all;
}

int Main(int argc, char** argv) {
  DataFiles files;
  std::string folder = std::filesystem::temp_directory_path() / "revstat-fetch";
  uint64_t entries = kLargeCrl;
  int rounds = 5;
  CLI::App app("A CRL from a loopback server, beside one from a file.");
  files.AddOption(&app);
  app.add_option("--folder", folder, "Where stores are made, and removed")
      ->capture_default_str();
  app.add_option("--entries", entries, "Of the CRL")
      ->check(CLI::IsMember({kSmallCrl, kMediumCrl, kLargeCrl}))
      ->capture_default_str();
  app.add_option("--rounds", rounds, "Medians of so many")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  if (const auto status = ParseCommandLine(&app, argc, argv)) return *status;

  const auto ca = Require(ReadCa(files));
  const auto crl = Require(Buffer::ReadFile(files.Crl(entries)));
  const Time at = TimeOf(*crl);
  const LoopbackFiles server([crl](uint64_t) {
    return LoopbackFiles::Answer{"\"1\"", [crl] { return crl; }};
  });
  std::filesystem::create_directories(folder);
  const std::string store = folder + "/store";
  std::vector<double> disk;
  const PairFigures figures = MeasurePair(
      rounds, [&] { return TakeFetched(store, server, ca, at); },
      [&] {
        disk.push_back(
            WriteAndSync(folder + "/octets", crl->bytes().size() / 6 * 7));
        return TakeLocal(store, files.Crl(entries), ca, at);
      });
  std::filesystem::remove_all(folder);
  constexpr double kMost = 1.5;
  const Goal goal = {
      absl::StrFormat("a CRL of %.0f MB from loopback to queryable",
                      static_cast<double>(crl->bytes().size()) / 1e6),
      absl::StrFormat("<= %g x from a file", kMost),
      absl::StrFormat("%.2f x (%.2f s beside %.2f s; the disk alone, as many "
                      "octets written and synced: %.2f s)",
                      figures.ratio, figures.a, figures.b, Median(disk)),
      AtMost(figures.ratio, kMost)};
  Print({goal});
  return goal.reached == Reached::kYes ? 0 : 1;
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) { return revstat::bench::Main(argc, argv); }
