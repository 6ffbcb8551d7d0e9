// A store for a host's queries, always at its newest generation: one call.
#ifndef REVSTAT_ENGINE_EMBED_WATCHED_STORE_H_
#define REVSTAT_ENGINE_EMBED_WATCHED_STORE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/check/evidence_policy.h"
#include "engine/refresh/store_watcher.h"
#include "engine/snapshot/publisher.h"

namespace revstat {

// Opens the store in `folder` read-only and starts a StoreWatcher, whose
// `now` is also the time that the first snapshot is for. What it returns owns
// the reader and its thread: both end with the last copy, which must not be
// given up by the watcher's own thread (`notify`, `on_published`). Errors:
// StoreReader::Open's.
//
// `on_published` is called on the watcher's thread after each newer snapshot:
// to find the connections to cut (see LivePeers). Where it throws, it is called
// again after the interval, and `notify` is told.
//
// Thread-safety: any number of readers, on any thread. Forks: a child has no
// watcher, so a server that forks workers calls this in each of them, after the
// fork; the store's pages are shared all the same. What was opened before the
// fork answers by the generation of that moment until a newer one is published.
// From then on it is left behind (SnapshotPublisher::is_left_behind) and every
// status is unknown, for cause kLeftBehind, which no policy accepts: so the
// OpenSSL hook refuses. A folder that was replaced by another store, and that a
// CA's own time is over, are not noticed there. Given up in the child, it waits
// for nothing and keeps its memory.
absl::StatusOr<std::shared_ptr<const SnapshotPublisher>> WatchStore(
    const std::string& folder, EvidencePolicy policy = {},
    StoreWatcherOptions watching = {},
    std::function<void(const SnapshotPublisher&)> on_published = {});

}  // namespace revstat

#endif  // REVSTAT_ENGINE_EMBED_WATCHED_STORE_H_
