#include "engine/store/router_file.h"

#include <cstddef>
#include <cstring>
#include <utility>

#include "engine/base/checksum.h"
#include "engine/base/error.h"
#include "engine/store/store_files.h"

namespace revstat {
namespace {

struct RouterHeader {
  static constexpr uint64_t kMagic = 0x3172747552535352;  // "RSSRutr1"
  static constexpr uint32_t kVersion = 2;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t part_count = 0;
  uint64_t file_bytes = 0;
  uint64_t table_offset = 0;
  uint64_t table_bytes = 0;
  uint64_t parts_checksum = 0;
  uint64_t table_checksum = 0;
  uint64_t header_checksum = 0;  // of all octets before this one
};
static_assert(sizeof(RouterHeader) == 64);

// A page: what a lookup reads then lies in as few as can be.
constexpr uint64_t kTableAlignment = 4096;

uint64_t TableOffset(uint64_t parts) {
  const uint64_t end = sizeof(RouterHeader) + parts * sizeof(uint64_t);
  return (end + kTableAlignment - 1) / kTableAlignment * kTableAlignment;
}

Bytes OctetsOf(std::span<const uint64_t> segments) {
  return {reinterpret_cast<const uint8_t*>(segments.data()),
          segments.size_bytes()};
}

absl::Status CheckHeader(const RouterHeader& header, Bytes file,
                         std::string_view name) {
  if (header.magic != RouterHeader::kMagic) return DamagedAt(name, 0, "magic");
  if (header.version != RouterHeader::kVersion) {
    return MakeError(ErrorCode::kStoreVersion,
                     Concat({name, ": version ", std::to_string(header.version),
                             ", not ", std::to_string(header.kVersion)}));
  }
  const size_t checked = offsetof(RouterHeader, header_checksum);
  if (header.header_checksum != Checksum(file.first(checked)))
    return DamagedAt(name, checked, "header_checksum");
  if (header.file_bytes != file.size())
    return DamagedAt(name, offsetof(RouterHeader, file_bytes), "file_bytes");
  if (header.table_offset != TableOffset(header.part_count) ||
      header.table_offset > file.size() ||
      header.table_bytes != file.size() - header.table_offset) {
    return DamagedAt(name, offsetof(RouterHeader, table_offset),
                     "table_offset");
  }
  const Bytes parts =
      file.subspan(sizeof(RouterHeader), header.part_count * sizeof(uint64_t));
  if (header.parts_checksum != Checksum(parts)) {
    return DamagedAt(name, offsetof(RouterHeader, parts_checksum),
                     "parts_checksum");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const RouterFile>> RouterFile::Open(
    std::shared_ptr<const Mapping> file, std::string_view name) {
  const Bytes octets = file->bytes();
  RouterHeader header;
  if (octets.size() < sizeof(header))
    return DamagedAt(name, octets.size(), "the file ends in its header");
  std::memcpy(&header, octets.data(), sizeof(header));
  const absl::Status checked = CheckHeader(header, octets, name);
  if (!checked.ok()) return checked;
  std::shared_ptr<RouterFile> opened(new RouterFile);
  opened->segments_.resize(header.part_count);
  std::memcpy(opened->segments_.data(), octets.data() + sizeof(header),
              header.part_count * sizeof(uint64_t));
  opened->file_bytes_ = header.file_bytes;
  opened->table_offset_ = header.table_offset;
  opened->table_checksum_ = header.table_checksum;
  opened->header_checksum_ = header.header_checksum;
  auto router = SerialRouter::Open(
      std::move(file), octets.subspan(header.table_offset, header.table_bytes));
  if (!router.ok())
    return DamagedAt(name, header.table_offset, MessageOf(router.status()));
  opened->router_ = *std::move(router);
  return opened;
}

absl::Status RouterFile::CheckContents(std::string_view name) const {
  if (Checksum(router_->table()) != table_checksum_)
    return DamagedAt(name, table_offset_, "table_checksum");
  return absl::OkStatus();
}

absl::Status WriteRouter(StagedFile* staged, const SerialRouter& router,
                         std::span<const uint64_t> segments) {
  RouterHeader header;
  header.part_count = static_cast<uint32_t>(segments.size());
  header.table_offset = TableOffset(segments.size());
  header.table_bytes = router.table().size();
  header.file_bytes = header.table_offset + header.table_bytes;
  header.parts_checksum = Checksum(OctetsOf(segments));
  header.table_checksum = Checksum(router.table());
  const auto* first = reinterpret_cast<const uint8_t*>(&header);
  header.header_checksum =
      Checksum({first, offsetof(RouterHeader, header_checksum)});
  absl::Status status = staged->WriteAt(0, {first, sizeof(header)});
  if (status.ok()) status = staged->WriteAt(sizeof(header), OctetsOf(segments));
  if (status.ok())
    status = staged->WriteAt(header.table_offset, router.table());
  return status.ok() ? staged->Sync() : status;
}

}  // namespace revstat
