// Hands the newest snapshot to readers that never lock, wait, allocate or free.
#ifndef REVSTAT_ENGINE_SNAPSHOT_PUBLISHER_H_
#define REVSTAT_ENGINE_SNAPSHOT_PUBLISHER_H_

#include <atomic>
#include <memory>
#include <mutex>

#include "engine/snapshot/read_section.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {

// One pointer under userspace RCU (liburcu, bp flavour: the host's threads need
// not register). Thread-safety: readers and publishers may run anywhere, any
// number of them; publishers take turns. The publisher outlives its readers.
class SnapshotPublisher {
 public:
  explicit SnapshotPublisher(std::unique_ptr<const Snapshot> first);
  ~SnapshotPublisher();
  SnapshotPublisher(const SnapshotPublisher&) = delete;
  SnapshotPublisher& operator=(const SnapshotPublisher&) = delete;

  // Makes `next` the newest and frees the one before after its last reader has
  // gone: waits for them, so never call it from inside a Reader.
  void Publish(std::unique_ptr<const Snapshot> next);

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
  std::atomic<const Snapshot*> newest_;
  std::mutex publishing_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_PUBLISHER_H_
