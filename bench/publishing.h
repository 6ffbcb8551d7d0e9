// New versions published again and again while others read.
#ifndef REVSTAT_BENCH_PUBLISHING_H_
#define REVSTAT_BENCH_PUBLISHING_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "bench/contender.h"
#include "bench/data_files.h"
#include "engine/snapshot/publisher.h"
#include "engine/snapshot/snapshot.h"

namespace revstat::bench {

inline constexpr std::chrono::milliseconds kPublishingPeriod{10};

// What a new version brings to the readers' CRL.
enum class NewVersion {
  kSameIndex,   // nothing: something else has changed
  kOtherIndex,  // other memory: two copies of the CRL take turns
};
std::string_view NameOf(NewVersion version);

// A CRL taken in twice, and snapshots made of either copy. Ends the program
// where it cannot be taken in.
class Versions {
 public:
  Versions(const DataFiles& files, uint64_t entries);

  // Of the first copy for an even number, of the second for an odd one.
  std::unique_ptr<const Snapshot> Make(uint64_t number) const;

 private:
  std::shared_ptr<const Buffer> ca_;
  std::vector<std::shared_ptr<const CrlSource>> copies_;
};

// Publishes each copy and compares the contender's answers from it.
absl::Status CheckVersions(const Versions& versions, const Contender& contender,
                           SnapshotPublisher* publisher);

// Publishes one version a period from a thread of its own as long as it lives.
// Borrows its arguments.
class Publishing {
 public:
  Publishing(const Versions& versions, NewVersion version,
             SnapshotPublisher* publisher);

  uint64_t published() const {
    return published_.load(std::memory_order_relaxed);
  }

 private:
  void Run(std::stop_token stop);

  const Versions& versions_;
  const NewVersion version_;
  SnapshotPublisher* const publisher_;
  std::atomic<uint64_t> published_ = 0;  // a count: pairs with nothing
  std::jthread thread_;                  // the last member: stops first
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_PUBLISHING_H_
