// The steps of writing a store, each whole in itself (FORMAT.md): for the one
// writer, who holds the lock.
//
// Thread-safety: one thread at a time. Errors: kNotWritable, kInputUnreadable.
#ifndef REVSTAT_ENGINE_STORE_STORE_WRITING_H_
#define REVSTAT_ENGINE_STORE_STORE_WRITING_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/store/file_system.h"
#include "engine/store/manifest.h"
#include "engine/store/staged_file.h"
#include "engine/store/store_files.h"

namespace revstat {

// The lock of a store, held until the file is closed.
struct StoreLock {
  std::unique_ptr<File> file;
  FileId id;
};

// Takes the lock and writes `holder` into it. kStoreLocked, naming who holds
// it.
absl::StatusOr<StoreLock> LockStore(FileSystem* files, const StoreFiles& names,
                                    std::string_view holder);

// Whether the folder at this path is still the one that was locked. Once it is
// replaced (renamed and restored from a copy, say), another process may hold
// the lock of the new one. Opens the file and closes it; any thread.
absl::StatusOr<bool> IsLockInPlace(FileSystem* files, const StoreFiles& names,
                                   const StoreLock& lock);

// A file in incoming/ of a name that no other file had or will have, in this
// process or another: what an earlier writer still has open is never mistaken
// for it.
absl::StatusOr<std::unique_ptr<StagedFile>> StageFile(FileSystem* files,
                                                      const StoreFiles& names,
                                                      uint64_t max_bytes);

// Puts the manifest, whose octets are on the disk by then, in the place of the
// last one: who opens the store from now on sees it. That survives a power cut
// once the folder is synced, which is the caller's to do.
absl::Status ReplaceManifest(FileSystem* files, const StoreFiles& names,
                             const Manifest& manifest);

// Removes what is not of this generation: what a writer that died has left.
// Files of other names are somebody else's and stay, and so do staged files of
// this process: it may have opened the store anew while it fills them.
absl::Status RemoveLeftovers(FileSystem* files, const StoreFiles& names,
                             const Manifest& manifest);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_STORE_WRITING_H_
