// A segment whose header's checksums, and those of its sets' heads, are made
// right first: an error, or a CRL.
#include <cstring>

#include "engine/base/checksum.h"
#include "engine/base/huge_memory.h"
#include "engine/index/find_batch.h"
#include "engine/snapshot/crl_source.h"
#include "engine/store/segment_header.h"
#include "tests/fuzz/target.h"

using namespace revstat;

// The heads of the sets that a directory of these octets names.
void SealSets(uint8_t* octets, size_t size, const SegmentHeader& header) {
  uint64_t at = header.directory_offset;
  for (uint32_t i = 0; i < header.set_count; ++i) {
    SegmentDirectoryEntry entry;
    if (at > size || sizeof(entry) > size - at) return;
    std::memcpy(&entry, octets + at, sizeof(entry));
    at += sizeof(entry) + (uint64_t{entry.name_bytes} + 7) / 8 * 8;
    SerialSetHeader set;
    if (entry.offset > size || sizeof(set) > size - entry.offset) continue;
    std::memcpy(&set, octets + entry.offset, sizeof(set));
    set.checksum = ChecksumOf(set);
    std::memcpy(octets + entry.offset, &set, sizeof(set));
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SegmentHeader header;
  if (size < sizeof(header)) return 0;
  const auto copy = std::make_shared<HugeMemory>(size);
  uint8_t* const octets = copy->data();
  std::memcpy(octets, data, size);
  std::memcpy(&header, octets, sizeof(header));
  SealSets(octets, size, header);
  const uint64_t at = header.directory_offset;
  if (at <= size && header.directory_bytes <= size - at)
    header.directory_checksum = Checksum({octets + at, header.directory_bytes});
  std::memcpy(octets, &header, sizeof(header));
  header.header_checksum =
      Checksum({octets, offsetof(SegmentHeader, header_checksum)});
  std::memcpy(octets, &header, sizeof(header));
  const auto segment =
      Segment::Open(Buffer::Share(copy, {octets, size}), "fuzz");
  if (!segment.ok()) return 0;
  (*segment)->CheckContents("fuzz").IgnoreError();
  const auto source = CrlSource::FromSegment(*segment);
  if (!source.ok()) return 0;
  const SerialNumber serial = *SerialNumber::FromText("0123");
  ListedSerial found;
  for (const CrlSource::IssuerSet& entries : (*source)->issuer_sets()) {
    entries.set.Find(serial);
    FindListed(entries.set, {&serial, sizeof(serial)}, 1, &found);
    FindOne(entries.set, serial);
    uint32_t maybe = 0;
    if (entries.filter.has_value())
      entries.filter->Select({&serial, sizeof(serial)}, 1, &maybe);
  }
  return 0;
}
