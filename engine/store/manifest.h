// What a generation of the store consists of (FORMAT.md).
#ifndef REVSTAT_ENGINE_STORE_MANIFEST_H_
#define REVSTAT_ENGINE_STORE_MANIFEST_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/base/time.h"
#include "engine/store/file_system.h"
#include "engine/verify/path_builder.h"

namespace revstat {

// A path that OpenSSL found and validated when the certificate was taken in.
// Signatures do not age: it is as good at any time inside its window, which is
// what all of its certificates' validities have in common.
struct ManifestPath {
  uint32_t anchor = 0;  // position of its trust anchor in the manifest
  AnchorKind anchor_kind = AnchorKind::kAny;     // what was asked of it
  WeakDigest weak_digest = WeakDigest::kRefuse;  // what was let pass
  Time not_before;
  Time not_after;

  friend bool operator==(const ManifestPath&, const ManifestPath&) = default;
};

struct ManifestCertificate {
  enum class Trust : uint8_t { kVouchedFor, kUntrusted };

  std::shared_ptr<const Buffer> der;
  Trust trust = Trust::kVouchedFor;
  std::vector<ManifestPath> paths;  // of an untrusted one; none: not validated
};

struct ManifestSegment {
  uint64_t id = 0;               // names its file, where it has one
  uint64_t file_bytes = 0;       // these two are the segment's own, so that
  uint64_t header_checksum = 0;  // another in its place is noticed
  Time taken_at;
  uint64_t pack = 0;    // that it is in; 0: it has a file of its own
  uint64_t offset = 0;  // in the pack's file

  friend bool operator==(const ManifestSegment&,
                         const ManifestSegment&) = default;
};

// A file of several segments.
struct ManifestPack {
  uint64_t id = 0;
  uint64_t file_bytes = 0;
  uint64_t header_checksum = 0;

  friend bool operator==(const ManifestPack&, const ManifestPack&) = default;
};
// What the offset of a segment in a pack is a multiple of.
inline constexpr uint64_t kPackAlignment = 64;

// A RouterFile over some of the segments.
struct ManifestRouter {
  uint64_t id = 0;
  uint64_t file_bytes = 0;
  uint64_t header_checksum = 0;

  friend bool operator==(const ManifestRouter&,
                         const ManifestRouter&) = default;
};

// A value.
struct Manifest {
  uint64_t generation = 0;
  uint64_t next_segment = 1;
  Time written_at;
  std::vector<ManifestCertificate> certificates;
  // In the order of their numbers, each of which only one of all has.
  std::vector<ManifestPack> packs;
  std::vector<ManifestSegment> segments;
  std::vector<ManifestRouter> routers;
};

std::vector<uint8_t> EncodeManifest(const Manifest& manifest);

// The certificates borrow from `file`. `name` is for errors: kStoreDamaged with
// octet and field, kStoreVersion. Cost: linear in the certificates' octets.
absl::StatusOr<Manifest> DecodeManifest(std::shared_ptr<const Buffer> file,
                                        std::string_view name);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_MANIFEST_H_
