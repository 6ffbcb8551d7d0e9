// The first octets of a segment as a C++ structure; see FORMAT.md.
#ifndef REVSTAT_ENGINE_STORE_SEGMENT_HEADER_H_
#define REVSTAT_ENGINE_STORE_SEGMENT_HEADER_H_

#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/verify/digest.h"

namespace revstat {

static_assert(std::endian::native == std::endian::little,
              "the store's files are little-endian and mapped as they are");

struct SegmentHeader {
  static constexpr uint64_t kMagic = 0x31746d6765535352;  // "RSSegmt1"
  static constexpr uint32_t kVersion = 2;
  static constexpr uint32_t kHasTimes = 1;
  static constexpr uint32_t kHasUnsupportedEntry = 2;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t set_count = 0;
  uint64_t file_bytes = 0;
  uint64_t der_bytes = 0;
  uint64_t directory_offset = 0;
  uint64_t directory_bytes = 0;
  uint64_t index_offset = 0;
  uint64_t index_bytes = 0;
  uint64_t der_checksum = 0;
  uint64_t directory_checksum = 0;
  uint64_t index_checksum = 0;
  Sha256Digest sha256 = {};
  Sha256Digest signer_sha256 = {};
  uint64_t entries = 0;
  uint64_t duplicates = 0;
  uint64_t by_reason[11] = {};
  uint64_t without_reason = 0;
  int64_t oldest_revocation = 0;
  int64_t newest_revocation = 0;
  uint32_t flags = 0;
  uint32_t unsupported_entry = 0;
  uint64_t header_checksum = 0;  // of all octets before this one
};
static_assert(sizeof(SegmentHeader) == 296);
static_assert(offsetof(SegmentHeader, header_checksum) == 288);

// One for each set; its name, padded to 8 octets, stands behind it.
struct SegmentDirectoryEntry {
  uint64_t offset = 0;  // of the set, from the start of the file
  uint64_t bytes = 0;
  uint32_t name_bytes = 0;
  uint32_t reserved = 0;
};
static_assert(sizeof(SegmentDirectoryEntry) == 24);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_SEGMENT_HEADER_H_
