// revstat bench: how fast are lookups on a CRL of one's own?
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "engine/base/error.h"
#include "engine/x509/name_text.h"
#include "tools/revstat/bench/machine.h"
#include "tools/revstat/bench/options.h"
#include "tools/revstat/bench/report.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/common/policy_options.h"

namespace revstat::tool {
namespace {

constexpr uint64_t kMegabyte = 1'000'000;

constexpr char kHelp[] = R"(
Takes the CRL in as check does, beside SHA-256 over the same bytes; asks for
serials of which 0, 1, 50 and 100 % are listed, one by one and in batches,
beside reads of random cache lines of as much memory as the index; and does the
same with OpenSSL, up to 12 million entries if memory allows. Every answer is first compared with the CRL; a wrong one
ends the run. "OF MEMORY" is the share of the random reads' rate. Times of
single lookups are without the cost of reading the clock. Takes some seconds;
about a minute with 10 million entries, half of it OpenSSL's. Nothing else
should run meanwhile. A JSON line also says when, on what machine and with
which version it was measured.

Examples:
  revstat bench --crl big.crl --trust ca.pem
  revstat bench --crl big.crl --trust ca.pem --format json >> history.jsonl

Exit status: 0 measured; 2 wrong usage, unreadable input or a wrong answer.)";

// What is being done, on a terminal only.
class Stage {
 public:
  Stage() : shown_(IsTerminal(STDERR_FILENO)) {}
  ~Stage() { Write(""); }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void Begin(std::string_view what) { Write(Concat({what, " ..."})); }

 private:
  void Write(std::string_view text) const {
    if (!shown_) return;
    std::fputs(Concat({"\r\x1b[K", text}).c_str(), stderr);
    std::fflush(stderr);
  }

  const bool shown_;
};

BenchReport ReportOf(const BenchSubject& subject, const BenchOptions& options,
                     const Machine& machine) {
  BenchReport report;
  report.machine = machine;
  report.crl = options.crl;
  report.issuer = FormatName(subject.source->crl().issuer());
  report.entries = subject.source->statistics().entries;
  report.bytes = subject.source->crl().der().size();
  report.index_bytes = subject.source->index_bytes();
  report.load = subject.figures;
  report.queries = options.queries;
  return report;
}

// A CRL without entries has no hits to ask for.
std::vector<QuerySet> MakeSets(const BenchQueries& queries, uint64_t entries) {
  std::vector<QuerySet> sets;
  for (unsigned percent : kHitPercents) {
    if (percent == 0 || entries > 0) sets.push_back(queries.Make(percent));
  }
  return sets;
}

// Empty where OpenSSL is measured without being asked for.
std::string WhyWithoutOpenssl(uint64_t entries) {
  if (entries > kOpensslMaxEntries) {
    return Concat({"the CRL has more than ", WithCommas(kOpensslMaxEntries),
                   " entries and --openssl is not given"});
  }
  const uint64_t needed = entries * kOpensslBytesAnEntry;
  const uint64_t available = AvailableMemory();
  if (available == 0 || needed <= available) return "";
  return Concat({"it needs some ", WithCommas(needed / kMegabyte), " MB, of ",
                 WithCommas(available / kMegabyte),
                 " MB that are free, and --openssl is not given"});
}

absl::Status MeasureOpenssl(const BenchSubject& subject,
                            const BenchQueries& queries,
                            const std::vector<QuerySet>& sets,
                            const BenchOptions& options, BenchReport* report) {
  if (options.openssl == OpensslRun::kUpToLimit) {
    report->openssl_skipped = WhyWithoutOpenssl(report->entries);
    if (!report->openssl_skipped.empty()) return absl::OkStatus();
  }
  const auto crl = OpensslCrl::Load(subject.source->crl().der());
  if (!crl.ok()) {
    report->openssl_skipped = std::string(MessageOf(crl.status()));
    return absl::OkStatus();
  }
  report->openssl = crl->figures();
  for (const QuerySet& set : sets) {
    const auto rate = crl->MeasureLookups(queries, set, options.seconds);
    if (!rate.ok()) return rate.status();
    report->openssl_lookups.push_back({set.hit_percent, *rate});
  }
  return absl::OkStatus();
}

absl::StatusOr<BenchReport> Measure(const BenchOptions& options) {
  const Machine machine = DescribeMachine();  // its load before ours
  Stage stage;
  stage.Begin("taking in the CRL");
  const auto subject = LoadBenchSubject(options);
  if (!subject.ok()) return subject.status();
  BenchReport report = ReportOf(*subject, options, machine);

  stage.Begin("making questions and reading what the CRL answers");
  const BenchQueries queries(*subject->source, subject->issuer,
                             options.queries);
  report.unlisted = queries.unlisted();
  const std::vector<QuerySet> sets = MakeSets(queries, report.entries);

  stage.Begin("reading random cache lines");
  report.memory = MeasureMemory(report.index_bytes, options);
  for (const QuerySet& set : sets) {
    stage.Begin(
        Concat({"looking up, ", std::to_string(set.hit_percent), " % hits"}));
    const auto lookups = MeasureLookups(*subject, queries, set, options);
    if (!lookups.ok()) return lookups.status();
    report.lookups.insert(report.lookups.end(), lookups->begin(),
                          lookups->end());
  }
  stage.Begin("OpenSSL");
  const absl::Status openssl =
      MeasureOpenssl(*subject, queries, sets, options, &report);
  if (!openssl.ok()) return openssl;
  return report;
}

int RunBench(const BenchOptions& options) {
  const auto report = Measure(options);
  if (!report.ok()) {
    Report(MessageOf(report.status()));
    return kExitFailure;
  }
  Output output(STDOUT_FILENO);
  output.Write(options.format == BenchFormat::kTable ? ToTable(*report)
                                                     : ToJson(*report));
  output.Flush();
  if (output.status().ok()) return 0;
  Report(MessageOf(output.status()));
  return kExitFailure;
}

void AddMeasureOptions(CLI::App* bench, BenchOptions* options) {
  bench
      ->add_option("--queries", options->queries,
                   "How many questions a share of hits (1000000)")
      ->check(CLI::Range(uint64_t{1}, uint64_t{50'000'000}).description(""));
  bench
      ->add_option("--threads", options->threads,
                   "Measure with one thread and with so many (2)")
      ->check(CLI::Range(1u, 256u).description(""));
  bench
      ->add_option("--seconds", options->seconds,
                   "How long each of some 30 measurements takes (0.3)")
      ->check(CLI::Range(0.001, 60.0).description(""));
  bench->add_flag_callback(
      "--openssl", [options] { options->openssl = OpensslRun::kAlways; },
      "Compare with OpenSSL even above 12 million entries or where memory is "
      "short: it needs some 400 bytes an entry");
  bench->add_flag_callback(
      "--allow-sha1",
      [options] { options->weak_digest = WeakDigest::kAllowSha1; },
      "Accept SHA-1 in the signature of the CRL");
}

}  // namespace

void AddBenchCommand(CLI::App& app, int* exit_status) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* bench =
      app.add_subcommand("bench", "Measure lookups on a CRL of your own");
  bench->footer(kHelp);
  bench->add_option("--crl", options->crl, "The CRL, PEM or DER")
      ->type_name("FILE")
      ->required();
  AddFilesOption(bench, "--trust", &options->trust,
                 "Certificates of its issuer")
      ->required()
      ->option_text("FILE REQUIRED");
  AddMeasureOptions(bench, options.get());
  AddFormatOption(bench, {"table", "json"}, [options](const std::string& name) {
    options->format = name == "json" ? BenchFormat::kJson : BenchFormat::kTable;
  });
  bench->callback(
      [options, exit_status] { *exit_status = RunBench(*options); });
}

}  // namespace revstat::tool
