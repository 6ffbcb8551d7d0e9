#include "engine/refresh/store_packs.h"

#include <memory>
#include <set>
#include <utility>

#include "engine/base/error.h"
#include "engine/store/pack_file.h"
#include "engine/store/store_writing.h"

namespace revstat {
namespace {

struct NewPack {
  StoredPack pack;
  std::vector<StoredCrl> crls;
};

// The segments at `positions` of the contents, in a pack of this number.
absl::StatusOr<NewPack> WriteNew(FileSystem* files, const StoreFiles& names,
                                 const StoreContents& contents,
                                 const std::vector<size_t>& positions,
                                 uint64_t id) {
  std::vector<std::shared_ptr<const Segment>> segments;
  for (const size_t position : positions)
    segments.push_back(contents.crls[position].segment);
  const auto staged = StageFile(files, names, Buffer::kNoLimit);
  if (!staged.ok()) return staged.status();
  const auto written = WritePack(staged->get(), segments);
  if (!written.ok()) return written.status();
  auto mapping = (*staged)->Map();
  if (!mapping.ok()) return mapping.status();
  const Bytes octets = (*mapping)->bytes();
  NewPack made{{{id, octets.size(), written->header_checksum}, *mapping}, {}};
  for (size_t i = 0; i < positions.size(); ++i) {
    ManifestSegment record = contents.crls[positions[i]].record;
    record.pack = id;
    record.offset = written->offsets[i];
    const std::string name = NameOf(names, record);
    auto crl = OpenSegment(
        Buffer::Share(*mapping,
                      octets.subspan(record.offset, record.file_bytes)),
        record, name);
    if (!crl.ok()) return crl.status();
    const absl::Status whole = crl->segment->CompareChecksums(name);
    if (!whole.ok()) return whole;
    made.crls.push_back(*std::move(crl));
  }
  // Before any file that it was made of is gone.
  absl::Status status = (*staged)->Sync();
  if (status.ok()) status = (*staged)->MoveTo(names.PackPath(id));
  if (!status.ok()) return status;
  return made;
}

}  // namespace

absl::Status UpdatePacks(FileSystem* files, const StoreFiles& names,
                         const PackLimits& limits, StoreContents* contents,
                         std::vector<std::string>* obsolete) {
  std::vector<ManifestSegment> segments;
  for (const StoredCrl& crl : contents->crls) segments.push_back(crl.record);
  std::vector<ManifestPack> packs;
  for (const StoredPack& pack : contents->packs) packs.push_back(pack.record);
  absl::Status damaged;
  for (const std::vector<size_t>& positions :
       PlanPacks(segments, packs, limits)) {
    auto made = WriteNew(files, names, *contents, positions,
                         contents->manifest.next_segment);
    if (ErrorCodeOf(made.status()) == ErrorCode::kStoreDamaged) {
      damaged = made.status();
      continue;
    }
    if (!made.ok()) return made.status();
    ++contents->manifest.next_segment;
    contents->packs.push_back(std::move(made->pack));
    for (size_t i = 0; i < positions.size(); ++i) {
      StoredCrl& crl = contents->crls[positions[i]];
      if (crl.record.pack == 0)
        obsolete->push_back(names.SegmentPath(crl.record.id));
      crl = std::move(made->crls[i]);
    }
  }
  return damaged;
}

void DropUnusedPacks(const StoreFiles& names, StoreContents* contents,
                     std::vector<std::string>* obsolete) {
  std::set<uint64_t> used;
  for (const StoredCrl& crl : contents->crls) used.insert(crl.record.pack);
  std::erase_if(contents->packs, [&](const StoredPack& pack) {
    if (used.contains(pack.record.id)) return false;
    obsolete->push_back(names.PackPath(pack.record.id));
    return true;
  });
}

}  // namespace revstat
