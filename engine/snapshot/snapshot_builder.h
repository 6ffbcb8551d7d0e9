// Puts issuers and CRLs together into a Snapshot.
#ifndef REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_BUILDER_H_
#define REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_BUILDER_H_

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {

// Not thread-safe. The order in which CRLs are added never changes an answer.
class SnapshotBuilder {
 public:
  SnapshotBuilder() : snapshot_(new Snapshot) {}

  // Adds a certificate whose authority to issue certificates and CRLs the
  // caller vouches for. The buffer holds that one certificate in DER. Adding
  // another certificate of the same name and key gives the same id.
  absl::StatusOr<IssuerId> AddIssuer(std::shared_ptr<const Buffer> certificate);

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

  std::unique_ptr<const Snapshot> Build() &&;

 private:
  struct Held {
    std::shared_ptr<const CrlSource> source;
    IssuerId issuer;
    bool superseded;  // by another of the same scope
  };

  void NoteRefusal(Bytes crl_der, const absl::Status& refusal);

  std::unique_ptr<Snapshot> snapshot_;
  std::unordered_map<std::string, IssuerId> by_name_and_key_;
  std::unordered_map<std::string, Cause>
      refused_;  // by CRL issuer's CanonicalName
  std::vector<Held> held_;
  std::unordered_map<std::string, std::vector<size_t>> by_scope_;  // to held_
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_SNAPSHOT_BUILDER_H_
