// Puts issuers and CRLs together into Snapshots.
#ifndef REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_BUILDER_H_
#define REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_BUILDER_H_

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
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

  // The certificates of all issuers added so far, in the order of their ids:
  // the candidates for CrlSource::Ingest.
  std::vector<CertificateView> Candidates() const;

  // Parses, verifies and indexes a CRL against the issuers added so far, and
  // adds it. A refusal is remembered: if no other source covers the CRL's
  // issuer, its certificates are unknown for this cause.
  absl::Status IngestCrl(std::shared_ptr<const Buffer> der,
                         const IngestOptions& options);

  // Adds a CRL that was taken in before, signed by `issuer`. kOlderThanHeld
  // when a newer one of the same issuer and scope was added, which then answers
  // alone; an older one that was added gives way.
  absl::Status AddCrl(std::shared_ptr<const CrlSource> source, IssuerId issuer);

  // The partitioned CRLs that are added are all there are: a serial that none
  // of them lists is active while all of them are current. Without this, a
  // partition that is missing cannot be noticed.
  void DeclareAllPartitionsHeld() { are_all_partitions_held_ = true; }

  // A snapshot of what was added; leaves out the CRLs of signers for which
  // `refusal` gives a cause. Cost: independent of the number of entries.
  using SignerRefusal = std::function<Cause(IssuerId)>;
  std::unique_ptr<const Snapshot> Build(
      const SignerRefusal& refusal = {}) const;

 private:
  struct Held {
    std::shared_ptr<const CrlSource> source;
    IssuerId signer;
    std::string scope_key;
  };

  absl::StatusOr<IssuerId> Add(std::shared_ptr<const Buffer> certificate,
                               uint32_t anchor);
  void NoteRefusal(Bytes crl_der, const absl::Status& refusal);
  void AddAuthorities(Snapshot* snapshot) const;
  void AddChain(const std::vector<const Held*>& group,
                const std::vector<uint32_t>& chain, Snapshot* snapshot) const;
  void AddBareCoverage(Snapshot* snapshot) const;

  std::vector<Issuer> issuers_;
  std::vector<uint32_t> anchors_;  // of each issuer; AuthorityKey::anchor
  std::unordered_map<std::string, IssuerId> by_name_and_key_;
  std::unordered_map<std::string, std::vector<IssuerId>> by_name_;
  std::unordered_map<std::string, IssuerId> by_sha256_;
  // By the CRL issuer's CanonicalName.
  std::unordered_map<std::string, Cause> refused_;
  std::vector<Held> held_;
  std::unordered_map<std::string, std::vector<size_t>> by_scope_;  // to held_
  bool are_all_partitions_held_ = false;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_BUILDER_H_
