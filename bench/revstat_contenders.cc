#include "bench/revstat_contenders.h"

#include <span>
#include <utility>
#include <vector>

#include "tools/revstat/bench/lookup.h"
#include "tools/revstat/bench/options.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

using tool::kBenchBatch;

class Single : public Contender {
 public:
  Single(const Subject& subject, unsigned hit_percent)
      : subject_(subject),
        keys_(subject.Questions(hit_percent).keys),
        ring_(keys_.size()) {}

  absl::Status Check() const override {
    std::vector<Verdict> verdicts;
    for (const LookupKey& key : keys_) verdicts.push_back(Ask(key));
    return subject_.queries().Check(keys_, verdicts);
  }

  uint64_t Run(unsigned thread, size_t most) override {
    const auto [begin, count] = ring_.Take(thread, most);
    uint64_t sum = 0;
    for (const LookupKey& key : std::span(keys_).subspan(begin, count))
      sum += static_cast<uint64_t>(Ask(key).status);
    tool::KeepResult(sum);
    return count;
  }

 private:
  Verdict Ask(const LookupKey& key) const {
    return subject_.snapshot().Lookup(subject_.queries().policy(), key);
  }

  const Subject& subject_;
  const std::vector<LookupKey>& keys_;
  Ring ring_;
};

// take() gives what -> makes a Snapshot of, for one batch.
template <class Take>
class Batch : public Contender {
 public:
  Batch(const Subject& subject, unsigned hit_percent, Take take)
      : queries_(subject.queries()),
        keys_(subject.Questions(hit_percent).keys),
        take_(std::move(take)),
        ring_(keys_.size()),
        verdicts_(kMaxThreads, std::vector<Verdict>(kBenchBatch)) {}

  absl::Status Check() const override {
    std::vector<Verdict> verdicts(keys_.size());
    take_()->Lookup(queries_.policy(), keys_, verdicts);
    return queries_.Check(keys_, verdicts);
  }

  uint64_t Run(unsigned thread, size_t most) override {
    uint64_t done = 0;
    while (done < most) {
      const auto [begin, count] =
          ring_.Take(thread, std::min(kBenchBatch, most - done));
      const auto snapshot = take_();
      snapshot->Lookup(queries_.policy(),
                       std::span(keys_).subspan(begin, count),
                       verdicts_[thread]);
      done += count;
    }
    return done;
  }

 private:
  const tool::BenchQueries& queries_;
  const std::vector<LookupKey>& keys_;
  Take take_;
  Ring ring_;
  std::vector<std::vector<Verdict>> verdicts_;
};

}  // namespace

std::unique_ptr<Contender> MakeSingle(const Subject& subject,
                                      unsigned hit_percent) {
  return std::make_unique<Single>(subject, hit_percent);
}

std::unique_ptr<Contender> MakeBatch(const Subject& subject,
                                     unsigned hit_percent) {
  return std::unique_ptr<Contender>(
      new Batch(subject, hit_percent,
                [snapshot = &subject.snapshot()] { return snapshot; }));
}

std::unique_ptr<Contender> MakePublishedBatch(
    const SnapshotPublisher& publisher, const Subject& subject,
    unsigned hit_percent) {
  return std::unique_ptr<Contender>(
      new Batch(subject, hit_percent,
                [&publisher] { return SnapshotPublisher::Reader(publisher); }));
}

absl::Status CheckAnswers(const DataFiles& files, uint64_t entries) {
  const Subject subject(files, entries);
  for (unsigned hits : tool::kHitPercents) {
    for (const auto& contender :
         {MakeBatch(subject, hits), MakeSingle(subject, hits)}) {
      absl::Status checked = contender->Check();
      if (!checked.ok()) return checked;
    }
  }
  return absl::OkStatus();
}

}  // namespace revstat::bench
