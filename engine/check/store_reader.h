// A store as a query's process sees it: the newest generation as a snapshot.
#ifndef REVSTAT_ENGINE_CHECK_STORE_READER_H_
#define REVSTAT_ENGINE_CHECK_STORE_READER_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/steady_interval.h"
#include "engine/check/evidence_policy.h"
#include "engine/check/store_contents.h"
#include "engine/snapshot/publisher.h"
#include "engine/store/generation_word.h"

namespace revstat {

// Opens a store read-only and never locks it; its files are mapped, so that all
// processes of a host share one copy. A store whose folder was replaced, or
// restored from a copy, is followed, to an older generation as well. Whether
// the signers' own certificates are valid and unrevoked is judged for one time:
// Update judges anew when that time has passed.
//
// Thread-safety: publisher(), generation_word() and IsOutdated() on any number
// of threads; Update takes turns. Starts no thread: refresh/store_watcher.h
// does. After a failed Update the old generation serves. Forks: a child may
// call Update itself, unless another thread was in one at that moment.
class StoreReader {
 public:
  // Opens the newest generation for policy.lookup.at. Cost: some microseconds a
  // CRL and certificate, however many entries they have. Errors: those of
  // ReadStore and GenerationWord::Open.
  static absl::StatusOr<std::unique_ptr<StoreReader>> Open(
      const std::string& folder, const EvidencePolicy& policy,
      FileSystem* files = &FileSystem::System());

  // Where queries take their snapshot from; see SnapshotPublisher::Reader.
  const SnapshotPublisher& publisher() const { return *publisher_; }

  // Who calls Update: the host, unless a StoreWatcher does.
  void SetKeeper(SnapshotPublisher::Keeper keeper) {
    publisher_->SetKeeper(keeper);
  }

  // True where another generation is there. Two loads: ask before each batch if
  // you like. Tells neither that time has passed, nor that the folder is
  // another, nor of a writer that died before it could tell: Update sees those.
  bool IsOutdated() const {
    // Pairs with the stores in Update: says whether to look, carries nothing.
    return generation_word().Load() != seen_.load(std::memory_order_relaxed);
  }
  uint64_t generation() const {
    // Pairs with the store in Update; says which, carries nothing.
    return generation_.load(std::memory_order_relaxed);
  }
  // The word of the folder that Update saw last. Lives as long as the reader.
  const GenerationWord& generation_word() const {
    // Pairs with the store in FollowFolder.
    return *word_.load(std::memory_order_acquire);
  }

  enum class Outcome : uint8_t { kUnchanged, kPublished };
  // Publishes a snapshot of the newest generation for `at`, unless the one that
  // serves is still good. Waits for readers of the old one, so never call it
  // from inside a SnapshotPublisher::Reader. Looks which files the folder has
  // now, by opening two of them, some microseconds on a local disk: it finds a
  // generation that the word does not tell, because its writer died before.
  // Call it each second or so. Errors as Open; the generation that serves is
  // then judged for `at` all the same.
  absl::StatusOr<Outcome> Update(Time at);

 private:
  StoreReader(StoreFiles names, const EvidencePolicy& policy, FileSystem* files,
              GenerationWord word);
  absl::Status FollowFolder();
  bool IsManifestReplaced() const;
  // The snapshot of contents_ at policy_.lookup.at.
  std::unique_ptr<const Snapshot> MakeSnapshot();

  const StoreFiles names_;
  FileSystem* const files_;
  std::atomic<const GenerationWord*> word_;  // the last of words_
  std::atomic<uint64_t> seen_ = 0;  // the word, before what serves was read
  std::atomic<uint64_t> generation_ = 0;
  std::mutex updating_;  // guards what follows
  // Of all folders that were followed: others may hold references.
  std::vector<std::unique_ptr<const GenerationWord>> words_;
  EvidencePolicy policy_;
  StoreContents contents_;
  SteadyInterval steady_;
  std::unique_ptr<SnapshotPublisher> publisher_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_STORE_READER_H_
