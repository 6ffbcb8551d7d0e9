#include "bench/goals_check.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/str_format.h"
#include "bench/child_process.h"
#include "bench/free_memory.h"
#include "bench/program.h"
#include "bench/result_check.h"
#include "engine/base/bytes.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

constexpr double kMillion = 1e6;

// `revstat check` of one input, all of which is known: some are revoked.
class CheckRun {
 public:
  CheckRun(const GoalOptions& options, uint64_t crl_entries,
           const std::string& input, uint64_t rows)
      : output_(options.files.Result()),
        command_({options.revstat, "check", "--trust", options.files.Ca(),
                  "--crl", options.files.Crl(crl_entries), "--at", "2026-01-02",
                  "--format", "csv", input}),
        rows_(rows) {
    Measure();
    const std::string crl = options.files.Crl(crl_entries);
    Require(InChild([&] { return CheckResult(output_, crl, rows_); }));
    result_bytes_ = std::filesystem::file_size(output_);
  }
  ~CheckRun() { std::remove(output_.c_str()); }
  CheckRun(const CheckRun&) = delete;
  CheckRun& operator=(const CheckRun&) = delete;

  // In rows a second. Without a file, the result is thrown away.
  enum class Result { kFile, kNone };
  double Measure(Result result = Result::kFile) {
    return static_cast<double>(rows_) / MeasureSeconds(result);
  }
  double MeasureSeconds(Result result = Result::kFile) {
    TouchFreeMemory();
    const auto run = Require(RunProcess(
        command_, result == Result::kFile ? output_ : std::string()));
    if (run.exit_status != 1) {
      Require(
          absl::InternalError(Concat({command_[0], " check ends with status ",
                                      std::to_string(run.exit_status)})));
    }
    if (result == Result::kFile)
      peak_bytes_ = std::max(peak_bytes_, run.peak_bytes);
    return run.seconds;
  }

  // What the file system alone takes for a result of that size: as many octets,
  // in long writes.
  double MeasureWriting() const {
    const std::string copy = output_ + ".written";
    const std::vector<char> block(kWrite, 'x');
    std::remove(copy.c_str());
    TouchFreeMemory();
    const auto start = tool::BenchClock::now();
    {
      std::ofstream file;
      file.rdbuf()->pubsetbuf(nullptr, 0);
      file.open(copy, std::ios::binary);
      for (uint64_t left = result_bytes_; left > 0 && file.good();) {
        const uint64_t some = std::min<uint64_t>(left, block.size());
        file.write(block.data(), static_cast<std::streamsize>(some));
        left -= some;
      }
      if (!file.good()) Require(absl::InternalError("cannot write " + copy));
    }
    const double seconds = tool::SecondsSince(start);
    std::remove(copy.c_str());
    return seconds;
  }

  double peak_megabytes() const {
    return static_cast<double>(peak_bytes_) / kMillion;
  }

 private:
  static constexpr size_t kWrite = 512 * 1024;

  const std::string output_;
  const std::vector<std::string> command_;
  const uint64_t rows_;
  uint64_t result_bytes_ = 0;
  uint64_t peak_bytes_ = 0;
};

// PEM_read_bio_X509, which decodes and then calls d2i_X509: certificates a
// second, and nothing looked up.
double OpensslPemRate(const std::string& bundle, uint64_t certificates) {
  const auto start = tool::BenchClock::now();
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(
      BIO_new_file(bundle.c_str(), "r"), BIO_free);
  uint64_t read = 0;
  while (X509* certificate =
             PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)) {
    X509_free(certificate);
    ++read;
  }
  ERR_clear_error();  // that there is no more
  if (read != certificates) {
    Require(absl::InternalError(Concat(
        {bundle, ": OpenSSL reads ", std::to_string(read), " certificates"})));
  }
  return static_cast<double>(read) / tool::SecondsSince(start);
}

// `revstat check` of a list without rows: taking in the CRL, start and end.
class EmptyListRun {
 public:
  explicit EmptyListRun(const GoalOptions& options)
      : list_(options.files.EmptyList()),
        output_(options.files.Result()),
        command_({options.revstat, "check", "--trust", options.files.Ca(),
                  "--crl", options.files.Crl(options.files.large()), "--at",
                  "2026-01-02", "--format", "csv", list_}) {
    std::ofstream(list_) << "issuer,serial\n";
  }
  ~EmptyListRun() {
    std::remove(list_.c_str());
    std::remove(output_.c_str());
  }
  EmptyListRun(const EmptyListRun&) = delete;
  EmptyListRun& operator=(const EmptyListRun&) = delete;

  double MeasureSeconds() {
    TouchFreeMemory();
    const auto run = Require(RunProcess(command_, output_));
    if (run.exit_status != 0)
      Require(absl::InternalError("revstat check of an empty list fails"));
    return run.seconds;
  }

 private:
  const std::string list_;
  const std::string output_;
  const std::vector<std::string> command_;
};

// One whose figure is a rate in millions a second.
Goal RateOver(std::string what, const char* unit, double rate, double least,
              const std::string& remark) {
  return {std::move(what),
          absl::StrFormat(">= %g M %s", least / kMillion, unit),
          absl::StrFormat("%.2f M %s%s", rate / kMillion, unit, remark),
          AtLeast(rate, least),
          {.value = rate / kMillion, .unit = Concat({"M ", unit})}};
}

// Of the whole process, and of what the rows add to that of an empty list.
std::vector<Goal> ListGoals(const GoalOptions& options) {
  constexpr double kLeast = 5e6;
  constexpr double kLeastAnswering = 15e6;
  constexpr double kShortest = 1e-6;  // of tiny inputs, either may be longer
  const uint64_t rows = options.files.large();
  CheckRun check(options, rows, options.files.List(), rows);
  EmptyListRun empty(options);
  std::vector<double> rates;
  std::vector<double> answering;
  std::vector<double> without_file;
  std::vector<double> writing;
  for (int i = 0; i < options.rounds; ++i) {
    const double whole = check.MeasureSeconds();
    const double without_rows = empty.MeasureSeconds();
    const double thrown_away = check.MeasureSeconds(CheckRun::Result::kNone);
    const auto rate_of = [&](double seconds) {
      return static_cast<double>(rows) / std::max(seconds, kShortest);
    };
    writing.push_back(check.MeasureWriting());
    rates.push_back(rate_of(whole));
    answering.push_back(rate_of(whole - without_rows));
    without_file.push_back(rate_of(thrown_away - without_rows));
  }
  Goal whole = RateOver(
      Concat({"revstat check, list of ", CountText(rows), " rows to CSV"}),
      "rows/s", Median(rates), kLeast,
      absl::StrFormat(", %.0f MB at the peak", check.peak_megabytes()));
  whole.figures.peak_megabytes = check.peak_megabytes();
  return {std::move(whole),
          RateOver("the same without the time of an empty list", "rows/s",
                   Median(answering), kLeastAnswering,
                   absl::StrFormat(" (writing the octets alone: %.2f s)",
                                   Median(writing))),
          RateOver("the same, the result thrown away", "rows/s",
                   Median(without_file), kLeastAnswering, "")};
}

std::vector<Goal> ManyGoals(const GoalOptions& options, const char* form,
                            const std::string& input, double least) {
  const uint64_t many = options.files.medium();
  CheckRun check(options, options.files.small(), input, many);
  std::vector<double> rates;
  std::vector<double> without_file;
  for (int i = 0; i < options.rounds; ++i) {
    rates.push_back(check.Measure());
    without_file.push_back(check.Measure(CheckRun::Result::kNone));
  }
  const std::string what =
      Concat({"revstat check, ", CountText(many), " certificates in ", form});
  Goal whole = RateOver(
      what, "certificates/s", Median(rates), least,
      absl::StrFormat(", %.0f MB at the peak", check.peak_megabytes()));
  whole.figures.peak_megabytes = check.peak_megabytes();
  return {std::move(whole),
          RateOver(Concat({what, ", the result thrown away"}), "certificates/s",
                   Median(without_file), least, "")};
}

Goal BundleGoal(const GoalOptions& options) {
  constexpr double kLeast = 200e3;
  const uint64_t count = options.files.small();
  const std::string bundle = options.files.Bundle();
  CheckRun check(options, count, bundle, count);
  const PairFigures pair = MeasurePair(
      options.rounds, [&] { return check.Measure(); },
      [&] { return OpensslPemRate(bundle, count); });
  return {Concat({"revstat check, PEM bundle of ", CountText(count)}),
          absl::StrFormat(">= %g k certificates/s", kLeast / 1e3),
          absl::StrFormat("%.0f k/s, %.0f MB at the peak (OpenSSL's PEM and "
                          "d2i alone: %.0f k/s)",
                          pair.a / 1e3, check.peak_megabytes(), pair.b / 1e3),
          AtLeast(pair.a, kLeast),
          {.value = pair.a / 1e3,
           .unit = "k/s",
           .beside = pair.b / 1e3,
           .ratio = pair.ratio,
           .peak_megabytes = check.peak_megabytes()}};
}

}  // namespace

std::vector<Goal> CheckGoals(const GoalOptions& options) {
  constexpr double kLeastPem = 1e6;
  constexpr double kLeastDer = 3e6;
  std::vector<Goal> goals = ListGoals(options);
  goals.push_back(BundleGoal(options));
  std::ranges::move(
      ManyGoals(options, "PEM", options.files.MillionPem(), kLeastPem),
      std::back_inserter(goals));
  std::ranges::move(
      ManyGoals(options, "DER", options.files.MillionDer(), kLeastDer),
      std::back_inserter(goals));
  return goals;
}

}  // namespace revstat::bench
