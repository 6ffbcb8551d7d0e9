// Hands the newest snapshot to readers that never lock, wait, allocate or free.
#ifndef REVSTAT_ENGINE_SNAPSHOT_PUBLISHER_H_
#define REVSTAT_ENGINE_SNAPSHOT_PUBLISHER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "engine/snapshot/read_section.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {

// One pointer under userspace RCU (liburcu, bp flavour: the host's threads need
// not register). Thread-safety: readers and publishers may run anywhere, any
// number of them; publishers take turns. The publisher outlives its readers.
//
// Forks: where a thread publishes what is newer (Keeper), a child of fork has
// no such thread. Its readers get the snapshot of that moment until something
// newer is there, and from then on one in which nothing is known: see
// is_left_behind.
class SnapshotPublisher {
 public:
  // Whether something newer than what serves is to be had. Called by readers,
  // on any thread: quick, and no lock.
  using IsOutdated = std::function<bool()>;

  explicit SnapshotPublisher(std::unique_ptr<const Snapshot> first)
      : SnapshotPublisher(std::move(first), nullptr) {}
  SnapshotPublisher(std::unique_ptr<const Snapshot> first,
                    IsOutdated is_outdated);
  ~SnapshotPublisher();
  SnapshotPublisher(const SnapshotPublisher&) = delete;
  SnapshotPublisher& operator=(const SnapshotPublisher&) = delete;

  // Makes `next` the newest and frees the one before after its last reader has
  // gone: waits for them, so never call it from inside a Reader.
  void Publish(std::unique_ptr<const Snapshot> next);

  // Who sees to it that what is newer is published.
  enum class Keeper : uint8_t {
    kHost,         // whoever has this object, in any process: the first
    kThisProcess,  // a thread: no child of fork has it
    kNobody,       // that thread has ended
  };
  void SetKeeper(Keeper keeper);

  // True where readers would go on with what is outdated for good: something
  // newer is there, and nobody in this process publishes it. Then a Reader gets
  // Snapshot::LeftBehind(), by which every certificate is unknown for cause
  // kLeftBehind and none is accepted. Mend it by opening the store anew
  // (WatchStore in each worker). Two loads, and a few more in such a process.
  bool is_left_behind() const {
    // Pairs with SetKeeper: says who, carries nothing.
    const uint64_t keeper = keeper_.load(std::memory_order_relaxed);
    return keeper != kHosts && keeper != ForksBehind() && is_outdated_ &&
           is_outdated_();
  }

  // The newest snapshot for as long as the Reader lives: make one for a batch,
  // use it, let it go, on one thread and without blocking in between. Costs a
  // few nanoseconds. Readers may nest.
  class Reader {
   public:
    explicit Reader(const SnapshotPublisher& publisher);

    const Snapshot& operator*() const { return *snapshot_; }
    const Snapshot* operator->() const { return snapshot_; }

   private:
    const ReadSection section_;  // begins before the pointer is read
    const Snapshot* const snapshot_;
  };

 private:
  // Beside these the ForksBehind() of the process that has the thread.
  static constexpr uint64_t kHosts = ~uint64_t{0};
  static constexpr uint64_t kNobodys = kHosts - 1;

  std::atomic<const Snapshot*> newest_;
  std::atomic<uint64_t> keeper_ = kHosts;
  const IsOutdated is_outdated_;
  // Made beforehand: readers allocate nothing. Null where none can need it.
  const std::unique_ptr<const Snapshot> left_behind_;
  std::mutex publishing_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_PUBLISHER_H_
