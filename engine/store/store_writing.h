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

// Takes the lock, which is held until the file is closed, and writes `holder`
// into it. kStoreLocked, naming who holds it.
absl::StatusOr<std::unique_ptr<File>> LockStore(FileSystem* files,
                                                const StoreFiles& names,
                                                std::string_view holder);

// A file in incoming/ of a name that this process has not used before: what an
// earlier writer here still has open is never mistaken for it.
absl::StatusOr<std::unique_ptr<StagedFile>> StageFile(FileSystem* files,
                                                      const StoreFiles& names,
                                                      uint64_t max_bytes);

// Puts the manifest in the place of the last one. When it returns OK, that
// survives a power cut; on an error either may stand there.
absl::Status ReplaceManifest(FileSystem* files, const StoreFiles& names,
                             const Manifest& manifest);

// Removes what is not of this generation: what a writer that died has left.
// Files of other names are somebody else's and stay.
absl::Status RemoveLeftovers(FileSystem* files, const StoreFiles& names,
                             const Manifest& manifest);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_STORE_WRITING_H_
