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
  uint64_t id = 0;               // names its file
  uint64_t file_bytes = 0;       // these two are the segment's own, so that
  uint64_t header_checksum = 0;  // another file in its place is noticed
  Time taken_at;
};

// A RouterFile over some of the segments.
struct ManifestRouter {
  uint64_t id = 0;  // of no segment
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
  // In the order of their numbers.
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
