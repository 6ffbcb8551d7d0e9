// A CRL taken in: verified, indexed, immutable; what snapshots are made of.
#ifndef REVSTAT_ENGINE_SNAPSHOT_CRL_SOURCE_H_
#define REVSTAT_ENGINE_SNAPSHOT_CRL_SOURCE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/base/parallel.h"
#include "engine/index/crl_index.h"
#include "engine/index/serial_filter.h"
#include "engine/index/serial_set.h"
#include "engine/store/segment.h"
#include "engine/verify/crl_verifier.h"
#include "engine/verify/digest.h"

namespace revstat {

struct IngestOptions {
  SignaturePolicy signature;
  IndexLimits limits;
  // With kTwo, the signature's digest is computed on a second thread while this
  // one parses and indexes.
  Threads threads = Threads::kTwo;
  // Of the index. None: that of the process. Batches over many issuers are
  // fastest where all have one.
  std::optional<HashKey> hash_key = std::nullopt;
};

// Owns the CRL's bytes and its index. Thread-safety: immutable; any number of
// readers. Shared by all snapshots that contain it.
class CrlSource {
 public:
  // The entries of one certificate issuer (several in an indirect CRL).
  struct IssuerSet {
    std::string certificate_issuer;  // CanonicalName
    SerialSet set;
    Bytes index;  // the set's bytes
    // Of a delta, if it is not too large: lookups ask it first.
    std::optional<SerialFilter> filter;
  };

  // Parses, verifies and indexes `der`, which must be one DER CRL. `candidates`
  // are certificates that may have signed it. Cost: one pass of parsing and
  // hashing each, side by side; about 1.2 times the bytes at its peak. Errors:
  // those of CrlView, IndexCrl and VerifyCrl; a malformed CRL is reported as
  // such even when its signature is wrong as well, unless it is indirect;
  // kTooLarge where memory is not to be had.
  static absl::StatusOr<std::shared_ptr<const CrlSource>> Ingest(
      std::shared_ptr<const Buffer> der,
      std::span<const CertificateView> candidates,
      const IngestOptions& options);

  // The same from a segment, which holds what Ingest made: nothing is verified
  // again and no entry is parsed but one of each set, which must be found by
  // the index. Shares the segment. Cost: independent of the number of entries,
  // but for a delta's filter. kStoreDamaged where the parts do not fit each
  // other.
  static absl::StatusOr<std::shared_ptr<const CrlSource>> FromSegment(
      std::shared_ptr<const Segment> segment);

  const CrlView& crl() const { return crl_; }
  // The candidate that signed it; of no meaning from a segment.
  size_t issuer_index() const { return issuer_index_; }
  const SignatureAlgorithm& algorithm() const { return algorithm_; }
  const CrlStatistics& statistics() const { return index_.statistics; }
  // The CRL issuer's own entries first.
  const std::vector<IssuerSet>& issuer_sets() const { return sets_; }
  // The entries of certificates of this issuer (a CanonicalName), or null.
  const SerialSet* SetOf(const std::string& certificate_issuer) const;
  const IssuerSet* IssuerSetOf(const std::string& certificate_issuer) const;
  size_t index_bytes() const;
  // CanonicalName of the CRL's issuer.
  const std::string& canonical_issuer() const {
    return sets_.front().certificate_issuer;
  }

  // Of no other source of this process.
  uint64_t id() const { return id_; }

  // SHA-256 of the whole CRL, computed when first asked for.
  const Sha256Digest& sha256() const;

 private:
  CrlSource();
  static absl::StatusOr<std::shared_ptr<const CrlSource>> IngestOrThrow(
      std::shared_ptr<const Buffer> der,
      std::span<const CertificateView> candidates,
      const IngestOptions& options);
  absl::Status AddSet(std::string certificate_issuer, Bytes index);
  absl::Status CheckSets() const;

  const uint64_t id_;
  std::shared_ptr<const Buffer> der_;
  CrlView crl_;
  size_t issuer_index_ = 0;
  SignatureAlgorithm algorithm_;
  CrlIndex index_;  // from a segment without the sets
  std::vector<IssuerSet> sets_;
  std::unordered_map<std::string_view, const IssuerSet*> set_of_;
  mutable std::once_flag sha256_once_;
  mutable Sha256Digest sha256_ = {};
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_CRL_SOURCE_H_
