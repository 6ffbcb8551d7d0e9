#include "bench/store_open.h"

#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "bench/program.h"
#include "engine/check/store_reader.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {

double OpenTime(const std::string& folder, const EvidencePolicy& policy,
                int rounds) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = tool::BenchClock::now();
    const auto reader = Require(StoreReader::Open(folder, policy));
    const SnapshotPublisher::Reader snapshot(reader->publisher());
    const LookupKey key{*SerialNumber::FromText("0123"), 0, 0};
    tool::KeepResult(
        static_cast<uint64_t>(snapshot->Lookup(policy.lookup, key).status));
    times.push_back(1000 * tool::SecondsSince(start));
  }
  return Median(std::move(times));
}

Goal OpenGoal(const std::string& what, double milliseconds, double most) {
  return {Concat({"open to first answer, ", what}),
          absl::StrFormat("<= %g ms", most),
          absl::StrFormat("%.2f ms", milliseconds), AtMost(milliseconds, most)};
}

}  // namespace revstat::bench
