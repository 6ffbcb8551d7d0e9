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
  Require(builder.IngestCrl(Read(files.Crl(kLargeCrl)), {}));
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
          AtMost(median, kMostMilliseconds)};
}

}  // namespace

std::vector<Goal> DeltaGoals(const DataFiles& files, int rounds) {
  const Subject subject(files, kLargeCrl);
  const SnapshotBuilder base = WithBase(files);
  SnapshotPublisher without(base.Build());
  SnapshotPublisher with(base.Build());
  std::vector<Goal> goals = {ApplyGoal(files, base, &with, rounds)};
  const auto plain = Checked(MakePublishedBatch(without, subject, kGoalHits));
  const auto overlaid = Checked(MakePublishedBatch(with, subject, kGoalHits));
  goals.push_back(RateGoal(
      "batch, 1 thread, with a delta", "without", 0.8, rounds,
      [&] { return Rate(*overlaid, 1); }, [&] { return Rate(*plain, 1); }));
  return goals;
}

std::vector<Goal> PartitionGoals(const DataFiles& files, int rounds) {
  const Subject subject(files, kLargeCrl);
  SnapshotBuilder builder;
  Require(builder.AddIssuer(Require(ReadCa(files))).status());
  builder.DeclareAllPartitionsHeld();
  for (unsigned i = 0; i < DataFiles::kPartitions; ++i)
    Require(builder.IngestCrl(Read(files.Partition(i)), {}));
  const SnapshotPublisher publisher(builder.Build());
  const auto one = Checked(MakeBatch(subject, kGoalHits));
  const auto many = Checked(MakePublishedBatch(publisher, subject, kGoalHits));
  return {RateGoal(
      "batch of bare serials, 1 thread, 128 partitions", "one CRL", 0.5, rounds,
      [&] { return Rate(*many, 1); }, [&] { return Rate(*one, 1); })};
}

std::vector<Goal> ManyIssuersGoals(int rounds) {
  constexpr uint32_t kIssuers = 3000;
  ManyIssuers issuers(kIssuers, kLargeCrl / kIssuers, kGoalHits);
  Require(issuers.Check());
  RandomLines memory(issuers.index_bytes());
  return {RateGoal(
      "batch, 1 thread, 3,000 issuers mixed", "random cache lines", 0.45,
      rounds, [&] { return Rate(issuers, 1); },
      [&] { return Rate(memory, 1); })};
}

}  // namespace revstat::bench
