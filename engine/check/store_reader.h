// A store as a query's process sees it: the newest generation as a snapshot.
#ifndef REVSTAT_ENGINE_CHECK_STORE_READER_H_
#define REVSTAT_ENGINE_CHECK_STORE_READER_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "engine/check/store_contents.h"
#include "engine/snapshot/publisher.h"
#include "engine/store/generation_word.h"

namespace revstat {

// Opens a store read-only and never locks it; its files are mapped, so that all
// processes of a host share one copy. Whether the signers' own certificates are
// valid and unrevoked is judged for one time: Update judges anew when that time
// has passed.
//
// Thread-safety: publisher(), generation_word() and IsOutdated() on any number
// of threads; Update takes turns. Starts no thread: refresh/store_watcher.h
// does. After a failed Update the old generation serves.
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

  // True where a newer generation is there. One relaxed load: ask before each
  // batch if you like. Does not tell that time has passed.
  bool IsOutdated() const {
    return word_.Load() > generation_.load(std::memory_order_relaxed);
  }
  uint64_t generation() const {
    // Pairs with the store in Update; says which, carries nothing.
    return generation_.load(std::memory_order_relaxed);
  }
  const GenerationWord& generation_word() const { return word_; }

  enum class Outcome : uint8_t { kUnchanged, kPublished };
  // Publishes a snapshot of the newest generation for `at`, unless the one that
  // serves is still good. Waits for readers of the old one, so never call it
  // from inside a SnapshotPublisher::Reader. Errors as Open; the generation
  // that serves is then judged for `at` all the same.
  absl::StatusOr<Outcome> Update(Time at);

 private:
  StoreReader(StoreFiles names, const EvidencePolicy& policy, FileSystem* files,
              GenerationWord word);
  // The snapshot of contents_ at policy_.lookup.at.
  std::unique_ptr<const Snapshot> MakeSnapshot();

  const StoreFiles names_;
  FileSystem* const files_;
  const GenerationWord word_;
  std::atomic<uint64_t> generation_ = 0;
  std::mutex updating_;  // guards what follows
  EvidencePolicy policy_;
  StoreContents contents_;
  SteadyInterval steady_;
  std::unique_ptr<SnapshotPublisher> publisher_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_STORE_READER_H_
