#include "engine/store/segment.h"

#include <cstring>
#include <utility>

#include "engine/base/checksum.h"
#include "engine/store/segment_header.h"
#include "engine/store/store_files.h"

namespace revstat {
namespace {

constexpr uint64_t kSetAlignment = 64;

uint64_t AlignUp(uint64_t offset, uint64_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

// True where [offset, offset + bytes) lies in [from, end).
bool LiesIn(uint64_t offset, uint64_t bytes, uint64_t from, uint64_t end) {
  return offset >= from && offset <= end && bytes <= end - offset;
}

absl::Status BadHeader(std::string_view name, size_t offset,
                       std::string_view field) {
  return DamagedAt(name, offset, field);
}

CrlStatistics StatisticsOf(const SegmentHeader& header) {
  CrlStatistics statistics;
  statistics.entries = header.entries;
  statistics.duplicates = header.duplicates;
  for (size_t i = 0; i < statistics.by_reason.size(); ++i)
    statistics.by_reason[i] = header.by_reason[i];
  statistics.without_reason = header.without_reason;
  if ((header.flags & SegmentHeader::kHasTimes) != 0) {
    statistics.oldest_revocation = FromUnix(header.oldest_revocation);
    statistics.newest_revocation = FromUnix(header.newest_revocation);
  }
  if ((header.flags & SegmentHeader::kHasUnsupportedEntry) != 0)
    statistics.unsupported_entry = header.unsupported_entry;
  return statistics;
}

void PutStatistics(const CrlStatistics& statistics, SegmentHeader* header) {
  header->entries = statistics.entries;
  header->duplicates = statistics.duplicates;
  for (size_t i = 0; i < statistics.by_reason.size(); ++i)
    header->by_reason[i] = statistics.by_reason[i];
  header->without_reason = statistics.without_reason;
  if (statistics.oldest_revocation && statistics.newest_revocation) {
    header->flags |= SegmentHeader::kHasTimes;
    header->oldest_revocation = ToUnix(*statistics.oldest_revocation);
    header->newest_revocation = ToUnix(*statistics.newest_revocation);
  }
  if (statistics.unsupported_entry) {
    header->flags |= SegmentHeader::kHasUnsupportedEntry;
    header->unsupported_entry = *statistics.unsupported_entry;
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Segment>> Segment::Open(
    std::shared_ptr<const Buffer> file, std::string_view name) {
  std::shared_ptr<Segment> segment(new Segment);
  segment->file_ = std::move(file);
  absl::Status status = segment->ReadHeader(name);
  if (status.ok()) status = segment->ReadDirectory(name);
  if (!status.ok()) return status;
  return segment;
}

absl::Status Segment::ReadHeader(std::string_view name) {
  const Bytes file = file_->bytes();
  SegmentHeader header;
  if (file.size() < StagedFile::kDerOffset)
    return BadHeader(name, file.size(), "the file ends in its header");
  std::memcpy(&header, file.data(), sizeof(header));
  if (header.magic != SegmentHeader::kMagic) return BadHeader(name, 0, "magic");
  if (header.version != SegmentHeader::kVersion) {
    return MakeError(ErrorCode::kStoreVersion,
                     Concat({name, ": version ", std::to_string(header.version),
                             ", not ", std::to_string(header.kVersion)}));
  }
  if (header.header_checksum !=
      Checksum(file.first(offsetof(SegmentHeader, header_checksum)))) {
    return BadHeader(name, offsetof(SegmentHeader, header_checksum),
                     "header_checksum");
  }
  if (header.file_bytes != file.size())
    return BadHeader(name, offsetof(SegmentHeader, file_bytes), "file_bytes");
  if (header.der_bytes > CrlView::kMaxBytes ||
      !LiesIn(StagedFile::kDerOffset, header.der_bytes, 0, file.size())) {
    return BadHeader(name, offsetof(SegmentHeader, der_bytes), "der_bytes");
  }
  const uint64_t der_end = StagedFile::kDerOffset + header.der_bytes;
  if (!LiesIn(header.directory_offset, header.directory_bytes, der_end,
              file.size()) ||
      header.directory_offset % alignof(SegmentDirectoryEntry) != 0) {
    return BadHeader(name, offsetof(SegmentHeader, directory_offset),
                     "directory_offset");
  }
  if (!LiesIn(header.index_offset, header.index_bytes,
              header.directory_offset + header.directory_bytes, file.size())) {
    return BadHeader(name, offsetof(SegmentHeader, index_offset),
                     "index_offset");
  }
  if (header.set_count == 0)
    return BadHeader(name, offsetof(SegmentHeader, set_count), "set_count");
  der_ = file.subspan(StagedFile::kDerOffset, header.der_bytes);
  directory_ = file.subspan(header.directory_offset, header.directory_bytes);
  index_ = file.subspan(header.index_offset, header.index_bytes);
  if (header.directory_checksum != Checksum(directory_)) {
    return BadHeader(name, offsetof(SegmentHeader, directory_checksum),
                     "directory_checksum");
  }
  sha256_ = header.sha256;
  signer_sha256_ = header.signer_sha256;
  statistics_ = StatisticsOf(header);
  header_checksum_ = header.header_checksum;
  sets_.resize(std::min<size_t>(
      header.set_count, directory_.size() / sizeof(SegmentDirectoryEntry)));
  return sets_.size() == header.set_count
             ? absl::OkStatus()
             : BadHeader(name, offsetof(SegmentHeader, set_count), "set_count");
}

absl::Status Segment::ReadDirectory(std::string_view name) {
  const Bytes file = file_->bytes();
  const auto base = static_cast<uint64_t>(directory_.data() - file.data());
  const auto index = static_cast<uint64_t>(index_.data() - file.data());
  uint64_t at = 0;
  for (Set& set : sets_) {
    SegmentDirectoryEntry entry;
    if (!LiesIn(at, sizeof(entry), 0, directory_.size()))
      return DamagedAt(name, base + at, "directory");
    std::memcpy(&entry, directory_.data() + at, sizeof(entry));
    const uint64_t name_at = at + sizeof(entry);
    if (!LiesIn(name_at, entry.name_bytes, 0, directory_.size()))
      return DamagedAt(name, base + at, "directory name_bytes");
    if (!LiesIn(entry.offset, entry.bytes, index, index + index_.size()) ||
        entry.offset % kSetAlignment != 0) {
      return DamagedAt(name, base + at, "directory offset");
    }
    set.certificate_issuer =
        TextOf(directory_.subspan(name_at, entry.name_bytes));
    set.index = file.subspan(entry.offset, entry.bytes);
    at = AlignUp(name_at + entry.name_bytes, alignof(SegmentDirectoryEntry));
  }
  return absl::OkStatus();
}

absl::Status Segment::CompareChecksums(std::string_view name) const {
  const Bytes file = file_->bytes();
  SegmentHeader header;
  std::memcpy(&header, file.data(), sizeof(header));
  if (Checksum(der_) != header.der_checksum)
    return DamagedAt(name, StagedFile::kDerOffset, "der_checksum");
  if (Checksum(index_) != header.index_checksum)
    return DamagedAt(name, header.index_offset, "index_checksum");
  return absl::OkStatus();
}

absl::Status Segment::CheckContents(std::string_view name) const {
  if (Sha256(der_) != sha256_)
    return DamagedAt(name, StagedFile::kDerOffset, "der_checksum");
  return CompareChecksums(name);
}

namespace {

// The directory of the sets, which will stand behind one another from
// `index_offset` on, each aligned.
std::vector<uint8_t> MakeDirectory(std::span<const Segment::Set> sets,
                                   uint64_t index_offset) {
  std::vector<uint8_t> directory;
  const auto append = [&](const void* octets, size_t size) {
    const auto* first = static_cast<const uint8_t*>(octets);
    directory.insert(directory.end(), first, first + size);
  };
  uint64_t offset = index_offset;
  for (const Segment::Set& set : sets) {
    const SegmentDirectoryEntry entry{
        offset, set.index.size(),
        static_cast<uint32_t>(set.certificate_issuer.size()), 0};
    append(&entry, sizeof(entry));
    append(set.certificate_issuer.data(), set.certificate_issuer.size());
    directory.resize(AlignUp(directory.size(), alignof(SegmentDirectoryEntry)));
    offset += AlignUp(set.index.size(), kSetAlignment);
  }
  return directory;
}

}  // namespace

absl::Status WriteSegment(StagedFile* staged, const SegmentParts& parts,
                          Threads threads) {
  SegmentHeader header;
  header.set_count = static_cast<uint32_t>(parts.sets.size());
  header.der_bytes = staged->der_bytes();
  header.directory_offset =
      AlignUp(StagedFile::kDerOffset + header.der_bytes, kSetAlignment);
  header.directory_bytes = MakeDirectory(parts.sets, 0).size();
  header.index_offset =
      AlignUp(header.directory_offset + header.directory_bytes, kSetAlignment);
  const std::vector<uint8_t> directory =
      MakeDirectory(parts.sets, header.index_offset);
  absl::Status status = staged->WriteAt(header.directory_offset, directory);
  if (!status.ok()) return status;
  uint64_t offset = header.index_offset;
  for (const Segment::Set& set : parts.sets) {
    status = staged->WriteAt(offset, set.index);
    if (!status.ok()) return status;
    offset += AlignUp(set.index.size(), kSetAlignment);
  }
  header.index_bytes = offset - header.index_offset;
  header.file_bytes = offset;
  status = staged->Truncate(header.file_bytes);
  if (!status.ok()) return status;
  // What was written is what is hashed: through the file.
  const auto file = staged->Map();
  if (!file.ok()) return file.status();
  const Bytes octets = (*file)->bytes();
  if (octets.size() != header.file_bytes)
    return MakeError(ErrorCode::kNotWritable, "the file's size changed");
  RunBeside(
      threads,
      [&] {
        const Bytes der =
            octets.subspan(StagedFile::kDerOffset, header.der_bytes);
        header.sha256 = Sha256(der);
        header.der_checksum = Checksum(der);
        header.index_checksum =
            Checksum(octets.subspan(header.index_offset, header.index_bytes));
      },
      [&] {
        // The disk is given its work before the header is known.
        if (header.file_bytes >= kSmallSegment) status = staged->Sync();
      });
  if (!status.ok()) return status;
  header.directory_checksum = Checksum(directory);
  header.signer_sha256 = parts.signer_sha256;
  PutStatistics(parts.statistics, &header);
  const auto* first = reinterpret_cast<const uint8_t*>(&header);
  header.header_checksum =
      Checksum({first, offsetof(SegmentHeader, header_checksum)});
  status = staged->WriteAt(0, {first, sizeof(header)});
  const bool is_small = header.file_bytes < kSmallSegment;
  return status.ok() && !is_small ? staged->Sync() : status;
}

}  // namespace revstat
