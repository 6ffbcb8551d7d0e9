// Puts issuers and CRLs together into Snapshots.
#ifndef REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_BUILDER_H_
#define REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_BUILDER_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/snapshot/scope.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {

// Not thread-safe. The order in which issuers and CRLs are added never changes
// an answer, but for the numbers that issuers get.
class SnapshotBuilder {
 public:
  // Adds a certificate whose authority to issue certificates and CRLs the
  // caller vouches for. The buffer holds that one certificate in DER. Adding
  // another certificate of the same name and key gives the same id.
  absl::StatusOr<IssuerId> AddIssuer(std::shared_ptr<const Buffer> certificate);

  // Adds one that path validation has shown to be good below `anchor`, which
  // was added with AddIssuer.
  absl::StatusOr<IssuerId> AddValidatedIssuer(
      std::shared_ptr<const Buffer> certificate, IssuerId anchor);

  // The issuer that was added with this certificate, or kUnknownIssuer.
  IssuerId IssuerWithCertificate(const Sha256Digest& sha256) const;

  // The certificates added so far that may sign CRLs: the candidates for
  // CrlSource::Ingest, and the issuer that each is of.
  struct Candidates {
    std::vector<CertificateView> certificates;
    std::vector<IssuerId> issuers;
  };
  Candidates SigningCandidates() const;

  // Parses, verifies and indexes a CRL against the issuers added so far, and
  // adds it. A refusal is remembered: if no other source covers the CRL's
  // issuer, its certificates are unknown for this cause.
  absl::Status IngestCrl(std::shared_ptr<const Buffer> der,
                         const IngestOptions& options);

  // Adds a CRL that was taken in before, signed by `issuer`. kOlderThanHeld
  // when a newer one of the same issuer and scope was added, which then answers
  // alone; an older one that was added gives way.
  absl::Status AddCrl(std::shared_ptr<const CrlSource> source, IssuerId issuer);

  // A router over sources that are added, by CrlSource::id(): Build uses it
  // instead of reading their serials.
  void AddRouter(RouterPool::Kept kept) { routers_->Add(std::move(kept)); }

  // Remembers a CRL that is held but must not be added, as IngestCrl does.
  void NoteRefusal(const CrlView& crl, ErrorCode why);

  // Two CRLs of one signer, scope and kind that have the same number and other
  // octets (kConflictingCrl). Both are added, and a listing in either stands:
  // to be reported, for the CA has made a mistake or lost its key.
  struct Conflict {
    std::shared_ptr<const CrlSource> held;
    std::shared_ptr<const CrlSource> added;
  };
  const std::vector<Conflict>& conflicts() const { return conflicts_; }

  // Forgets the CRLs that say nothing of `at` or any later time that others,
  // which are kept, do not say: superseded complete CRLs and old deltas. For
  // builders that live long; returns how many. Issuers, refusals and what other
  // snapshots share stay; conflicts() starts anew. A CRL that is added later
  // is compared with what is left: give at most the time that is now.
  size_t DropSuperseded(Time at);

  // The partitioned CRLs that are added are all there are: a serial that none
  // of them lists is active while all of them are current. Without this, a
  // partition that is missing cannot be noticed.
  void DeclareAllPartitionsHeld() { are_all_partitions_held_ = true; }

  struct BuildOptions {
    // The time that the snapshot is for: of CRLs from after it only the
    // listings count where older ones are held. None: the newest serve.
    std::optional<Time> as_of;
    // Gives a cause for a signer whose CRLs are to be left out; else kNone.
    std::function<Cause(IssuerId)> refusal;
  };
  // A snapshot of what was added. Cost: independent of the number of entries,
  // but where a CA has more than a few CRLs: those that are new to this builder
  // are then read again, together, once there are RouterPool::kMostAsked.
  std::unique_ptr<const Snapshot> Build(const BuildOptions& options) const;
  std::unique_ptr<const Snapshot> Build() const {
    return Build(BuildOptions{});
  }

 private:
  struct Held {
    std::shared_ptr<const CrlSource> source;
    IssuerId signer;
    CrlScope scope;
    std::string scope_key;  // scope.Key()
  };

  using Group = std::vector<const Held*>;  // of one signer and scope

  absl::StatusOr<IssuerId> Add(std::shared_ptr<const Buffer> certificate,
                               std::optional<IssuerId> anchor);
  static std::vector<CertificateView> CertificatesOf(const Issuer& issuer);
  void NoteRefusal(Bytes crl_der, const absl::Status& refusal);
  void AddAuthorities(Snapshot* snapshot) const;
  std::vector<Group> GroupsOf(const BuildOptions& options) const;
  void AddGroup(const Group& group, std::optional<Time> as_of,
                Snapshot* snapshot) const;
  void AddChains(const Group& crls, Snapshot* snapshot) const;
  void AddSeries(const Group& chain, Snapshot::Series::Role role,
                 Snapshot* snapshot) const;
  void MarkOutdated(Snapshot* snapshot) const;
  void AddRouting(Snapshot* snapshot) const;
  void MarkLeftOut(const BuildOptions& options, Snapshot* snapshot) const;
  void AddBareCoverage(Snapshot* snapshot) const;

  std::vector<Issuer> issuers_;
  std::vector<std::vector<IssuerId>> anchors_;  // of each issuer's paths
  std::unordered_map<std::string, IssuerId> by_name_and_key_;
  std::unordered_map<std::string, std::vector<IssuerId>> by_name_;
  std::unordered_map<std::string, IssuerId> by_sha256_;
  // By the CRL issuer's CanonicalName and the key identifier in its
  // authorityKeyIdentifier.
  std::map<std::pair<std::string, std::string>, Cause> refused_;
  std::vector<Held> held_;
  std::vector<Conflict> conflicts_;
  std::unordered_map<std::string, std::vector<size_t>> by_scope_;  // to held_
  bool are_all_partitions_held_ = false;
  // Shared with copies; see RouterPool.
  std::shared_ptr<RouterPool> routers_ = std::make_shared<RouterPool>();
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_BUILDER_H_
