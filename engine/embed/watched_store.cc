#include "engine/embed/watched_store.h"

#include <unistd.h>

#include <utility>

#include "engine/check/store_reader.h"

namespace revstat {
namespace {

struct WatchedStore {
  WatchedStore(std::unique_ptr<StoreReader> opened, StoreWatcherOptions options)
      : reader(std::move(opened)), watcher(reader.get(), std::move(options)) {}

  const std::unique_ptr<StoreReader> reader;
  StoreWatcher watcher;  // ends first: it uses the reader
};

// Not in a child of fork: there is no telling what the thread was about to
// change, and which locks it held. The memory is left to the end of the
// process.
struct EndInOwnProcess {
  void operator()(WatchedStore* store) const {
    if (getpid() == process) delete store;
  }
  pid_t process = getpid();
};

}  // namespace

absl::StatusOr<std::shared_ptr<const SnapshotPublisher>> WatchStore(
    const std::string& folder, EvidencePolicy policy,
    StoreWatcherOptions watching,
    std::function<void(const SnapshotPublisher&)> on_published) {
  policy.lookup.at = watching.now();
  auto reader = StoreReader::Open(folder, policy);
  if (!reader.ok()) return reader.status();
  if (on_published) {
    watching.notify = [notify = std::move(watching.notify),
                       on_published = std::move(on_published),
                       publisher = &(*reader)->publisher()](
                          const absl::StatusOr<StoreReader::Outcome>& outcome) {
      // First what cuts connections: `notify` may throw.
      if (outcome.ok()) on_published(*publisher);
      if (notify) notify(outcome);
    };
  }
  const std::shared_ptr<WatchedStore> store(
      new WatchedStore(*std::move(reader), std::move(watching)),
      EndInOwnProcess());
  return std::shared_ptr<const SnapshotPublisher>(store,
                                                  &store->reader->publisher());
}

}  // namespace revstat
