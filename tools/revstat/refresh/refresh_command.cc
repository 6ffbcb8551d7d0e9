#include <signal.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/event_json.h"
#include "engine/refresh/refresher.h"
#include "engine/refresh/source_files.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/refresh/event_lines.h"
#include "tools/revstat/store/store_options.h"

namespace revstat::tool {
namespace {

using std::chrono::milliseconds;

// What a CRL in the middle of being taken in gets to end in, after SIGTERM.
constexpr milliseconds kPatience{700};
// And then the reader of standard output, to take what there is.
constexpr milliseconds kReaderPatience{200};

struct RefreshOptions {
  std::string store;
  std::string sources;
  bool is_once = false;
  bool is_check = false;
  uint64_t status_interval = 3600;
  unsigned max_active = 128;
  unsigned max_per_host = 4;
  uint64_t max_serials = 20;
  OddCrl shrunk = OddCrl::kReport;
  OddCrl conflicting = OddCrl::kReport;
  OddCrl vanished = OddCrl::kReport;
  OtherTrust other_trust = OtherTrust::kStays;
};

constexpr char kExamples[] = R"(
Fetches the CRLs that the sources file names, takes in what is authentic and
newer, and goes on so until SIGTERM. SIGHUP reads the sources file again. What
happens is told in JSON lines on standard output; where nobody reads them,
some are dropped, and a line says how many. Whatever fails, what the
store holds goes on being served.

The sources file is TOML, a block for each issuer; tools/sources.toml is one
with every key explained.

Examples:
  revstat refresh --sources sources.toml --check-config
  revstat refresh --store /var/lib/revstat --sources sources.toml --once
  revstat refresh --store /var/lib/revstat --sources sources.toml

Exit status: 0 all sources are fresh (--once), the file is right
(--check-config), or the end by SIGTERM or SIGINT; 1 a source is stale or
missing (--once); 2 wrong usage, a wrong sources file, or a store that cannot
be written.)";

Time Now() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

// Signals that end or reload; blocked before any thread starts, so that they
// wait for Next.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, number);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  // The next one, or 0 after `timeout`.
  int Next(milliseconds timeout) const {
    const timespec wait = {timeout.count() / 1000,
                           timeout.count() % 1000 * 1'000'000};
    const int number = sigtimedwait(&set_, nullptr, &wait);
    return number > 0 ? number : 0;
  }

 private:
  sigset_t set_;
};

int ReportProblems(const std::string& problems) {
  std::string_view rest = problems;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    Report(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return kExitFailure;
}

void TellStatus(const Refresher& refresher, EventLines* lines) {
  for (const SourceHealth& health : refresher.Health())
    lines->Write(JsonOf(health, Now()));
}

void Reload(const std::string& path, Refresher* refresher) {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
             static_cast<unsigned long long>(now.tv_sec) * 1'000'000 +
                 static_cast<unsigned long long>(now.tv_nsec) / 1000);
  LoadedSources loaded = LoadSources(path);
  if (loaded.problems.empty()) {
    refresher->Reload(std::move(loaded.issuers));
  } else {
    ReportProblems(loaded.problems);
    Report("going on with the sources as they were");
  }
  sd_notify(0, "READY=1");
}

// Leaves at once where a large CRL is being taken in, for the store survives
// that, and where nobody reads what there is to say.
void StopOrLeave(Refresher* refresher, EventLines* lines, int exit_status) {
  sd_notify(0, "STOPPING=1");
  const bool has_stopped = refresher->Stop(kPatience);
  if (!lines->Drain(kReaderPatience) || !has_stopped) std::_Exit(exit_status);
}

bool IsEnd(int signal) { return signal == SIGTERM || signal == SIGINT; }

int RunOnce(Refresher* refresher, const Signals& signals, EventLines* lines) {
  refresher->RefreshAll();
  while (!refresher->WaitForRound(milliseconds(100))) {
    if (IsEnd(signals.Next(milliseconds(0)))) {
      StopOrLeave(refresher, lines, kExitFailure);
      return kExitFailure;
    }
  }
  TellStatus(*refresher, lines);
  const std::vector<SourceHealth> health = refresher->Health();
  const bool is_fresh = std::ranges::all_of(health, [](const auto& source) {
    return source.state == SourceHealth::State::kFresh;
  });
  // A reader that is slow but there gets all of it.
  while (!lines->Drain(milliseconds(100))) {
    if (IsEnd(signals.Next(milliseconds(0)))) break;
  }
  StopOrLeave(refresher, lines, is_fresh ? kExitActive : kExitNotActive);
  return is_fresh ? kExitActive : kExitNotActive;
}

int RunService(const RefreshOptions& options, Refresher* refresher,
               const Signals& signals, EventLines* lines) {
  sd_notify(0, "READY=1");
  using Clock = std::chrono::steady_clock;
  const auto interval = std::chrono::seconds(options.status_interval);
  Clock::time_point next_status = Clock::now() + interval;
  for (;;) {
    const int number = signals.Next(milliseconds(1000));
    if (IsEnd(number)) break;
    if (number == SIGHUP) Reload(options.sources, refresher);
    if (options.status_interval > 0 && Clock::now() >= next_status) {
      next_status = Clock::now() + interval;
      TellStatus(*refresher, lines);
    }
    if (!lines->ok()) {
      Report("standard output is closed");
      StopOrLeave(refresher, lines, kExitFailure);
      return kExitFailure;
    }
  }
  StopOrLeave(refresher, lines, kExitActive);
  return kExitActive;
}

int RunRefresh(const RefreshOptions& options) {
  LoadedSources loaded = LoadSources(options.sources);
  if (!loaded.problems.empty()) return ReportProblems(loaded.problems);
  if (options.is_check) {
    size_t urls = 0;
    for (const IssuerSource& source : loaded.issuers)
      urls += source.crl_urls.size() + source.delta_urls.size();
    Report(Concat({Counted(loaded.issuers.size(), "source"), ", ",
                   Counted(urls, "URL")}));
    return kExitActive;
  }
  if (options.store.empty()) {
    Report("--store is required");
    return kExitFailure;
  }
  const Signals signals;
  EventLines lines(STDOUT_FILENO);
  RefresherOptions refresher_options;
  refresher_options.store = options.store;
  refresher_options.updater.holder = "revstat refresh";
  refresher_options.updater.shrunk = options.shrunk;
  refresher_options.updater.conflicting = options.conflicting;
  refresher_options.updater.vanished = options.vanished;
  refresher_options.other_trust = options.other_trust;
  refresher_options.fetcher.max_active = options.max_active;
  refresher_options.fetcher.max_per_host = options.max_per_host;
  refresher_options.max_first_changes = options.max_serials;
  refresher_options.on_event = [&lines](const RefreshEvent& event) {
    lines.Write(JsonOf(event));
  };
  auto refresher =
      Refresher::Start(std::move(loaded.issuers), std::move(refresher_options));
  if (!refresher.ok()) {
    Report(StoreProblem(refresher.status(), options.store));
    return kExitFailure;
  }
  return options.is_once
             ? RunOnce(refresher->get(), signals, &lines)
             : RunService(options, refresher->get(), signals, &lines);
}

}  // namespace

void AddRefreshCommand(CLI::App& app, int* exit_status) {
  auto options = std::make_shared<RefreshOptions>();
  CLI::App* refresh = app.add_subcommand(
      "refresh", "Fetch CRLs and keep those of a store current");
  refresh->footer(kExamples);
  refresh->add_option("--store", options->store, "The store; made if missing")
      ->type_name("DIR");
  refresh
      ->add_option("--sources", options->sources,
                   "The sources file: which CRLs, from where, by whom (TOML)")
      ->type_name("FILE")
      ->required();
  refresh->add_flag("--once", options->is_once,
                    "Ask every source once and end; obeys Retry-After alone");
  refresh->add_flag("--check-config", options->is_check,
                    "Only read the sources file and what it names");
  refresh
      ->add_option("--status-interval", options->status_interval,
                   "How often each source's state is told; 0: never")
      ->type_name("SECONDS")
      ->capture_default_str();
  refresh->add_option("--max-fetches", options->max_active, "Fetches at a time")
      ->check(CLI::Range(1, 300))
      ->capture_default_str();
  refresh
      ->add_option("--max-per-host", options->max_per_host,
                   "Fetches at a time from one host")
      ->check(CLI::Range(1, 300))
      ->capture_default_str();
  refresh
      ->add_option("--max-serials", options->max_serials,
                   "Serials that an event names of those that changed")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  refresh->add_flag_callback(
      "--only-sources", [options] { options->other_trust = OtherTrust::kGoes; },
      "Certificates that the sources file does not name leave the store, with "
      "their CRLs, and those it names as untrusted are trusted no more; at "
      "SIGHUP too");
  refresh->add_flag_callback(
      "--refuse-shrunk", [options] { options->shrunk = OddCrl::kRefuse; },
      "Refuse a CRL with less than half of the entries, not only report it");
  refresh->add_flag_callback(
      "--refuse-conflicting",
      [options] { options->conflicting = OddCrl::kRefuse; },
      "Refuse other octets under a number that is held, not only report it");
  refresh->add_flag_callback(
      "--refuse-vanished", [options] { options->vanished = OddCrl::kRefuse; },
      "Refuse a CRL without a revoked certificate that is known not to have "
      "expired, by the block's certificates, the store's or the CRL's "
      "expiredCertsOnCRL; not only report it");
  refresh->callback(
      [options, exit_status] { *exit_status = RunRefresh(*options); });
}

}  // namespace revstat::tool
