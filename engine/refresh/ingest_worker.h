// The thread that writes the store: takes downloads in, one by one, beside the
// fetching of others. A part of Refresher.
#ifndef REVSTAT_ENGINE_REFRESH_INGEST_WORKER_H_
#define REVSTAT_ENGINE_REFRESH_INGEST_WORKER_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
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
  // That of its job; 0 of the store: `status` says why certificates could not
  // be written, `gone` and `lost` what is no longer there.
  uint64_t ticket = 0;
  // Not OK: the disk's error. Then `result` says nothing.
  absl::Status status;
  TakeResult result;
  // Of what was taken.
  uint64_t generation = 0;
  CrlChanges changes;
  // CRLs that the store does not hold any more.
  std::set<Sha256Digest> gone;
  // Files of the store that were damaged.
  std::vector<LostFile> lost;
};

struct IngestWorkerOptions {
  std::string store;
  StoreUpdaterOptions updater;
  FileSystem* files = &FileSystem::System();
  std::function<Time()> now;
  size_t max_first_changes = 20;
  // After a commit that failed, until it is tried again though nobody asks;
  // doubled each time, up to five minutes.
  std::chrono::milliseconds first_retry = std::chrono::seconds(30);
  // How often it is looked whether the folder was replaced while nothing comes.
  std::chrono::milliseconds look_interval = std::chrono::minutes(1);
};

// What becomes of the certificates that the store holds beside those that are
// added.
enum class OtherTrust : uint8_t { kStays, kGoes };

// Starts one thread, of a lower scheduling priority than its maker's. What is
// taken is committed when nothing waits, or for a second at most, or 64 of
// them, whatever comes first; its answer comes after that. After a failed
// commit the store is opened again; where that fails too, it is tried again
// whenever StageFile is asked for, and after a while in any case: sources that
// have nothing new ask for no file. Certificates are added until they are
// committed.
//
// Where the store's folder was replaced by another, that one is opened, and
// gets the certificates that were added last: StageFile or a commit notices, or
// after a while the thread by itself. No folder is made: where there is none,
// or one without a store, it is being restored, and is waited for like a disk
// that fails.
//
// What is thrown, for want of memory say, is the error of the job that is under
// way and of those that are not committed: the store is opened again, for the
// writer may have stopped halfway, and the thread goes on. Where there is no
// memory for that either, it is tried again every 100 ms.
//
// Thread-safety: all but the destructor from any thread.
class IngestWorker {
 public:
  using Deliver = std::function<void(IngestAnswer)>;

  // `deliver` is called on the worker's thread.
  IngestWorker(IngestWorkerOptions options,
               std::unique_ptr<StoreUpdater> updater, Deliver deliver);
  // Waits for the job that is under way, commits, and drops the others; and all
  // that is not committed where there is no memory.
  ~IngestWorker();
  IngestWorker(const IngestWorker&) = delete;
  IngestWorker& operator=(const IngestWorker&) = delete;

  void Add(IngestJob job);
  // In the order of the jobs.
  void AddCertificates(std::vector<std::shared_ptr<const Buffer>> trusted,
                       std::vector<std::shared_ptr<const Buffer>> untrusted,
                       OtherTrust others);
  // kNotWritable while the store is not open, or its folder was replaced.
  absl::StatusOr<std::unique_ptr<StagedFile>> StageFile();
  // Whether the store is open and its folder the one that is at its path: what
  // belongs beside the store may be written there. Looks each time; opens a
  // file and closes it.
  bool IsInPlace() const;
  size_t queued() const;
  // Asks the thread to end; true when it has, within `patience`.
  bool Stop(std::chrono::milliseconds patience);

 private:
  using Clock = std::chrono::steady_clock;

  static constexpr size_t kMostUntold = 256;

  struct Certificates {
    std::vector<std::shared_ptr<const Buffer>> trusted;
    std::vector<std::shared_ptr<const Buffer>> untrusted;
    OtherTrust others = OtherTrust::kStays;

    bool empty() const { return trusted.empty() && untrusted.empty(); }
  };
  // A job, or certificates; neither to make good what failed.
  struct Work {
    IngestJob job;
    Certificates certificates;
  };

  void Run();
  void Step();
  void AwaitMemory();
  std::optional<Work> NextWork();
  void LookAtFolder();
  void Do(Work work);
  absl::Status Open();
  void Close();
  absl::Status AddAll(const Certificates& certificates);
  void TellStopped(const absl::Status& why);
  absl::Status TellLost();
  void Answer(IngestAnswer answer);
  absl::StatusOr<std::unique_ptr<StagedFile>> InDer(
      std::unique_ptr<StagedFile> staged);
  void Take(IngestJob job);
  void Commit();
  absl::Status TakeReplaced();
  void StartAnew(const absl::Status& why);
  void SetChanges(IngestAnswer* answer) const;
  void AnswerCommitted();
  void NoteGone();
  void TellGone();
  void AnswerFailed(const absl::Status& why);
  std::set<Sha256Digest> Held() const;

  const IngestWorkerOptions options_;
  const Deliver deliver_;

  mutable std::mutex mutex_;  // guards these
  std::condition_variable changed_;
  std::deque<Work> queue_;
  bool is_busy_ = false;
  bool is_stopping_ = false;
  bool has_ended_ = false;
  bool has_failed_ = false;   // the last commit, or to open the store after it
  bool is_to_retry_ = false;  // somebody asks for it, or it is time
  absl::Status replaced_;     // not OK: the store's folder was

  // Guards the pointer: StageFile may run while the thread uses the object, but
  // not while it makes another.
  mutable std::mutex updater_mutex_;
  std::unique_ptr<StoreUpdater> updater_;

  // The thread's own.
  std::deque<IngestAnswer> uncommitted_;    // and not answered
  std::optional<uint64_t> ticket_;          // of the job that is under way
  std::chrono::milliseconds retry_in_;      // while has_failed_
  std::set<Sha256Digest> before_;           // held when the store was closed
  std::set<Sha256Digest> gone_;             // with the next commit, or already
  std::vector<Certificates> certificates_;  // that are not committed
  bool are_added_ = false;                  // some of them, to the open store
  Certificates newest_;                     // what was added last
  // CRLs whose commit failed, by their SHA-256, and what was held before each.
  // If they are found in the store after all, that is news.
  std::map<Sha256Digest, std::shared_ptr<const CrlSource>> untold_;
  Clock::time_point first_uncommitted_;

  std::thread thread_;  // last: it uses the others
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_INGEST_WORKER_H_
