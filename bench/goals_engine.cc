#include "bench/goals_engine.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "bench/child_process.h"
#include "bench/contender.h"
#include "bench/ingest.h"
#include "bench/listed_contenders.h"
#include "bench/program.h"
#include "bench/publishing.h"
#include "bench/random_lines.h"
#include "bench/rate_goal.h"
#include "bench/revstat_contenders.h"
#include "bench/subject.h"

namespace revstat::bench {
namespace {

constexpr double kMillion = 1e6;

}  // namespace

std::vector<Goal> IngestGoals(const GoalOptions& options) {
  constexpr double kMostTime = 2.0;
  constexpr double kMostIndex = 9;
  constexpr double kMostPeak = 1.3;
  const auto ca = Require(ReadCa(options.files));
  Require(InChild(
      [&] { return CheckAnswers(options.files, options.files.large()); }));
  IngestFigures last;
  double peak = 0;
  const auto ingest = [&] {
    last = Require(MeasureIngest(options.files.Crl(options.files.large()), ca));
    peak = std::max(peak, static_cast<double>(last.peak_bytes));
    return last.ingest_seconds;
  };
  const PairFigures time =
      MeasurePair(options.rounds, ingest, [&] { return last.sha256_seconds; });
  const auto index = static_cast<double>(last.index_bytes);
  const double per_entry = index / static_cast<double>(last.entries);
  const double held = static_cast<double>(last.file_bytes) + index;
  return {
      {Concat({"ingest of ", CountText(last.entries), " entries"}),
       absl::StrFormat("<= %.1f x SHA-256", kMostTime),
       absl::StrFormat("%.2f x (%.3f s beside %.3f s)", time.ratio, time.a,
                       time.b),
       AtMost(time.ratio, kMostTime),
       {.value = time.a, .unit = "s", .beside = time.b, .ratio = time.ratio}},
      {"index",
       absl::StrFormat("<= %g bytes an entry", kMostIndex),
       absl::StrFormat("%.2f", per_entry),
       AtMost(per_entry, kMostIndex),
       {.value = per_entry, .unit = "bytes an entry"}},
      {"peak memory of the ingest",
       absl::StrFormat("<= %g x (file + index)", kMostPeak),
       absl::StrFormat("%.2f x (%.0f MB)", peak / held, peak / kMillion),
       AtMost(peak / held, kMostPeak),
       {.value = peak / kMillion,
        .unit = "MB",
        .beside = held / kMillion,
        .ratio = peak / held}}};
}

std::vector<Goal> LookupGoals(const GoalOptions& options) {
  const Subject subject(options.files, options.files.large());
  const auto batch = Checked(MakeBatch(subject, kGoalHits));
  RandomLines memory(subject.source().index_bytes());
  return {RateGoal(
              "batch, 1 thread, 1 % hits", "random cache lines", 0.45,
              options.rounds, [&] { return Rate(*batch, 1, options.seconds); },
              [&] { return Rate(memory, 1, options.seconds); }),
          RateGoal(
              "batch, 2 threads, 1 % hits", "1 thread", 1.8, options.rounds,
              [&] { return Rate(*batch, 2, options.seconds); },
              [&] { return Rate(*batch, 1, options.seconds); })};
}

std::vector<Goal> OpensslGoals(const GoalOptions& options) {
  const Subject subject(options.files, options.files.medium());
  const OpensslCrl crl = Require(MakeOpensslCrl(subject.source().crl().der()));
  const auto batch = Checked(MakeBatch(subject, kGoalHits));
  const auto openssl = Checked(MakeOpensslContender(crl, subject, kGoalHits));
  return {RateGoal(
      Concat({"batch, 1 thread, 1 % hits, ", CountText(options.files.medium()),
              " entries"}),
      "OpenSSL's lookup", 10, options.rounds,
      [&] { return Rate(*batch, 1, options.seconds); },
      [&] { return Rate(*openssl, 1, options.seconds); })};
}

std::vector<Goal> PublishingGoals(const GoalOptions& options) {
  const Subject subject(options.files, options.files.large());
  const Versions versions(options.files, options.files.large());
  SnapshotPublisher publisher(versions.Make(0));
  const auto batch = MakePublishedBatch(publisher, subject, kGoalHits);
  Require(CheckVersions(versions, *batch, &publisher));

  std::vector<Goal> goals;
  for (NewVersion version : {NewVersion::kSameIndex, NewVersion::kOtherIndex}) {
    const auto busy = [&] {
      const Publishing publishing(versions, version, &publisher);
      return Rate(*batch, 1, options.seconds);
    };
    goals.push_back(RateGoal(
        Concat({"batch, 1 thread, a version every 10 ms: ", NameOf(version)}),
        "quiet", 0.9, options.rounds, busy,
        [&] { return Rate(*batch, 1, options.seconds); }));
  }
  return goals;
}

}  // namespace revstat::bench
