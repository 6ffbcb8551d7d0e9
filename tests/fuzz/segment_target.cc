// A segment's header and directory, whose checksums are made right first: an
// error, or parts inside the file that a CRL source can be made of and asked.
#include <cstdlib>
#include <cstring>

#include "engine/snapshot/crl_source.h"
#include "engine/store/segment_header.h"
#include "engine/store/store_files.h"
#include "tests/fuzz/target.h"

using namespace revstat;

struct Octets : Mapping {
  Octets(uint8_t* data, size_t size) : Mapping(data, size) {}
  ~Octets() override { std::free(data()); }
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto* copy = static_cast<uint8_t*>(std::aligned_alloc(64, (size | 63) + 1));
  std::memcpy(copy, data, size);
  SegmentHeader header;
  if (size >= sizeof(header)) {
    std::memcpy(&header, copy, sizeof(header));
    if (header.directory_offset <= size &&
        header.directory_bytes <= size - header.directory_offset)
      header.directory_checksum =
          Checksum({copy + header.directory_offset, header.directory_bytes});
    std::memcpy(copy, &header, sizeof(header));
    header.header_checksum =
        Checksum({copy, offsetof(SegmentHeader, header_checksum)});
    std::memcpy(copy, &header, sizeof(header));
  }
  const auto segment =
      Segment::Open(std::make_shared<Octets>(copy, size), "fuzz");
  if (!segment.ok()) return 0;
  (void)(*segment)->CheckContents("fuzz");
  const auto source = CrlSource::FromSegment(*segment);
  if (!source.ok()) return 0;
  for (const CrlSource::IssuerSet& entries : (*source)->issuer_sets())
    entries.set.Find(*SerialNumber::FromText("0123"));
  return 0;
}
