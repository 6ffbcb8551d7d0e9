// The thread that writes the store: takes downloads in, one by one, beside the
// fetching of others. A part of Refresher.
#ifndef REVSTAT_ENGINE_REFRESH_INGEST_WORKER_H_
#define REVSTAT_ENGINE_REFRESH_INGEST_WORKER_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/refresh/store_updater.h"
#include "engine/snapshot/crl_changes.h"

namespace revstat {

// A CRL that has arrived.
struct IngestJob {
  uint64_t ticket = 0;  // comes back in the answer
  std::unique_ptr<StagedFile> staged;
  ExpectedCrl expected;
  std::vector<std::string> allowed_issuers;  // CanonicalNames
  // Until when what is held answers; nothing where it does not any more.
  std::optional<Time> held_until;
};

struct IngestAnswer {
  // That of its job; 0 where certificates alone could not be written.
  uint64_t ticket = 0;
  // Not OK: the disk's error. Then `result` says nothing.
  absl::Status status;
  TakeResult result;
  // Of what was taken.
  uint64_t generation = 0;
  CrlChanges changes;
};

struct IngestWorkerOptions {
  std::string store;
  StoreUpdaterOptions updater;
  FileSystem* files = &FileSystem::System();
  std::function<Time()> now;
  size_t max_first_changes = 20;
};

// Starts one thread, of a lower scheduling priority than its maker's. What is
// taken is committed when nothing waits, or for a second at most, or 64 of
// them, whatever comes first; its answer comes after that. After a failed
// commit the store is opened again with the next job.
//
// Thread-safety: Add, StageFile, queued and Stop from any thread.
class IngestWorker {
 public:
  using Deliver = std::function<void(IngestAnswer)>;

  // `deliver` is called on the worker's thread.
  IngestWorker(IngestWorkerOptions options,
               std::unique_ptr<StoreUpdater> updater, Deliver deliver);
  // Waits for the job that is under way, commits, and drops the others.
  ~IngestWorker();
  IngestWorker(const IngestWorker&) = delete;
  IngestWorker& operator=(const IngestWorker&) = delete;

  void Add(IngestJob job);
  // In the order of the jobs.
  void AddCertificates(std::vector<std::shared_ptr<const Buffer>> trusted,
                       std::vector<std::shared_ptr<const Buffer>> untrusted);
  absl::StatusOr<std::unique_ptr<StagedFile>> StageFile();
  size_t queued() const;
  // Asks the thread to end; true when it has, within `patience`.
  bool Stop(std::chrono::milliseconds patience);

 private:
  using Clock = std::chrono::steady_clock;

  struct Work {
    IngestJob job;
    std::vector<std::shared_ptr<const Buffer>> trusted;
    std::vector<std::shared_ptr<const Buffer>> untrusted;
  };

  void Run();
  std::optional<Work> NextWork();
  void Do(Work work);
  absl::Status Open();
  absl::Status AddAll(const Work& work);
  void Take(IngestJob job);
  void Commit();

  const IngestWorkerOptions options_;
  const Deliver deliver_;

  mutable std::mutex mutex_;  // guards these
  std::condition_variable changed_;
  std::deque<Work> queue_;
  bool is_busy_ = false;
  bool is_stopping_ = false;
  bool has_ended_ = false;

  // Guards the pointer: StageFile may run while the thread uses the object, but
  // not while it makes another.
  std::mutex updater_mutex_;
  std::unique_ptr<StoreUpdater> updater_;

  // The thread's own.
  std::vector<IngestAnswer> uncommitted_;
  bool has_certificates_ = false;  // that are not committed
  Clock::time_point first_uncommitted_;

  std::thread thread_;  // last: it uses the others
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_INGEST_WORKER_H_
