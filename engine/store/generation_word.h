// The store's newest generation as a word of memory that all processes map.
#ifndef REVSTAT_ENGINE_STORE_GENERATION_WORD_H_
#define REVSTAT_ENGINE_STORE_GENERATION_WORD_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/store/file_system.h"

namespace revstat {

// Lifetime: holds the mapping. Thread-safety: any number of threads, and of
// processes.
class GenerationWord {
 public:
  // Makes the file where it is missing or damaged; for the writer, who holds
  // the lock. kNotWritable.
  static absl::StatusOr<GenerationWord> OpenForWriter(FileSystem* files,
                                                      const std::string& path);
  // kStoreDamaged, kStoreVersion, kNoSuchFile.
  static absl::StatusOr<GenerationWord> Open(FileSystem* files,
                                             const std::string& path);

  // A store that was made anew has another.
  const FileId& file() const { return mapping_->file(); }

  // One load. Relaxed: it says that something is new; what is read then comes
  // from files.
  uint64_t Load() const { return word_->load(std::memory_order_relaxed); }

  // The writer's: makes a generation known and wakes all who wait.
  void Store(uint64_t generation);

  // Returns when the word may have changed from `known`, someone called Wake,
  // or the time is over. A wait in the kernel: no time of the processor.
  void WaitWhile(uint64_t known, std::chrono::milliseconds at_most) const;
  // Ends the waits of all threads of all processes; they look again.
  void Wake() const;

 private:
  GenerationWord(std::shared_ptr<const Mapping> mapping);

  std::shared_ptr<const Mapping> mapping_;
  std::atomic<uint64_t>* word_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_GENERATION_WORD_H_
