// Answers out of an OcspCache, on one thread: in batches and one by one, kept
// and not kept; and the memory of an answer.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <vector>

#include "engine/check/ocsp_cache.h"

namespace {

using namespace revstat;

constexpr size_t kAsked = 1 << 20;
const Time kNow = FromUnix(1'768'000'000);

struct Filled {
  explicit Filled(uint32_t answers) : cache({.max_answers = answers}) {
    std::mt19937_64 random(1);
    for (uint32_t i = 0; i < answers; ++i) {
      keys.push_back(Draw(random));
      OcspAnswer answer;
      answer.status = i % 50 == 0 ? OcspStatus::kRevoked : OcspStatus::kGood;
      answer.this_update = kNow;
      answer.until = kNow + std::chrono::hours(96);
      cache.Put(keys.back(), answer, kNow);
    }
    for (size_t i = 0; i < kAsked; ++i) {
      const size_t drawn = random() % keys.size();
      hits.push_back(keys[drawn]);
      expected.push_back(drawn % 50 == 0 ? Status::kRevoked : Status::kActive);
      misses.push_back(Draw(random));
    }
  }

  static OcspCacheKey Draw(std::mt19937_64& random) {
    uint8_t octets[16];
    for (uint8_t& octet : octets) octet = static_cast<uint8_t>(random());
    octets[0] = 0x5a;
    return {*SerialNumber::FromContent(octets),
            static_cast<OcspIssuerNumber>(random() % 50)};
  }

  OcspCache cache;
  std::vector<OcspCacheKey> keys;
  std::vector<OcspCacheKey> hits;
  std::vector<Status> expected;
  std::vector<OcspCacheKey> misses;
};

Filled& FilledWith(int64_t answers) {
  static std::map<int64_t, std::unique_ptr<Filled>> all;
  auto& filled = all[answers];
  if (filled == nullptr)
    filled = std::make_unique<Filled>(static_cast<uint32_t>(answers));
  return *filled;
}

LookupPolicy Policy() {
  LookupPolicy policy;
  policy.at = kNow;
  return policy;
}

void Check(const std::vector<Status>* expected,
           const std::vector<Verdict>& verdicts) {
  for (size_t i = 0; i < verdicts.size(); ++i) {
    const Status status =
        expected == nullptr ? Status::kUnknown : (*expected)[i];
    if (verdicts[i].status == status) continue;
    std::puts("a wrong answer");
    std::abort();
  }
}

void Batch(benchmark::State& state, const Filled& filled,
           const std::vector<OcspCacheKey>& keys,
           const std::vector<Status>* expected) {
  std::vector<Verdict> verdicts(keys.size());
  filled.cache.Lookup(Policy(), keys, verdicts);
  Check(expected, verdicts);
  for (auto _ : state) {
    filled.cache.Lookup(Policy(), keys, verdicts);
    benchmark::DoNotOptimize(verdicts.data());
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<int64_t>(keys.size()));
  state.counters["octets_an_answer"] =
      static_cast<double>(filled.cache.memory_bytes()) /
      static_cast<double>(filled.cache.size());
}

void CachedInBatch(benchmark::State& state) {
  const Filled& filled = FilledWith(state.range(0));
  Batch(state, filled, filled.hits, &filled.expected);
}
void NotCachedInBatch(benchmark::State& state) {
  const Filled& filled = FilledWith(state.range(0));
  Batch(state, filled, filled.misses, nullptr);
}
void CachedOneByOne(benchmark::State& state) {
  const Filled& filled = FilledWith(state.range(0));
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        filled.cache.Lookup(Policy(), filled.hits[i++ % kAsked]));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(CachedInBatch)->Arg(10'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(NotCachedInBatch)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(CachedOneByOne)->Arg(1'000'000);

}  // namespace

BENCHMARK_MAIN();
