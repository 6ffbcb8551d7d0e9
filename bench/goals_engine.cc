#include "bench/goals_engine.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "bench/child_process.h"
#include "bench/contender.h"
#include "bench/free_memory.h"
#include "bench/ingest.h"
#include "bench/listed_contenders.h"
#include "bench/ocsp_contenders.h"
#include "bench/program.h"
#include "bench/publishing.h"
#include "bench/rate_goal.h"
#include "bench/revstat_contenders.h"
#include "bench/subject.h"

namespace revstat::bench {
namespace {

constexpr double kMillion = 1e6;

Goal TimeGoal(std::string what, double most, const PairFigures& time) {
  return {
      std::move(what),
      absl::StrFormat("<= %g x SHA-256", most),
      absl::StrFormat("%.2f x (%.3f s beside %.3f s)", time.ratio, time.a,
                      time.b),
      AtMost(time.ratio, most),
      {.value = time.a, .unit = "s", .beside = time.b, .ratio = time.ratio}};
}

}  // namespace

std::vector<Goal> IngestGoals(const GoalOptions& options) {
  constexpr double kMostTime = 1.25;
  constexpr double kMostTimeAlone = 2.2;
  constexpr double kMostIndex = 7.5;
  constexpr double kMostPeak = 1.3;
  const auto ca = Require(ReadCa(options.files));
  Require(InChild(
      [&] { return CheckAnswers(options.files, options.files.large()); }));
  IngestFigures last;
  double peak = 0;
  const auto ingest = [&](Threads threads) {
    TouchFreeMemory();
    last = Require(
        MeasureIngest(options.files.Crl(options.files.large()), ca, threads));
    peak = std::max(peak, static_cast<double>(last.peak_bytes));
    return last.ingest_seconds;
  };
  const auto sha256 = [&] { return last.sha256_seconds; };
  const PairFigures alone = MeasurePair(
      options.rounds, [&] { return ingest(Threads::kOne); }, sha256);
  const PairFigures time = MeasurePair(
      options.rounds, [&] { return ingest(Threads::kTwo); }, sha256);
  const auto index = static_cast<double>(last.index_bytes);
  const double per_entry = index / static_cast<double>(last.entries);
  const double held = static_cast<double>(last.file_bytes) + index;
  const std::string what =
      Concat({"ingest of ", CountText(last.entries), " entries"});
  return {TimeGoal(what, kMostTime, time),
          TimeGoal(Concat({what, ", 1 thread"}), kMostTimeAlone, alone),
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
  const auto two_beside_a_writer = [&] {
    const Publishing publishing(versions, NewVersion::kSameIndex, &publisher);
    return Rate(*batch, 2, options.seconds);
  };
  goals.push_back(RateGoal("batch, 2 threads, a version every 10 ms",
                           "1 thread, quiet", 1.8, options.rounds,
                           two_beside_a_writer,
                           [&] { return Rate(*batch, 1, options.seconds); }));
  return goals;
}

std::vector<Goal> OcspGoals(const GoalOptions& options) {
  std::vector<Goal> goals;
  for (const char* type : {"RSA-2048", "P-256"}) {
    const OcspSubject subject(type, OcspSignedBy::kIssuer);
    const auto engine = MakeOcspEngine(subject);
    const auto raw = MakeRawSignature(subject);
    goals.push_back(RateGoal(
        Concat({"OCSP responses verified, ", type}),
        "raw signature checks of libcrypto", 0.9, options.rounds,
        [&] { return Rate(*engine, 1, options.seconds); },
        [&] { return Rate(*raw, 1, options.seconds); }));
  }
  return goals;
}

}  // namespace revstat::bench
