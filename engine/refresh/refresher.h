// Keeps the CRLs of a store current, by itself.
#ifndef REVSTAT_ENGINE_REFRESH_REFRESHER_H_
#define REVSTAT_ENGINE_REFRESH_REFRESHER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/refresh/event.h"
#include "engine/refresh/fetcher.h"
#include "engine/refresh/ingest_worker.h"
#include "engine/refresh/sources.h"
#include "engine/refresh/store_updater.h"

namespace revstat {

struct RefresherOptions {
  std::string store;  // the folder
  StoreUpdaterOptions updater;
  FetcherOptions fetcher;
  FileSystem* files = &FileSystem::System();
  // kGoes: certificates that no source names are withdrawn from the store, and
  // those that sources name as untrusted only are vouched for no longer, at the
  // start and with each Reload.
  OtherTrust other_trust = OtherTrust::kStays;
  // Called on one of the refresher's threads, one event at a time: be quick,
  // and call nothing of the Refresher but RefreshAll and Health. What it throws
  // is dropped.
  std::function<void(const RefreshEvent&)> on_event;
  std::function<Time()> now = [] {
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::system_clock::now());
  };
  size_t max_first_changes = 20;  // serials in a kPublished event
};

// Holds the store's lock while it lives, and two threads: one fetches, the
// other takes in what has arrived. Queries go through a StoreReader, in this
// process or others, and never meet either of them.
//
// All mirrors of a source are asked in each round, and the freshest authentic
// CRL wins: the store takes none that goes backwards, changes its issuer or
// scope, or has expired while the one held has not. Whatever fails, what was
// served before goes on being served, and other sources are refreshed: a source
// has at most one fetch of each URL at a time, bounded by its limits.
//
// A certificate that was in the sources once stays vouched for in the store,
// unless `other_trust` says that the sources are all that counts.
//
// The lock is inherited by fork: a host that forks its workers starts this
// after it has, or in a process of its own.
//
// Thread-safety: Reload, RefreshAll, Health and the waiting from any thread.
class Refresher {
 public:
  // Opens the store and starts. The state that an earlier run left beside the
  // store says when each source is due. Errors: those of StoreUpdater::Open,
  // AddTrusted, AddUntrusted and Fetcher::Create.
  static absl::StatusOr<std::unique_ptr<Refresher>> Start(
      std::vector<IssuerSource> issuers, RefresherOptions options);
  // Stop, however long it takes.
  ~Refresher();
  Refresher(const Refresher&) = delete;
  Refresher& operator=(const Refresher&) = delete;

  // Goes on with other sources. Those whose name, kind and URLs stay keep their
  // state, and their fetches go on where limits, proxy and so on stay as well;
  // fetches of the others are dropped.
  void Reload(std::vector<IssuerSource> issuers);

  // Makes every source due now; only Retry-After is still obeyed.
  void RefreshAll();
  // True once every source has been through a round since the last RefreshAll;
  // false when `timeout` is over.
  bool WaitForRound(std::chrono::milliseconds timeout);

  // Of all sources, in the order of the configuration. Empty before the first
  // turn of the fetching thread.
  std::vector<SourceHealth> Health() const;

  // Ends the threads: fetches are dropped, the CRL that is being taken in is
  // finished and committed. False where that takes longer than `patience`,
  // whatever a server, the disk or on_event does; the process may then end at
  // once, for the store survives that at any moment.
  bool Stop(std::chrono::milliseconds patience);

 private:
  class Impl;
  explicit Refresher(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_REFRESHER_H_
