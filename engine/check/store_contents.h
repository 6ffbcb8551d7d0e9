// A generation of a store, opened: what snapshots are made of.
#ifndef REVSTAT_ENGINE_CHECK_STORE_CONTENTS_H_
#define REVSTAT_ENGINE_CHECK_STORE_CONTENTS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/snapshot/crl_source.h"
#include "engine/snapshot/routing.h"
#include "engine/store/file_system.h"
#include "engine/store/manifest.h"
#include "engine/store/router_file.h"
#include "engine/store/segment.h"
#include "engine/store/store_files.h"

namespace revstat {

// A CRL of the store.
struct StoredCrl {
  ManifestSegment record;
  std::shared_ptr<const Segment> segment;
  std::shared_ptr<const CrlSource> source;  // shares the segment
};

// A file of several segments.
struct StoredPack {
  ManifestPack record;
  std::shared_ptr<const Mapping> file;
};

// A router over some of the CRLs.
struct StoredRouter {
  ManifestRouter record;
  std::shared_ptr<const RouterFile> file;
};

// A value; shares what is mapped, which stays when the files are removed.
struct StoreContents {
  Manifest manifest;
  // What it was read from; null before a first Commit. While this lives, no
  // other file has its FileId.
  std::shared_ptr<const Mapping> manifest_file;
  std::vector<StoredPack> packs;      // in the order of manifest.packs
  std::vector<StoredCrl> crls;        // of manifest.segments
  std::vector<StoredRouter> routers;  // of manifest.routers

  // The routers as a RouterPool takes them: their parts' sources.
  std::vector<RouterPool::Kept> RoutersBySource() const;
};

// Opens the newest generation. What `held` has already is shared with it, null
// for nothing. Damage that would hide all entries of a CRL, or all that a
// router leads to, is found; some of them can be hidden (FORMAT.md). Cost: some
// microseconds a CRL that is new, independent of its size. Errors name file,
// octet and field: kNoSuchFile where there is no store, kStoreDamaged,
// kStoreVersion.
absl::StatusOr<StoreContents> ReadStore(FileSystem* files,
                                        const StoreFiles& names,
                                        const StoreContents* held);

// A segment where it stands, for CrlSource. `name` is for errors:
// kStoreDamaged, kStoreVersion. Cost: as of one CRL in ReadStore.
absl::StatusOr<StoredCrl> OpenSegment(std::shared_ptr<const Buffer> octets,
                                      const ManifestSegment& record,
                                      const std::string& name);

// What the manifest names and cannot be used: a file, or a segment in a pack
// that others are read from.
struct LostFile {
  std::string path;  // of the file
  absl::Status why;  // kStoreDamaged, kNoSuchFile
};
struct SalvagedStore {
  StoreContents contents;  // its manifest names what is left
  std::vector<LostFile> lost;
};

// Reads all octets and compares the checksums, which ReadStore does not: of the
// first file that is damaged, kStoreDamaged. Some 10 GB a second from the page
// cache.
absl::Status CompareChecksums(const StoreContents& contents,
                              const StoreFiles& names);

// For the one writer, where ReadStore or CompareChecksums gives kStoreDamaged:
// what is left without the segments, packs and routers that are damaged or
// missing.
// Errors: those of ReadStore, where it is the manifest that is damaged or a
// file that cannot be read for another reason.
absl::StatusOr<SalvagedStore> SalvageStore(FileSystem* files,
                                           const StoreFiles& names);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_STORE_CONTENTS_H_
