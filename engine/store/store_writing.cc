#include "engine/store/store_writing.h"

#include <unistd.h>

#include <atomic>
#include <set>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/index/keyed_hash.h"

namespace revstat {
namespace {

std::atomic<uint64_t> files_staged = 0;  // a count: pairs with nothing

// Of this process alone: its number may be another's on another host or in
// another container, and is used again.
const std::string& StartOfProcess() {
  static const auto& start = *new std::string([] {
    const HashKey random = HashKey::Random();
    return ToHex({reinterpret_cast<const uint8_t*>(random.words.data()), 8});
  }());
  return start;
}

// The name of a staged file, and whether a name is one.
std::string StagedName(uint64_t number) {
  return Concat({"crl-", std::to_string(getpid()), "-", StartOfProcess(), "-",
                 std::to_string(number), ".part"});
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

absl::StatusOr<StoreLock> LockFile(FileSystem* files, const StoreFiles& names) {
  // Readers need no part of it. Who may open it could keep the writer out.
  auto file =
      files->Open(names.Lock(), FileSystem::OpenMode::kOpenOrCreatePrivate);
  if (!file.ok()) return file.status();
  const absl::Status locked = (*file)->Lock();
  if (ErrorCodeOf(locked) == ErrorCode::kStoreLocked)
    return LockedBy(files, names, locked);
  if (!locked.ok()) return locked;
  const auto id = (*file)->Identify();
  if (!id.ok()) return id.status();
  return StoreLock{*std::move(file), *id};
}

}  // namespace

absl::StatusOr<StoreLock> LockStore(FileSystem* files, const StoreFiles& names,
                                    std::string_view holder) {
  // A folder that is replaced between the opening and the lock would have two
  // writers, each with a lock of its own.
  constexpr int kMostAttempts = 16;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    auto lock = LockFile(files, names);
    if (!lock.ok()) return lock.status();
    const auto is_in_place = IsLockInPlace(files, names, *lock);
    if (!is_in_place.ok()) return is_in_place.status();
    if (!*is_in_place) continue;
    const std::string text =
        Concat({"process ", std::to_string(getpid()),
                holder.empty() ? "" : " (", holder, holder.empty() ? "" : ")"});
    // In this order there is always a holder to be read.
    absl::Status status = WriteAll(lock->file.get(), 0, BytesOf(text));
    if (status.ok()) status = lock->file->Truncate(text.size());
    if (!status.ok()) return status;
    return lock;
  }
  return MakeError(ErrorCode::kNotWritable,
                   Concat({names.Lock(), " is another file each time"}));
}

absl::StatusOr<bool> IsLockInPlace(FileSystem* files, const StoreFiles& names,
                                   const StoreLock& lock) {
  const auto there = files->Identify(names.Lock());
  if (ErrorCodeOf(there.status()) == ErrorCode::kNoSuchFile) return false;
  if (!there.ok()) return there.status();
  return *there == lock.id;
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
  return files->Rename(names.NewManifest(), names.Manifest());
}

absl::Status RemoveLeftovers(FileSystem* files, const StoreFiles& names,
                             const Manifest& manifest) {
  const auto incoming = files->List(names.Incoming());
  if (!incoming.ok()) return incoming.status();
  for (const std::string& name : *incoming) {
    const std::string path = Concat({names.Incoming(), "/", name});
    if (!IsStagedName(name) || StagedFile::IsStaged(path)) continue;
    absl::Status status = files->Remove(path);
    if (!status.ok()) return status;
  }
  std::set<std::string> held;
  for (const ManifestSegment& segment : manifest.segments) {
    if (segment.pack == 0) held.insert(StoreFiles::SegmentName(segment.id));
  }
  for (const ManifestRouter& router : manifest.routers)
    held.insert(StoreFiles::RouterName(router.id));
  for (const ManifestPack& pack : manifest.packs)
    held.insert(StoreFiles::PackName(pack.id));
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
