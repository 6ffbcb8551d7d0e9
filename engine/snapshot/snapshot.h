// An immutable view of all that is held: which issuers, which CRLs of each, and
// the answer to "is this serial listed?".
#ifndef REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_H_
#define REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/serial_number.h"
#include "engine/base/time.h"
#include "engine/index/serial_set.h"
#include "engine/snapshot/crl_source.h"
#include "engine/snapshot/verdict.h"

namespace revstat {

// An issuer's place in one snapshot.
using IssuerId = uint32_t;
inline constexpr IssuerId kUnknownIssuer = 0xffffffff;
// Several issuers fit and nothing tells which.
inline constexpr IssuerId kAmbiguousIssuer = 0xfffffffe;

// What is asked about: 32 octets, so that two fill a cache line.
struct LookupKey {
  SerialNumber serial;
  IssuerId issuer = kUnknownIssuer;
  uint32_t reserved = 0;
};
static_assert(sizeof(LookupKey) == 32);

enum class NextUpdatePolicy : uint8_t { kEnforce, kIgnore };

// For what time, and how fresh a source must be to prove that a certificate is
// active. A listing is believed however old its source is.
struct LookupPolicy {
  Time at;
  std::chrono::seconds clock_skew{0};  // allowed on thisUpdate and nextUpdate
  std::optional<std::chrono::seconds> max_age =
      std::nullopt;  // since thisUpdate
  NextUpdatePolicy next_update = NextUpdatePolicy::kEnforce;
};

// A certification authority: one name under one key. Certificates of the same
// name and key (renewals, cross-certificates) are one issuer.
struct Issuer {
  std::string canonical_name;
  std::shared_ptr<const Buffer> certificate;  // the first that was added
  CertificateView view;                       // of `certificate`
  std::vector<Sha256Digest> certificate_sha256;
};

// Where a verdict comes from. Valid as long as the snapshot.
struct Evidence {
  const CrlSource* crl = nullptr;  // null: no source decided
  std::optional<CrlEntry> entry;   // the entry that lists the certificate
};

// Lifetime: owns or shares all it refers to. Thread-safety: immutable; any
// number of readers. Readers that must not keep a snapshot alive by counting
// take it from a SnapshotPublisher.
class Snapshot {
 public:
  // Writes the verdict of keys[i] to verdicts[i], in batches that keep many
  // loads in flight. No allocation, no lock, no failure; one cache line of the
  // index for a serial that is not listed. Knows nothing of the certificates'
  // own validity: see check/.
  void Lookup(const LookupPolicy& policy, std::span<const LookupKey> keys,
              std::span<Verdict> verdicts) const;
  Verdict Lookup(const LookupPolicy& policy, const LookupKey& key) const;

  // The source and the entry behind a verdict that Lookup gave for this key.
  Evidence Explain(const LookupKey& key, const Verdict& verdict) const;

  std::span<const Issuer> issuers() const { return issuers_; }
  // The issuers with this CanonicalName, in the order they were added.
  std::span<const IssuerId> IssuersNamed(
      const std::string& canonical_name) const;
  // The issuer that has a certificate with this digest, or kUnknownIssuer.
  IssuerId IssuerWithCertificate(const Sha256Digest& sha256) const;

  // All CRLs; Verdict::source is a position here.
  std::span<const std::shared_ptr<const CrlSource>> sources() const {
    return sources_;
  }

 private:
  friend class SnapshotBuilder;
  Snapshot() = default;

  // A CRL's entries of one issuer, as lookups need it.
  struct SourceSlot {
    SerialSet set;
    int64_t this_update = 0;
    int64_t next_update = 0;
    Cause absence = Cause::kNone;  // why it never proves absence; or kNone
    bool has_next_update = false;
    uint32_t source = 0;  // position in sources_
  };
  // slots_[first, first + count) are an issuer's.
  struct IssuerSlots {
    uint32_t first = 0;
    uint32_t count = 0;
    Cause without_source = Cause::kNoSource;  // what to say when count is 0
  };

  Verdict Absence(const LookupPolicy& policy, const SourceSlot& slot) const;
  // `absence` is what Absence says of the slot.
  Verdict Listing(const LookupPolicy& policy, const SourceSlot& slot,
                  const Verdict& absence, uint32_t offset) const;
  // Any number of sources, one after the other.
  Verdict LookupInAll(const LookupPolicy& policy, const LookupKey& key) const;
  // Blocks of a batch: keys of one issuer, and of any.
  void LookupOfOne(const LookupPolicy& policy, std::span<const LookupKey> keys,
                   Verdict* verdicts) const;
  void LookupOfMany(const LookupPolicy& policy, std::span<const LookupKey> keys,
                    Verdict* verdicts) const;

  std::vector<Issuer> issuers_;
  std::unordered_map<std::string, std::vector<IssuerId>> by_name_;
  std::unordered_map<std::string, IssuerId> by_sha256_;
  std::vector<IssuerSlots> issuer_slots_;
  std::vector<SourceSlot> slots_;
  std::vector<std::shared_ptr<const CrlSource>> sources_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_H_
