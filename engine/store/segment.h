// One CRL on disk: its DER as it came, and its index (FORMAT.md). The CRL was
// verified before it was written; reading it again parses no entry and checks
// no signature.
#ifndef REVSTAT_ENGINE_STORE_SEGMENT_H_
#define REVSTAT_ENGINE_STORE_SEGMENT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/base/bytes.h"
#include "engine/base/huge_page.h"
#include "engine/base/parallel.h"
#include "engine/index/crl_index.h"
#include "engine/store/staged_file.h"
#include "engine/verify/digest.h"

namespace revstat {

// Holds the octets, of a file of its own or a part of a pack's, that everything
// it returns borrows from. Thread-safety: immutable.
class Segment {
 public:
  // The entries of one certificate issuer, of whom the CRL's own is first.
  struct Set {
    std::string_view certificate_issuer;  // CanonicalName
    Bytes index;                          // bytes of a SerialSet
  };

  // Checks the header and the directory, and that all parts lie inside of
  // `file`. `name` is for errors. Cost: independent of the number of entries.
  // kStoreDamaged with octet and field; kStoreVersion.
  static absl::StatusOr<std::shared_ptr<const Segment>> Open(
      std::shared_ptr<const Buffer> file, std::string_view name);

  Bytes der() const { return der_; }
  const Sha256Digest& sha256() const { return sha256_; }
  // Of the certificate whose key the signature was verified with.
  const Sha256Digest& signer_sha256() const { return signer_sha256_; }
  const CrlStatistics& statistics() const { return statistics_; }
  std::span<const Set> sets() const { return sets_; }
  // All of them.
  Bytes octets() const { return file_->bytes(); }
  uint64_t file_bytes() const { return file_->bytes().size(); }
  uint64_t index_bytes() const { return index_.size(); }
  // Covers, through the other checksums, every octet: names these contents.
  uint64_t header_checksum() const { return header_checksum_; }

  // Reads all octets and compares the checksums: some 10 GB a second from the
  // page cache.
  absl::Status CompareChecksums(std::string_view name) const;
  // The same, and the CRL's SHA-256.
  absl::Status CheckContents(std::string_view name) const;

 private:
  Segment() = default;
  absl::Status ReadHeader(std::string_view name);
  absl::Status ReadDirectory(std::string_view name);

  std::shared_ptr<const Buffer> file_;
  Bytes der_;
  Bytes directory_;
  Bytes index_;  // all sets
  Sha256Digest sha256_ = {};
  Sha256Digest signer_sha256_ = {};
  CrlStatistics statistics_;
  std::vector<Set> sets_;
  uint64_t header_checksum_ = 0;
};

// What a segment holds beside the DER.
struct SegmentParts {
  Sha256Digest signer_sha256 = {};
  CrlStatistics statistics;
  std::vector<Segment::Set> sets;
};

// Segments whose files would be smaller are put together into packs
// (pack_plan.h); from this size on most of a file is on huge pages without one.
inline constexpr uint64_t kSmallSegment = 2 * kHugePage;

// Puts the index behind the CRL that `staged` holds and, last, the header. When
// it returns, the file survives a power cut, but for that of a small segment,
// which may be packed and gone before the disk has seen it: the caller syncs
// that. Cost: beside the index's octets a SHA-256 of the CRL, which with kTwo a
// large one is given while the disk works.
absl::Status WriteSegment(StagedFile* staged, const SegmentParts& parts,
                          Threads threads);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_SEGMENT_H_
