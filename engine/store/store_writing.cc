#include "engine/store/store_writing.h"

#include <unistd.h>

#include <atomic>
#include <set>
#include <string>
#include <utility>

#include "engine/base/error.h"

namespace revstat {
namespace {

std::atomic<uint64_t> files_staged = 0;  // a count: pairs with nothing

// The name of a staged file, and whether a name is one.
std::string StagedName(uint64_t number) {
  return Concat({"crl-", std::to_string(number), ".part"});
}
bool IsStagedName(std::string_view name) {
  return name.starts_with("crl-") && name.ends_with(".part");
}

absl::Status LockedBy(FileSystem* files, const StoreFiles& names,
                      const absl::Status& locked) {
  constexpr size_t kMostShown = 200;
  // Its holder may be writing it.
  const auto holder = files->ReadStart(names.Lock(), kMostShown);
  if (!holder.ok() || holder->empty()) return locked;
  return MakeError(ErrorCode::kStoreLocked,
                   Concat({names.folder(), " by ", *holder}));
}

}  // namespace

absl::StatusOr<std::unique_ptr<File>> LockStore(FileSystem* files,
                                                const StoreFiles& names,
                                                std::string_view holder) {
  auto file = files->Open(names.Lock(), FileSystem::OpenMode::kOpenOrCreate);
  if (!file.ok()) return file.status();
  absl::Status status = (*file)->Lock();
  if (ErrorCodeOf(status) == ErrorCode::kStoreLocked)
    return LockedBy(files, names, status);
  const std::string text =
      Concat({"process ", std::to_string(getpid()), holder.empty() ? "" : " (",
              holder, holder.empty() ? "" : ")"});
  // In this order there is always a holder to be read.
  if (status.ok()) status = WriteAll(file->get(), 0, BytesOf(text));
  if (status.ok()) status = (*file)->Truncate(text.size());
  if (!status.ok()) return status;
  return *std::move(file);
}

absl::StatusOr<std::unique_ptr<StagedFile>> StageFile(FileSystem* files,
                                                      const StoreFiles& names,
                                                      uint64_t max_bytes) {
  const uint64_t number =
      files_staged.fetch_add(1, std::memory_order_relaxed) + 1;
  return StagedFile::Create(
      files, Concat({names.Incoming(), "/", StagedName(number)}), max_bytes);
}

// Each step is on disk before the next begins, so that whenever the power goes
// a whole generation is there.
absl::Status ReplaceManifest(FileSystem* files, const StoreFiles& names,
                             const Manifest& manifest) {
  const std::vector<uint8_t> octets = EncodeManifest(manifest);
  // What no reader could open never takes the place of what they can.
  const absl::Status readable =
      DecodeManifest(Buffer::FromVector(octets), names.NewManifest()).status();
  if (!readable.ok()) return readable;
  {
    const auto file =
        files->Open(names.NewManifest(), FileSystem::OpenMode::kCreate);
    if (!file.ok()) return file.status();
    absl::Status status = WriteAll(file->get(), 0, octets);
    if (status.ok()) status = (*file)->Sync();
    if (!status.ok()) return status;
  }
  const absl::Status status =
      files->Rename(names.NewManifest(), names.Manifest());
  return status.ok() ? files->SyncFolder(names.folder()) : status;
}

absl::Status RemoveLeftovers(FileSystem* files, const StoreFiles& names,
                             const Manifest& manifest) {
  const auto incoming = files->List(names.Incoming());
  if (!incoming.ok()) return incoming.status();
  for (const std::string& name : *incoming) {
    if (!IsStagedName(name)) continue;
    absl::Status status = files->Remove(Concat({names.Incoming(), "/", name}));
    if (!status.ok()) return status;
  }
  std::set<std::string> held;
  for (const ManifestSegment& segment : manifest.segments)
    held.insert(StoreFiles::SegmentName(segment.id));
  for (const ManifestRouter& router : manifest.routers)
    held.insert(StoreFiles::RouterName(router.id));
  const auto segments = files->List(names.Segments());
  if (!segments.ok()) return segments.status();
  for (const std::string& name : *segments) {
    if (!StoreFiles::IsNumbered(name) || held.contains(name)) continue;
    absl::Status status = files->Remove(Concat({names.Segments(), "/", name}));
    if (!status.ok()) return status;
  }
  return files->Remove(names.NewManifest());
}

}  // namespace revstat
