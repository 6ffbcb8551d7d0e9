#include "engine/store/pack_file.h"

#include <cstddef>
#include <cstring>

#include "engine/base/checksum.h"
#include "engine/base/error.h"

namespace revstat {
namespace {

struct PackHeader {
  static constexpr uint64_t kMagic = 0x31736b6361505352;  // "RSPacks1"
  static constexpr uint32_t kVersion = 1;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t segment_count = 0;
  uint64_t segments_checksum = 0;  // of all their header_checksums
  uint64_t header_checksum = 0;    // of all octets before this one
};
static_assert(sizeof(PackHeader) == 32);
static_assert(sizeof(PackHeader) <= StagedFile::kDerOffset);

uint64_t ChecksumOf(const PackHeader& header) {
  return Checksum({reinterpret_cast<const uint8_t*>(&header),
                   offsetof(PackHeader, header_checksum)});
}

}  // namespace

absl::StatusOr<WrittenPack> WritePack(
    StagedFile* staged,
    std::span<const std::shared_ptr<const Segment>> segments) {
  static constexpr uint8_t kPadding[kPackAlignment] = {};
  WrittenPack written;
  std::vector<uint64_t> checksums;
  for (const auto& segment : segments) {
    const uint64_t end = StagedFile::kDerOffset + staged->der_bytes();
    const uint64_t padding =
        (kPackAlignment - end % kPackAlignment) % kPackAlignment;
    written.offsets.push_back(end + padding);
    checksums.push_back(segment->header_checksum());
    absl::Status status = staged->Append(Bytes(kPadding).first(padding));
    if (status.ok()) status = staged->Append(segment->octets());
    if (!status.ok()) return status;
  }
  PackHeader header;
  header.segment_count = static_cast<uint32_t>(segments.size());
  header.segments_checksum =
      Checksum({reinterpret_cast<const uint8_t*>(checksums.data()),
                checksums.size() * sizeof(uint64_t)});
  header.header_checksum = ChecksumOf(header);
  written.header_checksum = header.header_checksum;
  const absl::Status status = staged->WriteAt(
      0, {reinterpret_cast<const uint8_t*>(&header), sizeof(header)});
  if (!status.ok()) return status;
  return written;
}

absl::Status CheckPack(Bytes file, const ManifestPack& pack,
                       std::string_view name) {
  PackHeader header;
  if (file.size() < sizeof(header))
    return DamagedAt(name, file.size(), "the file ends in its header");
  std::memcpy(&header, file.data(), sizeof(header));
  if (header.magic != PackHeader::kMagic) return DamagedAt(name, 0, "magic");
  if (header.header_checksum != ChecksumOf(header)) {
    return DamagedAt(name, offsetof(PackHeader, header_checksum),
                     "header_checksum");
  }
  if (header.version != PackHeader::kVersion) {
    return MakeError(ErrorCode::kStoreVersion,
                     Concat({name, ": version ", std::to_string(header.version),
                             ", not ", std::to_string(header.kVersion)}));
  }
  if (header.header_checksum != pack.header_checksum ||
      file.size() != pack.file_bytes) {
    return DamagedAt(name, 0, "not the pack that the manifest names");
  }
  return absl::OkStatus();
}

std::string NameOf(const StoreFiles& names, const ManifestSegment& segment) {
  if (segment.pack == 0) return names.SegmentPath(segment.id);
  return Concat({names.PackPath(segment.pack), ", segment ",
                 std::to_string(segment.id), " from octet ",
                 std::to_string(segment.offset), " on"});
}

}  // namespace revstat
