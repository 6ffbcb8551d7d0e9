// StoreUpdater: the files of the next generation, and when they take the last
// one's place.
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/refresh/store_packs.h"
#include "engine/refresh/store_routers.h"
#include "engine/refresh/store_updater.h"
#include "engine/store/store_writing.h"

namespace revstat {

absl::StatusOr<uint64_t> StoreUpdater::Commit(Time at) {
  if (has_failed_)
    return MakeError(ErrorCode::kNotWritable, "an earlier commit failed");
  Validate(at);
  if (!has_changed_) return generation();
  auto written = WriteGeneration(at);
  if (!written.ok()) {
    has_failed_ = true;
    return written;
  }
  has_changed_ = has_new_segments_ = false;
  // What cannot be removed now is removed by the next Prune.
  for (const std::string& path : dropped_) files_->Remove(path).IgnoreError();
  dropped_.clear();
  return written;
}

absl::StatusOr<uint64_t> StoreUpdater::WriteGeneration(Time at) {
  // By now another writer may have the folder that stands there.
  absl::Status status = CheckFolder();
  if (status.ok()) status = RouteAnew();
  if (!status.ok()) return status;
  PackAnew(at);
  DropUnusedPacks(names_, &contents_, &dropped_);
  Manifest& next = contents_.manifest;
  next.certificates = certificates_.list();
  next.packs.clear();
  for (const StoredPack& pack : contents_.packs)
    next.packs.push_back(pack.record);
  next.segments.clear();
  for (const StoredCrl& crl : contents_.crls)
    next.segments.push_back(crl.record);
  ++next.generation;
  next.written_at = at;
  // The manifest must not name what a power cut can take away.
  status = SyncFiles();
  if (status.ok() && has_new_segments_)
    status = files_->SyncFolder(names_.Segments());
  if (status.ok()) status = CheckFolder();  // all that took its time
  if (status.ok()) status = ReplaceManifest(files_, names_, next);
  if (!status.ok()) return status;
  // Whoever opens the store sees it from here on, so those who have it open are
  // told now: if this process ends in the sync, or that fails, nobody else
  // would tell them before the next writer comes.
  word_->Store(next.generation);
  status = files_->SyncFolder(names_.folder());
  if (!status.ok()) return status;
  return next.generation;
}

// Whatever keeps a pack from being written, its segments stay where they are.
void StoreUpdater::PackAnew(Time at) {
  constexpr auto kPause = std::chrono::hours(1);
  bytes_since_packing_ = 0;
  // A disk that is nearly full is left to others for a while. (A clock may have
  // been set back.)
  const bool is_paused = at < pack_from_ && at >= pack_from_ - kPause;
  if (is_paused || !CheckFolder().ok()) return;
  const uint64_t before = manifest().next_segment;
  std::vector<std::string> obsolete;
  if (!UpdatePacks(files_, names_, options_.packing, &contents_, &obsolete)
           .ok())
    pack_from_ = at + kPause;
  has_new_segments_ |= manifest().next_segment != before;
  for (const std::string& path : obsolete) Discard(path);
}

absl::Status StoreUpdater::SyncFiles() {
  for (const std::string& path : unsynced_) {
    const absl::Status status = files_->SyncFile(path);
    if (!status.ok()) return status;
  }
  unsynced_.clear();
  return absl::OkStatus();
}

absl::Status StoreUpdater::RouteAnew() {
  auto routers = UpdateRouters(files_, names_, contents_,
                               &contents_.manifest.next_segment);
  if (!routers.ok()) return routers.status();
  const std::vector<StoredRouter> before =
      std::exchange(contents_.routers, *std::move(routers));
  contents_.manifest.routers.clear();
  std::set<uint64_t> ids;
  for (const StoredRouter& router : contents_.routers) {
    contents_.manifest.routers.push_back(router.record);
    ids.insert(router.record.id);
  }
  for (const StoredRouter& router : before) {
    if (ids.erase(router.record.id) == 0)
      dropped_.push_back(names_.RouterPath(router.record.id));
  }
  has_new_segments_ |= !ids.empty();  // those that are not of before
  return absl::OkStatus();
}

// Removes a file with the next Commit; at once where it is not synced, for then
// no manifest names it. In another folder that stands there now, one may name
// another of that name.
void StoreUpdater::Discard(const std::string& path) {
  if (unsynced_.erase(path) == 0) {
    dropped_.push_back(path);
  } else if (CheckFolder().ok()) {
    files_->Remove(path).IgnoreError();  // or the next Prune does
  }
}

}  // namespace revstat
