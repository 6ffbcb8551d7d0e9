#include "tools/revstat/bench/lookup.h"

#include <algorithm>
#include <cstring>

#include "engine/base/huge_memory.h"

namespace revstat::tool {
namespace {

constexpr size_t kPiece = 4096;  // things done between two looks at the clock
constexpr size_t kLine = 64;
constexpr uint32_t kLatencySamples = 200'000;

std::vector<unsigned> ThreadCounts(const BenchOptions& options) {
  if (options.threads == 1) return {1};
  return {1, options.threads};
}

// The next of a set's keys for each thread, round and round; each thread begins
// elsewhere. Padded: threads do not share a cache line.
class KeyRing {
 public:
  KeyRing(const std::vector<LookupKey>& keys, unsigned threads)
      : keys_(keys), positions_(threads) {
    for (unsigned i = 0; i < threads; ++i)
      positions_[i].next = keys.size() * i / threads;
  }

  // Up to `most` keys in a row.
  std::span<const LookupKey> Take(unsigned thread, size_t most) {
    size_t& next = positions_[thread].next;
    if (next == keys_.size()) next = 0;
    const size_t count = std::min(most, keys_.size() - next);
    next += count;
    return {keys_.data() + next - count, count};
  }

 private:
  struct alignas(kLine) Position {
    size_t next = 0;
  };
  const std::vector<LookupKey>& keys_;
  std::vector<Position> positions_;
};

absl::Status CheckAnswers(const Snapshot& snapshot, const BenchQueries& queries,
                          const QuerySet& set) {
  std::vector<Verdict> verdicts(set.keys.size());
  snapshot.Lookup(queries.policy(), set.keys, verdicts);
  absl::Status batch = queries.Check(set.keys, verdicts);
  if (!batch.ok()) return batch;
  for (size_t i = 0; i < set.keys.size(); ++i)
    verdicts[i] = snapshot.Lookup(queries.policy(), set.keys[i]);
  return queries.Check(set.keys, verdicts);
}

double BatchRate(const Snapshot& snapshot, const LookupPolicy& policy,
                 const QuerySet& set, unsigned threads, double seconds) {
  KeyRing ring(set.keys, threads);
  std::vector<std::vector<Verdict>> verdicts(threads,
                                             std::vector<Verdict>(kBenchBatch));
  return RatePerSecond(threads, seconds, [&](unsigned thread) {
    uint64_t done = 0;
    while (done < kPiece) {
      const auto keys = ring.Take(thread, kBenchBatch);
      snapshot.Lookup(policy, keys, verdicts[thread]);
      done += keys.size();
    }
    return done;
  });
}

double SingleRate(const Snapshot& snapshot, const LookupPolicy& policy,
                  const QuerySet& set, unsigned threads, double seconds) {
  KeyRing ring(set.keys, threads);
  return RatePerSecond(threads, seconds, [&](unsigned thread) {
    const auto keys = ring.Take(thread, kPiece);
    uint64_t sum = 0;
    for (const LookupKey& key : keys)
      sum += static_cast<uint64_t>(snapshot.Lookup(policy, key).status);
    KeepResult(sum);
    return static_cast<uint64_t>(keys.size());
  });
}

Latency SingleLatency(const Snapshot& snapshot, const LookupPolicy& policy,
                      const QuerySet& set, unsigned threads, double seconds) {
  KeyRing ring(set.keys, threads);
  return MeasureLatency(threads, seconds, kLatencySamples,
                        [&](unsigned thread, uint32_t) {
                          const auto keys = ring.Take(thread, 1);
                          KeepResult(static_cast<uint64_t>(
                              snapshot.Lookup(policy, keys.front()).status));
                        });
}

}  // namespace

absl::StatusOr<std::vector<LookupFigures>> MeasureLookups(
    const BenchSubject& subject, const BenchQueries& queries,
    const QuerySet& set, const BenchOptions& options) {
  const Snapshot& snapshot = *subject.snapshot;
  const absl::Status right = CheckAnswers(snapshot, queries, set);
  if (!right.ok()) return right;
  const LookupPolicy& policy = queries.policy();
  std::vector<LookupFigures> figures;
  for (unsigned threads : ThreadCounts(options)) {
    figures.push_back(
        {set.hit_percent, LookupMode::kSingle, threads,
         SingleRate(snapshot, policy, set, threads, options.seconds),
         SingleLatency(snapshot, policy, set, threads, options.seconds)});
    figures.push_back(
        {set.hit_percent, LookupMode::kBatch, threads,
         BatchRate(snapshot, policy, set, threads, options.seconds),
         std::nullopt});
  }
  return figures;
}

std::vector<MemoryFigures> MeasureMemory(uint64_t bytes,
                                         const BenchOptions& options) {
  const uint64_t lines = std::max<uint64_t>(bytes / kLine, 1);
  HugeMemory table(lines * kLine);
  // Pages never written to are all the same page of zeros.
  std::memset(table.data(), 1, lines * kLine);
  const uint8_t* base = table.bytes().data();
  std::vector<MemoryFigures> figures;
  for (unsigned threads : ThreadCounts(options)) {
    struct alignas(kLine) State {
      uint64_t value;
    };
    std::vector<State> states(threads);
    for (unsigned i = 0; i < threads; ++i) states[i].value = i + 1;
    const double rate =
        RatePerSecond(threads, options.seconds, [&](unsigned thread) {
          uint64_t state = states[thread].value;
          uint64_t sum = 0;
          for (size_t i = 0; i < kPiece; ++i) {
            // Knuth's MMIX generator; the high bits are the good ones.
            state = state * 6364136223846793005 + 1442695040888963407;
            sum += base[((state >> 32) * lines >> 32) * kLine];
          }
          KeepResult(sum);
          states[thread].value = state;
          return uint64_t{kPiece};
        });
    figures.push_back({threads, rate});
  }
  return figures;
}

}  // namespace revstat::tool
