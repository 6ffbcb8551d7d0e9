#include "bench/goals_scopes.h"

#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "bench/ingest.h"
#include "bench/many_issuers.h"
#include "bench/program.h"
#include "bench/random_lines.h"
#include "bench/rate_goal.h"
#include "bench/revstat_contenders.h"
#include "bench/subject.h"
#include "engine/snapshot/publisher.h"
#include "engine/snapshot/snapshot_builder.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

std::shared_ptr<const Buffer> Read(const std::string& path) {
  return Require(Buffer::ReadFile(path));
}

SnapshotBuilder WithBase(const DataFiles& files) {
  SnapshotBuilder builder;
  Require(builder.AddIssuer(Require(ReadCa(files))).status());
  Require(builder.IngestCrl(Read(files.Crl(files.large())), {}));
  return builder;
}

Goal ApplyGoal(const DataFiles& files, const SnapshotBuilder& with_base,
               SnapshotPublisher* publisher, int rounds) {
  constexpr double kMostMilliseconds = 5;
  const auto delta = Read(files.Delta());
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    SnapshotBuilder builder = with_base;
    const auto start = tool::BenchClock::now();
    Require(builder.IngestCrl(delta, {}));
    publisher->Publish(builder.Build());
    times.push_back(1000 * tool::SecondsSince(start));
  }
  const double median = Median(std::move(times));
  return {"delta of 1,000 entries, from its bytes to published",
          absl::StrFormat("<= %g ms", kMostMilliseconds),
          absl::StrFormat("%.2f ms", median),
          AtMost(median, kMostMilliseconds),
          {.value = median, .unit = "ms"}};
}

}  // namespace

std::vector<Goal> DeltaGoals(const GoalOptions& options) {
  const Subject subject(options.files, options.files.large());
  const SnapshotBuilder base = WithBase(options.files);
  SnapshotPublisher without(base.Build());
  SnapshotPublisher with(base.Build());
  std::vector<Goal> goals = {
      ApplyGoal(options.files, base, &with, options.rounds)};
  const auto plain = Checked(MakePublishedBatch(without, subject, kGoalHits));
  const auto overlaid = Checked(MakePublishedBatch(with, subject, kGoalHits));
  goals.push_back(RateGoal(
      "batch, 1 thread, with a delta", "without", 0.8, options.rounds,
      [&] { return Rate(*overlaid, 1, options.seconds); },
      [&] { return Rate(*plain, 1, options.seconds); }));
  return goals;
}

std::vector<Goal> PartitionGoals(const GoalOptions& options) {
  const Subject subject(options.files, options.files.large());
  SnapshotBuilder builder;
  Require(builder.AddIssuer(Require(ReadCa(options.files))).status());
  builder.DeclareAllPartitionsHeld();
  for (unsigned i = 0; i < DataFiles::kPartitions; ++i)
    Require(builder.IngestCrl(Read(options.files.Partition(i)), {}));
  const SnapshotPublisher publisher(builder.Build());
  const auto one = Checked(MakeBatch(subject, kGoalHits));
  const auto many = Checked(MakePublishedBatch(publisher, subject, kGoalHits));
  return {RateGoal(
      "batch of bare serials, 1 thread, 128 partitions", "one CRL", 0.5,
      options.rounds, [&] { return Rate(*many, 1, options.seconds); },
      [&] { return Rate(*one, 1, options.seconds); })};
}

std::vector<Goal> ManyIssuersGoals(const GoalOptions& options) {
  constexpr uint32_t kIssuers = 3000;
  ManyIssuers issuers(kIssuers, options.files.large() / kIssuers, kGoalHits);
  Require(issuers.Check());
  RandomLines memory(issuers.index_bytes());
  return {RateGoal(
      "batch, 1 thread, 3,000 issuers mixed", "random cache lines", 0.45,
      options.rounds, [&] { return Rate(issuers, 1, options.seconds); },
      [&] { return Rate(memory, 1, options.seconds); })};
}

}  // namespace revstat::bench
