#include "engine/embed/watched_store.h"

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
      if (notify) notify(outcome);
      if (outcome.ok()) on_published(*publisher);
    };
  }
  const auto store =
      std::make_shared<WatchedStore>(*std::move(reader), std::move(watching));
  return std::shared_ptr<const SnapshotPublisher>(store,
                                                  &store->reader->publisher());
}

}  // namespace revstat
