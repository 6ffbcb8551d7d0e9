#include "engine/check/store_contents.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/parallel.h"
#include "engine/store/pack_file.h"

namespace revstat {
namespace {

absl::StatusOr<StoredPack> OpenPack(FileSystem* files, const StoreFiles& names,
                                    const ManifestPack& record) {
  const std::string path = names.PackPath(record.id);
  auto mapping = files->Map(path);
  if (!mapping.ok()) return mapping.status();
  const absl::Status status = CheckPack((*mapping)->bytes(), record, path);
  if (!status.ok()) return status;
  return StoredPack{record, *std::move(mapping)};
}

// The pack of this number, or null.
const StoredPack* FindPack(const std::vector<StoredPack>& packs, uint64_t id) {
  const auto pack = std::ranges::lower_bound(
      packs, id, {}, [](const StoredPack& stored) { return stored.record.id; });
  return pack != packs.end() && pack->record.id == id ? &*pack : nullptr;
}

// A segment's octets: of its file, or of the pack that it is in. `packs`: those
// of the manifest, which lies about none of them (DecodeManifest, CheckPack).
absl::StatusOr<std::shared_ptr<const Buffer>> MapSegment(
    FileSystem* files, const StoreFiles& names, const ManifestSegment& record,
    const std::vector<StoredPack>& packs) {
  if (record.pack != 0) {
    const auto& file = FindPack(packs, record.pack)->file;
    return Buffer::Share(
        file, file->bytes().subspan(record.offset, record.file_bytes));
  }
  auto mapping = files->Map(names.SegmentPath(record.id));
  if (!mapping.ok()) return mapping.status();
  const Bytes octets = (*mapping)->bytes();
  return Buffer::Share(*std::move(mapping), octets);
}

absl::StatusOr<StoredCrl> OpenCrl(FileSystem* files, const StoreFiles& names,
                                  const ManifestSegment& record,
                                  const std::vector<StoredPack>& packs) {
  auto octets = MapSegment(files, names, record, packs);
  if (!octets.ok()) return octets.status();
  return OpenSegment(*std::move(octets), record, NameOf(names, record));
}

// The CRL of this number, or null.
const StoredCrl* FindCrl(const std::vector<StoredCrl>& crls, uint64_t id) {
  const auto crl = std::lower_bound(
      crls.begin(), crls.end(), id,
      [](const StoredCrl& a, uint64_t b) { return a.record.id < b; });
  return crl != crls.end() && crl->record.id == id ? &*crl : nullptr;
}

// Whether the router leads this serial to this part.
bool LeadsTo(const SerialRouter& router, uint32_t part,
             const SerialNumber& serial) {
  std::array<RoutedSerial, 16> found;
  const size_t count = router.FindRouted({&serial, sizeof(serial)}, 1,
                                         found.data(), found.size());
  if (count == kTooManyRouted) return true;  // every part is asked then
  const auto end = found.begin() + static_cast<ptrdiff_t>(count);
  return std::any_of(found.begin(), end, [&](const RoutedSerial& routed) {
    return routed.part == part;
  });
}

// No reader compares the checksum of a router's table, and a serial that is not
// led is active. So one serial of each part is looked up, which tells where
// much of the table is lost.
absl::Status CheckLeads(const RouterFile& file,
                        const std::vector<StoredCrl>& crls,
                        std::string_view path) {
  const auto segments = file.segments();
  for (uint32_t part = 0; part < segments.size(); ++part) {
    const StoredCrl* const crl = FindCrl(crls, segments[part]);
    if (crl == nullptr) continue;  // no longer of the generation
    const auto serial = crl->source->issuer_sets().front().set.SerialAt(0);
    if (serial.has_value() && !LeadsTo(*file.router(), part, *serial)) {
      return DamagedAt(
          path, 0,
          Concat({"a serial of ", StoreFiles::SegmentName(segments[part]),
                  " is not led to it"}));
    }
  }
  return absl::OkStatus();
}

// `crls`: of the generation that the router is of.
absl::StatusOr<StoredRouter> OpenRouter(FileSystem* files,
                                        const StoreFiles& names,
                                        const ManifestRouter& record,
                                        const std::vector<StoredCrl>& crls) {
  const std::string path = names.RouterPath(record.id);
  auto mapping = files->Map(path);
  if (!mapping.ok()) return mapping.status();
  auto file = RouterFile::Open(*std::move(mapping), path);
  if (!file.ok()) return file.status();
  if ((*file)->file_bytes() != record.file_bytes ||
      (*file)->header_checksum() != record.header_checksum) {
    return DamagedAt(path, 0, "not the router that the manifest names");
  }
  const absl::Status leads = CheckLeads(**file, crls, path);
  if (!leads.ok()) return leads;
  return StoredRouter{record, *std::move(file)};
}

// Those of the manifest; what `held` has of them is shared, and the others are
// opened.
template <class Stored, class Record, class Open>
absl::StatusOr<std::vector<Stored>> ShareOrOpen(
    const std::vector<Record>& records, const std::vector<Stored>* held,
    Open&& open) {
  std::vector<Stored> all;
  for (const Record& record : records) {
    const Stored* same = nullptr;
    for (size_t i = 0; held != nullptr && i < held->size(); ++i) {
      if ((*held)[i].record == record) same = &(*held)[i];
    }
    auto stored =
        same != nullptr ? absl::StatusOr<Stored>(*same) : open(record);
    if (!stored.ok()) return stored.status();
    all.push_back(*std::move(stored));
  }
  return all;
}

using CrlsById = std::unordered_map<uint64_t, const StoredCrl*>;

// From so many new segments on, two threads open them.
constexpr size_t kTwoThreadsFrom = 256;

// Opens those of `missing`, positions in contents->crls, that are `first`,
// `first` + `step` and so on there, up to the first error.
absl::Status OpenThese(FileSystem* files, const StoreFiles& names,
                       const std::vector<size_t>& missing, size_t first,
                       size_t step, StoreContents* contents) {
  for (size_t i = first; i < missing.size(); i += step) {
    StoredCrl& crl = contents->crls[missing[i]];
    auto opened = OpenCrl(files, names, crl.record, contents->packs);
    if (!opened.ok()) return opened.status();
    crl = *std::move(opened);
  }
  return absl::OkStatus();
}

// `contents`: its manifest, and nothing else yet.
absl::StatusOr<StoreContents> ReadOnce(FileSystem* files,
                                       const StoreFiles& names,
                                       StoreContents contents,
                                       const StoreContents* held,
                                       const CrlsById& held_by_id) {
  auto packs = ShareOrOpen<StoredPack>(contents.manifest.packs,
                                       held == nullptr ? nullptr : &held->packs,
                                       [&](const ManifestPack& record) {
                                         return OpenPack(files, names, record);
                                       });
  if (!packs.ok()) return packs.status();
  contents.packs = *std::move(packs);
  std::vector<size_t> missing;
  for (const ManifestSegment& record : contents.manifest.segments) {
    const auto found = held_by_id.find(record.id);
    // One that was put into a pack is opened there: its old file, or pack, is
    // gone when nobody maps it.
    if (found != held_by_id.end() && found->second->record == record) {
      contents.crls.push_back(*found->second);
    } else {
      missing.push_back(contents.crls.size());
      contents.crls.emplace_back();
    }
    contents.crls.back().record = record;
  }
  const bool is_much = missing.size() >= kTwoThreadsFrom;
  absl::Status here;
  absl::Status beside;
  RunBeside(
      is_much ? Threads::kTwo : Threads::kOne,
      [&] {
        here = OpenThese(files, names, missing, 0, is_much ? 2 : 1, &contents);
      },
      [&] {
        if (is_much) beside = OpenThese(files, names, missing, 1, 2, &contents);
      });
  if (!here.ok()) return here;
  if (!beside.ok()) return beside;
  auto routers = ShareOrOpen<StoredRouter>(
      contents.manifest.routers, held == nullptr ? nullptr : &held->routers,
      [&](const ManifestRouter& record) {
        return OpenRouter(files, names, record, contents.crls);
      });
  if (!routers.ok()) return routers.status();
  contents.routers = *std::move(routers);
  return contents;
}

// The manifest alone.
absl::StatusOr<StoreContents> ReadManifest(FileSystem* files,
                                           const std::string& path) {
  auto mapping = files->Map(path);
  if (!mapping.ok()) return mapping.status();
  auto manifest =
      DecodeManifest(Buffer::Share(*mapping, (*mapping)->bytes()), path);
  if (!manifest.ok()) return manifest.status();
  StoreContents contents;
  contents.manifest = *std::move(manifest);
  contents.manifest_file = *std::move(mapping);
  return contents;
}

}  // namespace

absl::StatusOr<StoredCrl> OpenSegment(std::shared_ptr<const Buffer> octets,
                                      const ManifestSegment& record,
                                      const std::string& name) {
  auto segment = Segment::Open(std::move(octets), name);
  if (!segment.ok()) return segment.status();
  if ((*segment)->file_bytes() != record.file_bytes ||
      (*segment)->header_checksum() != record.header_checksum) {
    return DamagedAt(name, 0, "not the segment that the manifest names");
  }
  auto source = CrlSource::FromSegment(*segment);
  if (!source.ok()) return Annotate(source.status(), name);
  return StoredCrl{record, *std::move(segment), *std::move(source)};
}

std::vector<RouterPool::Kept> StoreContents::RoutersBySource() const {
  std::vector<RouterPool::Kept> kept;
  for (const StoredRouter& stored : routers) {
    RouterPool::Kept one{stored.file->router(), {}};
    for (uint64_t segment : stored.file->segments()) {
      const StoredCrl* const crl = FindCrl(crls, segment);
      one.sources.push_back(crl == nullptr ? 0 : crl->source->id());
    }
    kept.push_back(std::move(one));
  }
  return kept;
}

absl::StatusOr<StoreContents> ReadStore(FileSystem* files,
                                        const StoreFiles& names,
                                        const StoreContents* held) {
  CrlsById by_id;
  if (held != nullptr) {
    for (const StoredCrl& crl : held->crls) by_id.emplace(crl.record.id, &crl);
  }
  auto newest = ReadManifest(files, names.Manifest());
  for (;;) {
    if (!newest.ok()) return newest.status();
    const uint64_t generation = newest->manifest.generation;
    auto contents = ReadOnce(files, names, *std::move(newest), held, by_id);
    if (contents.ok() ||
        ErrorCodeOf(contents.status()) != ErrorCode::kNoSuchFile) {
      return contents;
    }
    // A writer may have made the next generation and removed what only this
    // one had.
    newest = ReadManifest(files, names.Manifest());
    if (newest.ok() && newest->manifest.generation == generation) {
      return MakeError(ErrorCode::kStoreDamaged,
                       Concat({names.Manifest(), ": a file is missing: ",
                               MessageOf(contents.status())}));
    }
  }
}

absl::Status CompareChecksums(const StoreContents& contents,
                              const StoreFiles& names) {
  for (const StoredCrl& crl : contents.crls) {
    const absl::Status status =
        crl.segment->CompareChecksums(NameOf(names, crl.record));
    if (!status.ok()) return status;
  }
  for (const StoredRouter& router : contents.routers) {
    const absl::Status status =
        router.file->CheckContents(names.RouterPath(router.record.id));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

namespace {

// Keeps what could be opened, and notes what is lost. An error that is no loss.
template <class Stored>
absl::Status KeepOrLose(absl::StatusOr<Stored> opened, const std::string& path,
                        std::vector<Stored>* kept,
                        std::vector<LostFile>* lost) {
  const ErrorCode code = ErrorCodeOf(opened.status());
  if (opened.ok()) {
    kept->push_back(*std::move(opened));
  } else if (code == ErrorCode::kStoreDamaged ||
             code == ErrorCode::kNoSuchFile) {
    lost->push_back({path, opened.status()});
  } else {
    return opened.status();
  }
  return absl::OkStatus();
}

// The records of what is left.
template <class Record, class Stored>
std::vector<Record> RecordsOf(const std::vector<Stored>& kept) {
  std::vector<Record> records;
  for (const Stored& stored : kept) records.push_back(stored.record);
  return records;
}

}  // namespace

absl::StatusOr<SalvagedStore> SalvageStore(FileSystem* files,
                                           const StoreFiles& names) {
  auto newest = ReadManifest(files, names.Manifest());
  if (!newest.ok()) return newest.status();
  SalvagedStore salvaged;
  StoreContents& contents = salvaged.contents;
  contents = *std::move(newest);
  Manifest& manifest = contents.manifest;
  for (const ManifestPack& record : manifest.packs) {
    auto pack = OpenPack(files, names, record);
    if (!pack.ok()) {
      const auto crls = std::ranges::count(manifest.segments, record.id,
                                           &ManifestSegment::pack);
      pack = Annotate(pack.status(),
                      Concat({std::to_string(crls), " CRLs in one pack"}));
    }
    const absl::Status status =
        KeepOrLose(std::move(pack), names.PackPath(record.id), &contents.packs,
                   &salvaged.lost);
    if (!status.ok()) return status;
  }
  for (const ManifestSegment& record : manifest.segments) {
    const bool is_packed = record.pack != 0;
    if (is_packed && FindPack(contents.packs, record.pack) == nullptr) continue;
    auto crl = OpenCrl(files, names, record, contents.packs);
    if (crl.ok()) {
      const absl::Status whole =
          crl->segment->CompareChecksums(NameOf(names, record));
      if (!whole.ok()) crl = whole;
    }
    const absl::Status status = KeepOrLose(
        std::move(crl),
        is_packed ? names.PackPath(record.pack) : names.SegmentPath(record.id),
        &contents.crls, &salvaged.lost);
    if (!status.ok()) return status;
  }
  for (const ManifestRouter& record : manifest.routers) {
    const std::string path = names.RouterPath(record.id);
    auto router = OpenRouter(files, names, record, contents.crls);
    if (router.ok()) {
      const absl::Status whole = router->file->CheckContents(path);
      if (!whole.ok()) router = whole;
    }
    const absl::Status status =
        KeepOrLose(std::move(router), path, &contents.routers, &salvaged.lost);
    if (!status.ok()) return status;
  }
  manifest.packs = RecordsOf<ManifestPack>(contents.packs);
  manifest.segments = RecordsOf<ManifestSegment>(contents.crls);
  manifest.routers = RecordsOf<ManifestRouter>(contents.routers);
  return salvaged;
}

}  // namespace revstat
