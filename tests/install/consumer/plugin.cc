// A plugin with the engine in it, whose errors and exceptions come from there.
#include <cstdio>
#include <stdexcept>
#include <string>

#include "engine/embed/watched_store.h"

// 0 where this store can be watched; 1, and why, where it cannot.
extern "C" __attribute__((visibility("default"))) int plugin_watch(
    const char* store) try {
  const auto snapshots = revstat::WatchStore(store);
  if (!snapshots.ok())
    throw std::runtime_error(std::string(snapshots.status().message()));
  const revstat::SnapshotPublisher::Reader snapshot(**snapshots);
  return snapshot->issuers().empty() ? 1 : 0;
} catch (const std::exception& error) {
  std::puts(error.what());
  return 1;
}
