// A thousand CRLs that keep changing, refreshed by `revstat refresh` from a
// loopback server, beside lookups at full speed here: every answer is compared
// with what the CRL of the number that is held lists.
//
// Exit status: 0 all goals reached, 1 some not, 2 a wrong answer or nothing
// measured.
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "absl/strings/str_format.h"
#include "bench/goals_table.h"
#include "bench/loopback_files.h"
#include "bench/program.h"
#include "bench/soak_asker.h"
#include "bench/soak_sources.h"
#include "engine/base/error.h"
#include "engine/refresh/store_watcher.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

using std::chrono::seconds;

struct Options {
  std::string folder = std::filesystem::temp_directory_path() / "revstat-soak";
  uint64_t sources = 1000;
  uint64_t largest = 5'000'000;
  unsigned minutes = 3;
  unsigned rounds = 3;
};

// Lookups here on the first processor, everything else on the second.
void PinTo(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof(set), &set);
}

Time Now() {
  return std::chrono::floor<seconds>(std::chrono::system_clock::now());
}

// The number of each source's CRL that the server has, shared with its process.
class Numbers {
 public:
  explicit Numbers(size_t count) : count_(count) {
    void* const memory =
        mmap(nullptr, count * sizeof(Number), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      Require(MakeError(ErrorCode::kTooLarge, "no memory"));
    numbers_ = static_cast<Number*>(memory);
    for (size_t i = 0; i < count; ++i) numbers_[i] = 1;
  }
  ~Numbers() { munmap(numbers_, count_ * sizeof(Number)); }
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;

  uint64_t Of(size_t source) const { return numbers_[source]; }
  void Raise(size_t source) { ++numbers_[source]; }

 private:
  using Number = std::atomic<uint64_t>;
  const size_t count_;
  Number* numbers_;
};

class RefreshProcess {
 public:
  RefreshProcess(const std::string& folder, const std::string& sources) {
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const std::string store = folder + "/store";
      if (std::freopen((folder + "/events").c_str(), "w", stdout) == nullptr)
        _exit(kExitFailure);
      execl(REVSTAT_PROGRAM, REVSTAT_PROGRAM, "refresh", "--store",
            store.c_str(), "--sources", sources.c_str(), "--status-interval",
            "0", nullptr);
      _exit(kExitFailure);
    }
  }
  ~RefreshProcess() { Stop(); }
  RefreshProcess(const RefreshProcess&) = delete;
  RefreshProcess& operator=(const RefreshProcess&) = delete;

  void Signal(int number) const { kill(child_, number); }
  // Seconds until it has ended by SIGTERM.
  double Stop() {
    if (child_ < 0) return 0;
    const auto start = tool::BenchClock::now();
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
    child_ = -1;
    return tool::SecondsSince(start);
  }
  pid_t pid() const { return child_; }

 private:
  pid_t child_ = -1;
};

struct ProcessSize {
  double anonymous = 0;  // octets that are the process's own
  double descriptors = 0;
  double mappings = 0;
};

ProcessSize SizeOf(const std::string& process) {
  const std::string folder = "/proc/" + process;
  ProcessSize size;
  std::string line;
  std::ifstream status(folder + "/status");
  while (std::getline(status, line)) {
    long long kilobytes = 0;
    if (std::sscanf(line.c_str(), "RssAnon: %lld kB", &kilobytes) == 1)
      size.anonymous = 1024.0 * static_cast<double>(kilobytes);
  }
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(folder + "/fd"))
    ++size.descriptors;
  std::ifstream maps(folder + "/maps");
  while (std::getline(maps, line)) ++size.mappings;
  return size;
}

std::string WriteSources(const Options& options, const LoopbackFiles& server,
                         const std::vector<SoakSource>& sources) {
  const std::string path = options.folder + "/sources.toml";
  std::ofstream out(path);
  out << "[defaults]\nallow_private_addresses = true\nmin_interval = \"2s\"\n"
         "max_interval = \"5s\"\n";
  for (size_t i = 0; i < sources.size(); ++i) {
    const std::string name = Concat({std::to_string(i), ".der"});
    const gen::Octets& der = sources[i].authority().certificate;
    std::ofstream(options.folder + "/" + name, std::ios::binary) << TextOf(der);
    out << "[[issuer]]\nname = \"" << i << "\"\ntrust = [\"" << name
        << "\"]\ncrl_urls = [\"" << server.Url(i) << "\"]\n";
  }
  return path;
}

LoopbackFiles::Handler Serving(const std::vector<SoakSource>& sources,
                               const Numbers& numbers) {
  return [&sources, &numbers](uint64_t source) {
    const uint64_t number = numbers.Of(source % sources.size());
    return LoopbackFiles::Answer{
        Concat({"\"", std::to_string(number), "\""}),
        [&sources, source, number] {
          const auto crl = std::make_shared<gen::CrlOctets>(
              sources[source % sources.size()].Crl(number));
          return Buffer::Share(crl, crl->der());
        }};
  };
}

std::unique_ptr<StoreReader> WaitForStore(const Options& options) {
  EvidencePolicy policy;
  policy.lookup.at = Now();
  for (;;) {
    auto reader = StoreReader::Open(options.folder + "/store", policy);
    if (reader.ok()) return *std::move(reader);
    if (ErrorCodeOf(reader.status()) != ErrorCode::kNoSuchFile)
      Require(reader.status());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

// p99.9 while nothing goes on, and while the largest CRL is fetched and taken
// in.
Goal LatencyGoal(const Options& options, Numbers* numbers,
                 RefreshProcess* refresh, Asker* asker) {
  std::vector<double> quiet;
  std::vector<double> busy;
  std::vector<double> ratios;
  std::vector<double> took;
  for (unsigned round = 0; round < options.rounds; ++round) {
    refresh->Signal(SIGSTOP);
    Latencies before;
    auto start = tool::BenchClock::now();
    while (tool::SecondsSince(start) < 5) asker->Ask(&before);
    numbers->Raise(0);
    refresh->Signal(SIGCONT);
    Latencies meanwhile;
    start = tool::BenchClock::now();
    while (asker->NumberOf(0) < numbers->Of(0)) {
      for (int i = 0; i < 16; ++i) asker->Ask(&meanwhile);
    }
    took.push_back(tool::SecondsSince(start));
    quiet.push_back(before.Percentile(0.999));
    busy.push_back(meanwhile.Percentile(0.999));
    ratios.push_back(busy.back() / quiet.back());
  }
  constexpr double kMost = 1.2;
  const double ratio = Median(ratios);
  return {
      "p99.9 of single lookups, the largest CRL being refreshed on the "
      "other core",
      absl::StrFormat("<= %g x quiet", kMost),
      absl::StrFormat("%.2f x (%.0f ns beside %.0f ns; fetched, taken in "
                      "and seen in %.1f s)",
                      ratio, Median(busy), Median(quiet), Median(took)),
      AtMost(ratio, kMost)};
}

Goal GrowthGoal(const char* whose, const ProcessSize& first,
                const ProcessSize& last) {
  // Half as much again, and some for what comes and goes.
  const bool has_grown = last.anonymous > 1.5 * first.anonymous + 32e6 ||
                         last.descriptors > first.descriptors + 16;
  return {
      Concat({"memory and file descriptors of ", whose}), "no growth",
      absl::StrFormat("%.1f MB, %.0f descriptors, %.0f mappings; at the end "
                      "%.1f MB, %.0f, %.0f",
                      first.anonymous / 1e6, first.descriptors, first.mappings,
                      last.anonymous / 1e6, last.descriptors, last.mappings),
      has_grown ? Reached::kNo : Reached::kYes};
}

// CRLs change all the time: a tenth of the small ones each second, a large one
// every ten, the largest every forty.
std::vector<Goal> Soak(const Options& options, Numbers* numbers,
                       RefreshProcess* refresh, Asker* asker) {
  const auto start = tool::BenchClock::now();
  const uint64_t asked_before = asker->asked();
  const double length = 60.0 * options.minutes;
  std::mt19937_64 random(2);
  const std::string process = std::to_string(refresh->pid());
  ProcessSize first[2];
  uint64_t second = 0;
  uint64_t raised = 0;
  Latencies latencies;
  while (tool::SecondsSince(start) < length) {
    asker->Ask(&latencies);
    if (tool::SecondsSince(start) < static_cast<double>(second)) continue;
    ++second;
    for (uint64_t i = 0; i < options.sources / 10; ++i) {
      const size_t source = 1 + random() % (options.sources - 1);
      if (source % 200 != 100) numbers->Raise(source);
    }
    if (second % 10 == 0)
      numbers->Raise(100 + second / 10 * 200 % options.sources);
    if (second % 40 == 20) numbers->Raise(0);
    raised += options.sources / 10;
    // When all is warm.
    if (second == static_cast<uint64_t>(length / 3)) {
      first[0] = SizeOf("self");
      first[1] = SizeOf(process);
    }
  }
  const double rate = static_cast<double>(asker->asked() - asked_before) /
                      tool::SecondsSince(start);
  return {{absl::StrFormat("answers over %u min, %d CRLs changed in it",
                           options.minutes, raised),
           "none wrong",
           absl::StrFormat("%d compared, none wrong; %.2f M/s, p99.9 %.0f ns",
                           asker->asked() - asked_before, rate / 1e6,
                           latencies.Percentile(0.999)),
           Reached::kYes},
          GrowthGoal("the process that asks", first[0], SizeOf("self")),
          GrowthGoal("revstat refresh", first[1], SizeOf(process))};
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("A thousand CRLs refreshed beside lookups at full speed.");
  app.add_option("--folder", options.folder, "Made, and removed")
      ->capture_default_str();
  app.add_option("--sources", options.sources, "CRLs")
      ->check(CLI::Range(200, 3000))
      ->capture_default_str();
  app.add_option("--largest", options.largest, "Entries of the largest")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  app.add_option("--minutes", options.minutes, "How long")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "Of the latencies")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  if (const auto status = ParseCommandLine(&app, argc, argv)) return *status;

  std::filesystem::remove_all(options.folder);
  std::filesystem::create_directories(options.folder);
  std::fprintf(stderr, "making %llu CAs\n",
               static_cast<unsigned long long>(options.sources));
  const std::vector<SoakSource> sources = MakeSoakSources(
      options.sources, options.largest, Now() - std::chrono::hours(24));
  Numbers numbers(sources.size());
  PinTo(1);
  const LoopbackFiles server(Serving(sources, numbers));
  RefreshProcess refresh(options.folder,
                         WriteSources(options, server, sources));
  const auto reader = WaitForStore(options);
  StoreWatcher watcher(reader.get(), {});
  PinTo(0);
  Asker asker(sources, *reader);
  while (asker.CountHeld() < sources.size())
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  std::fprintf(stderr, "all are held\n");

  std::vector<Goal> goals = {LatencyGoal(options, &numbers, &refresh, &asker)};
  for (Goal& goal : Soak(options, &numbers, &refresh, &asker))
    goals.push_back(std::move(goal));
  const double seconds_to_end = refresh.Stop();
  goals.push_back({"end of revstat refresh after SIGTERM", "<= 1 s",
                   absl::StrFormat("%.2f s", seconds_to_end),
                   AtMost(seconds_to_end, 1)});
  std::filesystem::remove_all(options.folder);
  Print(goals);
  return std::ranges::all_of(
             goals,
             [](const Goal& goal) { return goal.reached != Reached::kNo; })
             ? 0
             : 1;
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) { return revstat::bench::Main(argc, argv); }
