#include "bench/store_of_many.h"

#include <filesystem>
#include <random>
#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "bench/program.h"
#include "bench/random_lines.h"
#include "bench/rate_goal.h"
#include "bench/soak_sources.h"
#include "bench/store_open.h"
#include "engine/check/store_reader.h"
#include "engine/refresh/store_updater.h"
#include "engine/verify/digest.h"
#include "tools/revstat/bench/lookup.h"

namespace revstat::bench {
namespace {

// Questions about all CAs in random order, 1 % of them listed.
class MixedQuestions : public Contender {
 public:
  MixedQuestions(const SnapshotPublisher& publisher, const LookupPolicy& policy)
      : publisher_(publisher),
        policy_(policy),
        verdicts_(kMaxThreads, std::vector<Verdict>(tool::kBenchBatch)) {}

  // `kEach` about this one.
  void Add(const SoakSource& source) {
    const SnapshotPublisher::Reader snapshot(publisher_);
    const IssuerId issuer = snapshot->IssuerWithCertificate(
        Sha256(Bytes(source.authority().certificate)));
    for (size_t i = 0; i < kEach; ++i) {
      const bool is_hit = random_() % 100 < kGoalHits;
      const uint64_t position =
          1 + random_() % source.entries() + (is_hit ? 0 : source.entries());
      keys_.push_back({source.SerialAt(position), issuer, 0});
      expected_.push_back(source.IsListed(position, 1) ? Status::kRevoked
                                                       : Status::kActive);
    }
  }
  void Shuffle() {
    for (size_t i = keys_.size() - 1; i > 0; --i) {
      const size_t other = random_() % (i + 1);
      std::swap(keys_[i], keys_[other]);
      std::swap(expected_[i], expected_[other]);
    }
    ring_ = Ring(keys_.size());
  }

  absl::Status Check() const override {
    std::vector<Verdict> verdicts(keys_.size());
    const SnapshotPublisher::Reader snapshot(publisher_);
    snapshot->Lookup(policy_, keys_, verdicts);
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (verdicts[i].status != expected_[i])
        return absl::InternalError("a wrong answer for one of many CAs");
    }
    return absl::OkStatus();
  }

  uint64_t Run(unsigned thread, size_t most) override {
    uint64_t done = 0;
    while (done < most) {
      const auto [begin, count] =
          ring_.Take(thread, std::min(tool::kBenchBatch, most - done));
      const SnapshotPublisher::Reader snapshot(publisher_);
      snapshot->Lookup(policy_, std::span(keys_).subspan(begin, count),
                       verdicts_[thread]);
      done += count;
    }
    return done;
  }

 private:
  static constexpr size_t kEach = 1'000'000 / kManyCas;

  const SnapshotPublisher& publisher_;
  const LookupPolicy policy_;
  std::mt19937_64 random_{3};
  std::vector<LookupKey> keys_;
  std::vector<Status> expected_;
  Ring ring_{1};
  std::vector<std::vector<Verdict>> verdicts_;
};

// Made anew where they are needed: CAs are cheap, their CRLs are not.
SoakSource SourceOf(uint64_t number, uint64_t entries, Time at) {
  return SoakSource(number + 1, entries / kManyCas, at - std::chrono::hours(1));
}

void MakeStoreOfMany(const std::string& folder, uint64_t entries, Time at) {
  std::filesystem::remove_all(folder);
  const auto updater = Require(StoreUpdater::Open(folder, {}));
  for (uint64_t i = 0; i < kManyCas; ++i) {
    const SoakSource source = SourceOf(i, entries, at);
    Require(updater->AddTrusted(
        Buffer::FromVector(source.authority().certificate)));
    const gen::CrlOctets crl = source.Crl(1);
    const auto der = Buffer::FromVector({crl.der().begin(), crl.der().end()});
    Require(Require(updater->Take(*der, at)).refusal);
  }
  Require(updater->Commit(at).status());
}

Goal IndexGoal(double bytes, uint64_t entries) {
  // 750 MB of 100 million, as the index of one CRL.
  constexpr double kMostEach = 7.5;
  const double each = bytes / static_cast<double>(entries);
  return {Concat({"index, ", CountText(entries), " entries of 3,000 CAs"}),
          absl::StrFormat("<= %g bytes an entry", kMostEach),
          absl::StrFormat("%.2f (%.0f MB)", each, bytes / 1e6),
          AtMost(each, kMostEach),
          {.value = each, .unit = "bytes an entry"}};
}

}  // namespace

std::vector<Goal> ManyCasGoals(const std::string& folder, uint64_t entries,
                               Time at, int rounds) {
  constexpr double kMostMilliseconds = 50;
  MakeStoreOfMany(folder, entries, at);
  EvidencePolicy policy;
  policy.lookup.at = at;
  std::vector<Goal> goals = {
      OpenGoal(Concat({CountText(entries), " entries of 3,000 CAs"}),
               OpenTime(folder, policy, rounds), kMostMilliseconds)};

  const auto reader = Require(StoreReader::Open(folder, policy));
  MixedQuestions questions(reader->publisher(), policy.lookup);
  for (uint64_t i = 0; i < kManyCas; ++i)
    questions.Add(SourceOf(i, entries, at));
  questions.Shuffle();
  Require(questions.Check());
  uint64_t index_bytes = 0;
  {
    const SnapshotPublisher::Reader snapshot(reader->publisher());
    for (const auto& source : snapshot->sources())
      index_bytes += source->index_bytes();
  }
  RandomLines memory(index_bytes);
  goals.push_back(RateGoal(
      Concat({"batch from the mapped store, 1 thread, 1 % hits, ",
              CountText(entries), " entries of 3,000 CAs mixed"}),
      "random cache lines", 0.4, rounds, [&] { return Rate(questions, 1); },
      [&] { return Rate(memory, 1); }));
  goals.push_back(IndexGoal(static_cast<double>(index_bytes), entries));
  return goals;
}

}  // namespace revstat::bench
