// An immutable view of all that is held: which issuers, which CRLs of each, and
// the answer to "is this serial listed?".
#ifndef REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_H_
#define REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/serial_number.h"
#include "engine/index/find_batch.h"
#include "engine/index/serial_set.h"
#include "engine/snapshot/coverage.h"
#include "engine/snapshot/crl_source.h"
#include "engine/snapshot/lookup_policy.h"
#include "engine/snapshot/routing.h"
#include "engine/snapshot/scope.h"
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
  // Snapshot::tag() of the snapshot that the issuer is of: another one does not
  // answer. 0: not checked; then the caller sees to it.
  uint32_t snapshot = 0;
};
static_assert(sizeof(LookupKey) == 32);

// A certification authority's key: one name under one key. Certificates of the
// same name and key (renewals, cross-certificates) are one issuer. The keys
// that an authority has had one after the other are issuers of one authority:
// each may sign the CRLs of them all.
struct Issuer {
  std::string canonical_name;
  CertificateView view;  // of the first certificate that was added
  // All that were added, in their order.
  std::vector<std::shared_ptr<const Buffer>> certificates;
  uint32_t authority = 0;      // the same for the keys of one authority
  bool is_vouched_for = true;  // false: through a validated path
};

// How a keyIdentifier of an authorityKeyIdentifier (4.2.1.1) fits the issuer's
// certificates, which need not all have one subjectKeyIdentifier.
enum class KeyFit {
  kNo,
  kPossible,  // one side has none
  kNamed,
};
KeyFit FitOf(const Issuer& issuer, Bytes key_identifier);

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
  // index for a serial that is not listed, for each CRL and delta that may list
  // it; where an issuer has more than a few, for all of them together (see
  // SerialRouter). Knows nothing of the certificates' own validity: see check/.
  // A bare serial does not say where its status is published: of partitions any
  // may revoke it, and all must be known to be held for it to be active.
  void Lookup(const LookupPolicy& policy, std::span<const LookupKey> keys,
              std::span<Verdict> verdicts) const;
  Verdict Lookup(const LookupPolicy& policy, const LookupKey& key) const;

  // The same for serials of certificates whose coverage is known; unknown, for
  // want of an issuer, with the coverage of another snapshot.
  void Lookup(const LookupPolicy& policy, const Coverage& coverage,
              std::span<const LookupKey> keys,
              std::span<Verdict> verdicts) const;
  Verdict Lookup(const LookupPolicy& policy, const Coverage& coverage,
                 const SerialNumber& serial) const;

  // Which CRLs speak for certificates of this issuer that have this scope.
  // Allocates; callers keep the result.
  Coverage CoverageOf(IssuerId issuer, const CertificateScope& scope) const;
  // What speaks for a bare serial of this issuer, which must be one of ours.
  const Coverage& BareCoverage(IssuerId issuer) const { return bare_[issuer]; }

  // The source and the entry behind a verdict that Lookup gave for this key.
  Evidence Explain(const LookupKey& key, const Verdict& verdict) const;

  // The coverage without the CRLs of signers that `is_believed` denies.
  Coverage Restrict(const Coverage& coverage,
                    const std::function<bool(IssuerId)>& is_believed) const;

  // One that holds nothing and says why: every certificate is unknown, for
  // cause kLeftBehind. See SnapshotPublisher::is_left_behind.
  static std::unique_ptr<const Snapshot> LeftBehind();
  bool is_left_behind() const { return without_issuer_ == Cause::kLeftBehind; }

  // Of no other snapshot of this process.
  uint64_t id() const { return id_; }
  // For LookupKey: of none of the four billion snapshots before and behind.
  uint32_t tag() const { return tag_; }

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
  Snapshot();

  // A CRL's entries of one issuer, as lookups need it.
  struct List {
    SerialSet set;
    const SerialFilter* filter = nullptr;  // of the set; mostly none
    int64_t this_update = 0;
    int64_t next_update = 0;
    // Certificates that expired from then on stay listed; mostly never.
    int64_t keeps_expired_since = std::numeric_limits<int64_t>::max();
    Cause absence = Cause::kNone;  // why it never proves absence; or kNone
    bool has_next_update = false;
    uint32_t source = 0;  // position in sources_
    uint32_t series = 0;  // position in series_
  };
  // lists_[first, first + count) are the newest complete CRL of one scope,
  // last, and before it the deltas that bring it up to date, the newest first:
  // they lie over it, and nothing of it is rebuilt for them.
  struct Series {
    enum class Role : uint8_t {
      kServes,
      kWaits,     // a delta without its base
      kIsLater,   // from after the snapshot's time, beside one that serves
      kIsFlawed,  // a delta that must not be used, beside its base
    };
    // Nothing follows from what the others do not list.
    bool is_listing_only() const { return role != Role::kServes; }
    // Nor from what they list only from a later time on.
    bool lets_active_stand() const {
      return role == Role::kWaits || role == Role::kIsLater;
    }

    uint32_t first = 0;
    uint32_t count = 0;
    uint32_t scope = 0;  // position in scopes_
    IssuerId signer = kUnknownIssuer;
    Role role = Role::kServes;
    // By another key's newer list of this scope: a hold may have been lifted.
    bool is_outdated = false;
  };
  // An indirect CRL's series, one for each certificate issuer that it names.
  struct IndirectGroup {
    std::unordered_map<std::string, uint32_t> named;  // by CanonicalName
    uint32_t unnamed = 0;  // of every other issuer: lists nothing
  };
  struct Authority {
    std::string canonical_name;
    std::vector<uint32_t> anchors;  // the authorities that its paths end at
    bool is_vouched_for = false;    // by the caller, not by a path
    std::vector<uint32_t> series;   // of its own certificates
    // Of those that a Coverage has; none where they are few.
    Routing routing;
    std::vector<IndirectGroup> indirect;  // of others'
  };

  // What lookups of bare serials need of an issuer that has but one list: one
  // cache line, so that a batch over many issuers reads nothing else. Without
  // such a list it stays as it is made.
  struct alignas(64) Direct {
    SerialSetHead head = SerialSet().head();
    Currency currency;
    const List* list = nullptr;  // null: ask the coverage
  };
  static_assert(sizeof(Direct) == 64);

  Verdict AbsenceFrom(const LookupPolicy& policy, const List& list) const;
  Verdict AbsenceFrom(const LookupPolicy& policy, const Series& series) const;
  // What to say of a serial that nothing lists.
  Verdict AbsenceFrom(const LookupPolicy& policy,
                      const Coverage& coverage) const;
  // The same, part by part.
  Verdict AbsenceFromParts(const LookupPolicy& policy,
                           const Coverage& coverage) const;
  Currency CurrencyOf(const Coverage& coverage) const;
  // True where the current parts that `key` signed, of those of its authority,
  // and those of other authorities cover the certificate.
  bool IsCoveredBy(const LookupPolicy& policy, const Coverage& coverage,
                   IssuerId key) const;

  // What the entry at this offset says; of a status that is not known yet at
  // the asked time, unknown.
  Verdict Listing(const LookupPolicy& policy, const List& list,
                  const ListedSerial& found) const;
  // What of a series its listings depend on, beside the list they are in.
  struct SeriesState {
    bool is_current = false;
    bool can_lift = false;  // this list or a newer one is current
  };
  class UsualListing;
  bool ApplyListing(const LookupPolicy& policy, const Series& series,
                    const SeriesState& state, const List& list,
                    const ListedSerial& found, Verdict* verdict) const;
  void ApplyOnlyList(const LookupPolicy& policy, const List& list,
                     const ListedSerial& found, Verdict* verdict) const;
  Verdict LookupDirect(const LookupPolicy& policy, const LookupKey& key) const;
  void ApplySeries(const LookupPolicy& policy, const Series& series,
                   std::span<const LookupKey> keys, Verdict* verdicts) const;
  struct RoutedBlock;
  void ApplyRouted(const LookupPolicy& policy, const Coverage& coverage,
                   std::span<const LookupKey> keys, Verdict* verdicts) const;
  void ApplyFound(const LookupPolicy& policy, const RoutedBlock& block,
                  std::span<const LookupKey> keys, Verdict* verdicts) const;
  bool Route(const Routing& routing, std::span<const LookupKey> keys,
             RoutedBlock* block) const;
  void LookupBlock(const LookupPolicy& policy, const Coverage& coverage,
                   const Verdict& absence, std::span<const LookupKey> keys,
                   Verdict* verdicts) const;
  bool HaveOneIssuer(std::span<const LookupKey> keys) const;
  // A block of keys of several issuers.
  class MixedLookup;
  bool IsForeign(const LookupKey& key) const {
    return (key.snapshot != 0) & (key.snapshot != tag());
  }
  Verdict WithoutIssuer(const LookupKey& key) const;
  // The one list of a coverage that has no more; else null.
  const List* OnlyList(const Coverage& coverage) const;

  void AddIndirect(const Authority& speaker, const CertificateScope& scope,
                   Coverage* coverage) const;
  void AddIndirectListings(const Authority& own, Coverage* coverage) const;
  bool HasListFor(IssuerId key, const CertificateScope& scope,
                  const Coverage& coverage) const;
  void RequireOwnKey(IssuerId issuer, const CertificateScope& scope,
                     Coverage* coverage) const;
  void ExplainGap(const std::vector<uint32_t>& authorities,
                  Coverage* coverage) const;
  void RequireLeftOutKeys(uint32_t authority, Coverage* coverage) const;
  Coverage BareCoverageOf(IssuerId issuer) const;
  HashKey MostUsedKey() const;
  Direct DirectOf(IssuerId issuer) const;
  bool HasCommonAnchor(const Authority& a, const Authority& b) const;
  bool MaySpeakFor(const Authority& speaker, const Authority& authority) const;

  const uint64_t id_;
  const uint32_t tag_;
  Cause without_issuer_ = Cause::kNoIssuer;  // of who is of no issuer here
  std::vector<Issuer> issuers_;
  std::unordered_map<std::string, std::vector<IssuerId>> by_name_;
  std::unordered_map<std::string, IssuerId> by_sha256_;
  std::vector<Authority> authorities_;
  std::unordered_map<std::string, std::vector<uint32_t>> authorities_by_name_;
  std::vector<uint32_t> indirect_speakers_;  // those with indirect CRLs
  std::vector<CrlScope> scopes_;
  std::vector<Series> series_;
  std::vector<List> lists_;
  std::vector<Coverage> bare_;  // of each issuer, for serials without scope
  HashKey hash_key_;            // of the sets that are asked directly
  // Of each issuer, and behind them of none.
  std::vector<Direct> direct_ = std::vector<Direct>(1);
  // Of each issuer: why a CRL that its key signed, or may have, was left out;
  // else kNone.
  std::vector<Cause> left_out_;
  std::vector<std::shared_ptr<const CrlSource>> sources_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_H_
