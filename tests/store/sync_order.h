// What a power cut could take away at each moment: watches the calls that a
// FaultyFileSystem is asked for, and notes those that trust in what is not on
// the disk yet.
#ifndef REVSTAT_TESTS_STORE_SYNC_ORDER_H_
#define REVSTAT_TESTS_STORE_SYNC_ORDER_H_

#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/manifest.h"
#include "engine/store/store_files.h"
#include "tests/store/faulty_file_system.h"

namespace revstat::test {

// Thread-safety: any number of threads.
class SyncOrder {
 public:
  explicit SyncOrder(const std::string& store) : names_(store) {}

  void Watch(FaultyFileSystem* files) {
    files->Watch([this](const std::string& call) { Note(call); });
  }

  // A call that is about to be made, as FaultyFileSystem names it.
  void Note(const std::string& call) {
    const std::lock_guard lock(mutex_);
    const size_t space = call.find(' ');
    const std::string kind = call.substr(0, space);
    const std::string path = call.substr(space + 1);
    if (kind == "write" || kind == "truncate") {
      octets_.insert(path);
    } else if (kind == "sync") {
      octets_.erase(path);
      std::erase_if(entries_, [&](const std::string& entry) {
        return std::filesystem::path(entry).parent_path() == path;
      });
    } else if ((kind == "open" || kind == "make") &&
               !std::filesystem::exists(path)) {
      entries_.insert(path);
    } else if (kind == "rename") {
      NoteRename(path.substr(0, path.find(' ')),
                 path.substr(path.find(' ') + 1));
    } else if (kind == "remove") {
      // The generation before the last may be all there is. It names nothing
      // that is not on the disk.
      if (path.starts_with(names_.Segments()) &&
          entries_.contains(names_.Manifest()) && !octets_.contains(path))
        faults_.push_back("before the manifest is there: " + call);
      if (Named(names_.Manifest()).contains(path))
        faults_.push_back("named by the manifest: " + call);
      octets_.erase(path);
      entries_.erase(path);
    }
  }

  std::vector<std::string> faults() const {
    const std::lock_guard lock(mutex_);
    return faults_;
  }
  // Files whose octets, and names that folders, may lose.
  bool IsOnDisk(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    return !octets_.contains(path) && !entries_.contains(path);
  }

 private:
  void NoteRename(const std::string& from, const std::string& to) {
    const bool is_synced = octets_.erase(from) == 0;
    entries_.erase(from);
    entries_.insert(to);
    if (to != names_.Manifest()) {
      if (!is_synced) octets_.insert(to);
      return;
    }
    if (!is_synced) faults_.push_back("not synced: " + from);
    for (const std::string& path : Named(from)) NoteNamed(path);
  }
  // The files that a manifest names; none where there is no manifest.
  std::set<std::string> Named(const std::string& path) const {
    std::set<std::string> named;
    const auto file = FileSystem::System().Map(path);
    if (!file.ok()) return named;
    const auto manifest =
        DecodeManifest(Buffer::Share(*file, (*file)->bytes()), path);
    for (const ManifestPack& pack : manifest->packs)
      named.insert(names_.PackPath(pack.id));
    for (const ManifestSegment& segment : manifest->segments) {
      if (segment.pack == 0) named.insert(names_.SegmentPath(segment.id));
    }
    for (const ManifestRouter& router : manifest->routers)
      named.insert(names_.RouterPath(router.id));
    return named;
  }
  void NoteNamed(const std::string& path) {
    if (octets_.contains(path))
      faults_.push_back("named by a manifest, not synced: " + path);
    if (entries_.contains(path))
      faults_.push_back("named by a manifest, its folder not synced: " + path);
  }

  const StoreFiles names_;
  mutable std::mutex mutex_;       // guards these
  std::set<std::string> octets_;   // written and not synced
  std::set<std::string> entries_;  // made and their folder not synced
  std::vector<std::string> faults_;
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_STORE_SYNC_ORDER_H_
