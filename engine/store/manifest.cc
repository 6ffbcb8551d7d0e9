#include "engine/store/manifest.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/checksum.h"
#include "engine/store/segment_header.h"
#include "engine/store/store_files.h"

namespace revstat {
namespace {

struct ManifestHeader {
  static constexpr uint64_t kMagic = 0x3166696e614d5352;  // "RSManif1"
  static constexpr uint32_t kVersion = 3;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t certificate_count = 0;
  uint32_t segment_count = 0;
  uint32_t router_count = 0;
  uint32_t pack_count = 0;
  uint32_t reserved = 0;
  uint64_t generation = 0;
  uint64_t next_segment = 0;
  int64_t written_at = 0;
  uint64_t body_bytes = 0;
  uint64_t body_checksum = 0;
  uint64_t header_checksum = 0;  // of all octets before this one
};
static_assert(sizeof(ManifestHeader) == 80);

// The DER, padded to 8 octets, and the paths stand behind it.
struct CertificateRecord {
  uint32_t der_bytes = 0;
  uint16_t trust = 0;
  uint16_t path_count = 0;
};
static_assert(sizeof(CertificateRecord) == 8);

struct PathRecord {
  uint32_t anchor = 0;
  uint16_t anchor_kind = 0;
  uint16_t weak_digest = 0;
  int64_t not_before = 0;
  int64_t not_after = 0;
};
static_assert(sizeof(PathRecord) == 24);

struct SegmentRecord {
  uint64_t id = 0;
  uint64_t file_bytes = 0;
  uint64_t header_checksum = 0;
  int64_t taken_at = 0;
  uint64_t pack = 0;
  uint64_t offset = 0;
};
static_assert(sizeof(SegmentRecord) == 48);

struct PackRecord {
  uint64_t id = 0;
  uint64_t file_bytes = 0;
  uint64_t header_checksum = 0;
};
static_assert(sizeof(PackRecord) == 24);

struct RouterRecord {
  uint64_t id = 0;
  uint64_t file_bytes = 0;
  uint64_t header_checksum = 0;
};
static_assert(sizeof(RouterRecord) == 24);

constexpr size_t kAlignment = 8;

class Writer {
 public:
  template <class Record>
  void Put(const Record& record) {
    PutOctets({reinterpret_cast<const uint8_t*>(&record), sizeof(record)});
  }
  void PutOctets(Bytes octets) {
    octets_.insert(octets_.end(), octets.begin(), octets.end());
    octets_.resize((octets_.size() + kAlignment - 1) / kAlignment * kAlignment);
  }
  std::vector<uint8_t>& octets() { return octets_; }

 private:
  std::vector<uint8_t> octets_;
};

// Reads forward; after the first failure everything is empty.
class Reader {
 public:
  Reader(Bytes octets, std::string_view name) : octets_(octets), name_(name) {}

  template <class Record>
  Record Get(const char* field) {
    Record record;
    const Bytes octets = GetOctets(sizeof(record), field);
    if (ok()) std::memcpy(&record, octets.data(), sizeof(record));
    return record;
  }
  Bytes GetOctets(size_t size, const char* field) {
    const size_t padded = (size + kAlignment - 1) / kAlignment * kAlignment;
    if (ok() && padded > octets_.size() - at_) Fail(field);
    if (!ok()) return {};
    const Bytes octets = octets_.subspan(at_, size);
    at_ += padded;
    return octets;
  }
  void Require(bool holds, const char* field) {
    if (ok() && !holds) Fail(field);
  }
  void Fail(const char* field) { status_ = DamagedAt(name_, at_, field); }
  bool ok() const { return status_.ok(); }
  bool AtEnd() const { return at_ == octets_.size(); }
  const absl::Status& status() const { return status_; }

 private:
  const Bytes octets_;
  const std::string_view name_;
  size_t at_ = 0;
  absl::Status status_;
};

void PutCertificate(const ManifestCertificate& certificate, Writer* writer) {
  const Bytes der = certificate.der->bytes();
  writer->Put(
      CertificateRecord{static_cast<uint32_t>(der.size()),
                        static_cast<uint16_t>(certificate.trust),
                        static_cast<uint16_t>(certificate.paths.size())});
  writer->PutOctets(der);
  for (const ManifestPath& path : certificate.paths) {
    writer->Put(PathRecord{path.anchor, static_cast<uint16_t>(path.anchor_kind),
                           static_cast<uint16_t>(path.weak_digest),
                           ToUnix(path.not_before), ToUnix(path.not_after)});
  }
}

ManifestCertificate GetCertificate(Reader* reader,
                                   const std::shared_ptr<const Buffer>& file,
                                   size_t certificate_count) {
  ManifestCertificate certificate;
  const auto record = reader->Get<CertificateRecord>("certificate");
  reader->Require(record.der_bytes > 0, "der_bytes");
  reader->Require(record.trust <= 1, "trust");
  certificate.trust = static_cast<ManifestCertificate::Trust>(record.trust & 1);
  certificate.der =
      Buffer::Share(file, reader->GetOctets(record.der_bytes, "der_bytes"));
  for (uint16_t i = 0; i < record.path_count && reader->ok(); ++i) {
    const auto path = reader->Get<PathRecord>("path");
    reader->Require(path.anchor < certificate_count, "path anchor");
    reader->Require(path.anchor_kind <= 1, "path anchor_kind");
    reader->Require(path.weak_digest <= 1, "path weak_digest");
    certificate.paths.push_back(
        {path.anchor, static_cast<AnchorKind>(path.anchor_kind & 1),
         static_cast<WeakDigest>(path.weak_digest & 1),
         FromUnix(path.not_before), FromUnix(path.not_after)});
  }
  return certificate;
}

// Numbers grow from record to record, and are below all that come.
template <class Kept>
void RequireId(Reader* reader, uint64_t id, const ManifestHeader& header,
               const std::vector<Kept>& before, const char* field) {
  reader->Require(
      id < header.next_segment && (before.empty() || before.back().id < id),
      field);
}

// Whether a segment has a file of its own, or lies in one of `packs`.
bool IsSomewhere(const SegmentRecord& segment,
                 const std::vector<ManifestPack>& packs) {
  if (segment.pack == 0) return segment.offset == 0;
  const auto pack =
      std::ranges::lower_bound(packs, segment.pack, {}, &ManifestPack::id);
  return pack != packs.end() && pack->id == segment.pack &&
         segment.offset % kPackAlignment == 0 &&
         segment.offset <= pack->file_bytes &&
         segment.file_bytes <= pack->file_bytes - segment.offset;
}

void GetPacks(Reader* reader, const ManifestHeader& header,
              Manifest* manifest) {
  for (uint32_t i = 0; i < header.pack_count && reader->ok(); ++i) {
    const auto record = reader->Get<PackRecord>("pack");
    reader->Require(record.id > 0, "pack id");
    RequireId(reader, record.id, header, manifest->packs, "pack id");
    manifest->packs.push_back(
        {record.id, record.file_bytes, record.header_checksum});
  }
}

void GetSegments(Reader* reader, const ManifestHeader& header,
                 Manifest* manifest) {
  for (uint32_t i = 0; i < header.segment_count && reader->ok(); ++i) {
    const auto record = reader->Get<SegmentRecord>("segment");
    RequireId(reader, record.id, header, manifest->segments, "segment id");
    reader->Require(IsSomewhere(record, manifest->packs), "segment pack");
    manifest->segments.push_back(
        {record.id, record.file_bytes, record.header_checksum,
         FromUnix(record.taken_at), record.pack, record.offset});
  }
}

void GetRouters(Reader* reader, const ManifestHeader& header,
                Manifest* manifest) {
  for (uint32_t i = 0; i < header.router_count && reader->ok(); ++i) {
    const auto record = reader->Get<RouterRecord>("router");
    RequireId(reader, record.id, header, manifest->routers, "router id");
    manifest->routers.push_back(
        {record.id, record.file_bytes, record.header_checksum});
  }
}

absl::Status CheckHeader(const ManifestHeader& header, Bytes file,
                         std::string_view name) {
  if (header.magic != ManifestHeader::kMagic)
    return DamagedAt(name, 0, "magic");
  if (header.version != ManifestHeader::kVersion) {
    return MakeError(ErrorCode::kStoreVersion,
                     Concat({name, ": version ", std::to_string(header.version),
                             ", not ", std::to_string(header.kVersion)}));
  }
  const size_t checked = offsetof(ManifestHeader, header_checksum);
  if (header.header_checksum != Checksum(file.first(checked)))
    return DamagedAt(name, checked, "header_checksum");
  if (header.body_bytes != file.size() - sizeof(header)) {
    return DamagedAt(name, offsetof(ManifestHeader, body_bytes), "body_bytes");
  }
  if (header.body_checksum != Checksum(file.subspan(sizeof(header)))) {
    return DamagedAt(name, offsetof(ManifestHeader, body_checksum),
                     "body_checksum");
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<uint8_t> EncodeManifest(const Manifest& manifest) {
  ManifestHeader header;
  header.certificate_count =
      static_cast<uint32_t>(manifest.certificates.size());
  header.segment_count = static_cast<uint32_t>(manifest.segments.size());
  header.router_count = static_cast<uint32_t>(manifest.routers.size());
  header.pack_count = static_cast<uint32_t>(manifest.packs.size());
  header.generation = manifest.generation;
  header.next_segment = manifest.next_segment;
  header.written_at = ToUnix(manifest.written_at);
  Writer writer;
  writer.Put(header);
  for (const ManifestCertificate& certificate : manifest.certificates)
    PutCertificate(certificate, &writer);
  for (const ManifestPack& pack : manifest.packs)
    writer.Put(PackRecord{pack.id, pack.file_bytes, pack.header_checksum});
  for (const ManifestSegment& segment : manifest.segments) {
    writer.Put(SegmentRecord{segment.id, segment.file_bytes,
                             segment.header_checksum, ToUnix(segment.taken_at),
                             segment.pack, segment.offset});
  }
  for (const ManifestRouter& router : manifest.routers) {
    writer.Put(
        RouterRecord{router.id, router.file_bytes, router.header_checksum});
  }
  std::vector<uint8_t> octets = std::move(writer.octets());
  const Bytes body = Bytes(octets).subspan(sizeof(header));
  header.body_bytes = body.size();
  header.body_checksum = Checksum(body);
  std::memcpy(octets.data(), &header, sizeof(header));
  header.header_checksum =
      Checksum(Bytes(octets).first(offsetof(ManifestHeader, header_checksum)));
  std::memcpy(octets.data(), &header, sizeof(header));
  return octets;
}

absl::StatusOr<Manifest> DecodeManifest(std::shared_ptr<const Buffer> file,
                                        std::string_view name) {
  const Bytes octets = file->bytes();
  Reader reader(octets, name);
  const auto header = reader.Get<ManifestHeader>("header");
  if (!reader.ok()) return reader.status();
  const absl::Status checked = CheckHeader(header, octets, name);
  if (!checked.ok()) return checked;
  Manifest manifest;
  manifest.generation = header.generation;
  manifest.next_segment = header.next_segment;
  manifest.written_at = FromUnix(header.written_at);
  for (uint32_t i = 0; i < header.certificate_count && reader.ok(); ++i) {
    manifest.certificates.push_back(
        GetCertificate(&reader, file, header.certificate_count));
  }
  GetPacks(&reader, header, &manifest);
  GetSegments(&reader, header, &manifest);
  GetRouters(&reader, header, &manifest);
  reader.Require(reader.AtEnd(), "the end");
  if (!reader.ok()) return reader.status();
  return manifest;
}

}  // namespace revstat
