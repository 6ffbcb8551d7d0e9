// The octets of an OcspCache's file: for ocsp_cache_file.cc and
// ocsp_cache_read.cc alone. See ocsp_cache_file.h.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_CACHE_LAYOUT_H_
#define REVSTAT_ENGINE_CHECK_OCSP_CACHE_LAYOUT_H_

#include <cstdint>

#include "engine/base/checksum.h"
#include "engine/verify/digest.h"

namespace revstat::ocsp_cache_layout {

inline constexpr uint32_t kMaxResponse = uint32_t{1} << 24;
inline constexpr uint64_t kMaxDelegate = uint64_t{1} << 20;
inline constexpr size_t kAlignment = 8;

struct Header {
  static constexpr uint64_t kMagic = 0x3165686361434f52;  // "ROCache1"
  static constexpr uint32_t kVersion = 4;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t issuer_count = 0;
  Sha256Digest context = {};
  uint64_t issuers_checksum = 0;
  uint64_t header_checksum = 0;  // of all octets before this one
};
static_assert(sizeof(Header) == 64);

struct BlockHeader {
  uint64_t size = 0;  // of the delegates and records
  uint32_t count = 0;
  uint32_t delegate_count = 0;
  uint64_t head = 0;             // header_checksum of the file's header
  uint64_t checksum = 0;         // of the delegates and records
  uint64_t header_checksum = 0;  // of all octets before this one
};
static_assert(sizeof(BlockHeader) == 40);

struct Record {
  uint8_t serial[21] = {};
  uint8_t serial_size = 0;
  uint16_t issuer = 0;
  int64_t this_update = 0;
  int64_t until = 0;
  int64_t produced_at = 0;
  int64_t revocation_time = 0;
  Sha256Digest sha256 = {};
  uint32_t response_size = 0;
  uint8_t status = 0;
  uint8_t reason = 0;
  uint8_t end = 0;
  uint8_t marks = 0;
  uint32_t delegate = kNoDelegate;  // by position in the block
  uint32_t reserved = 0;

  static constexpr uint32_t kNoDelegate = 0xffffffff;
  static constexpr uint8_t kSignerUnchecked = 1;
  static constexpr uint8_t kNeverIssued = 2;
  // Of kGood: revocation_time is the archive cutoff.
  static constexpr uint8_t kHasCutoff = 4;
};
static_assert(sizeof(Record) == 104);

template <class Struct>
Bytes OctetsOf(const Struct& value) {
  return {reinterpret_cast<const uint8_t*>(&value), sizeof value};
}

// The checksum that stands in the last eight octets of a header.
template <class Struct>
uint64_t HeaderChecksum(const Struct& header) {
  return Checksum(OctetsOf(header).first(sizeof header - sizeof(uint64_t)));
}

inline size_t Padded(size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace revstat::ocsp_cache_layout

#endif  // REVSTAT_ENGINE_CHECK_OCSP_CACHE_LAYOUT_H_
