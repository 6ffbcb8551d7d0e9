// A segment whose header's checksums are made right first: an error, or a CRL.
#include <cstring>

#include "engine/base/checksum.h"
#include "engine/base/huge_memory.h"
#include "engine/snapshot/crl_source.h"
#include "engine/store/segment_header.h"
#include "tests/fuzz/target.h"

using namespace revstat;

struct Copy : HugeMemory, Mapping {
  explicit Copy(size_t size)
      : HugeMemory(size), Mapping(HugeMemory::data(), size, FileId{}) {}
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SegmentHeader header;
  if (size < sizeof(header)) return 0;
  const auto copy = std::make_shared<Copy>(size);
  auto* octets = copy->Mapping::data();
  std::memcpy(octets, data, size);
  std::memcpy(&header, octets, sizeof(header));
  const uint64_t at = header.directory_offset;
  if (at <= size && header.directory_bytes <= size - at)
    header.directory_checksum = Checksum({octets + at, header.directory_bytes});
  std::memcpy(octets, &header, sizeof(header));
  header.header_checksum =
      Checksum({octets, offsetof(SegmentHeader, header_checksum)});
  std::memcpy(octets, &header, sizeof(header));
  const auto segment = Segment::Open(copy, "fuzz");
  if (!segment.ok()) return 0;
  (*segment)->CheckContents("fuzz").IgnoreError();
  const auto source = CrlSource::FromSegment(*segment);
  if (!source.ok()) return 0;
  const SerialNumber serial = *SerialNumber::FromText("0123");
  for (const CrlSource::IssuerSet& entries : (*source)->issuer_sets()) {
    entries.set.Find(serial);
    uint32_t maybe = 0;
    if (entries.filter.has_value())
      entries.filter->Select({&serial, sizeof(serial)}, 1, &maybe);
  }
  return 0;
}
