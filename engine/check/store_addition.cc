#include "engine/check/store_addition.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/verify/digest.h"

namespace revstat {
namespace {

// The path that serves under this policy at this time, or null.
const ManifestPath* PathFor(const ManifestCertificate& certificate,
                            const EvidencePolicy& policy,
                            SteadyInterval* steady) {
  const ManifestPath* serving = nullptr;
  for (const ManifestPath& path : certificate.paths) {
    if (path.anchor_kind != policy.anchor_kind ||
        (path.weak_digest == WeakDigest::kAllowSha1 &&
         policy.ingest.signature.weak_digest == WeakDigest::kRefuse)) {
      continue;
    }
    steady->AddValidity(path.not_before, path.not_after);
    const Time at = policy.lookup.at;
    if (serving == nullptr && path.not_before <= at && at <= path.not_after)
      serving = &path;
  }
  return serving;
}

// When what this CRL lets one conclude may change.
void AddBorders(const CrlView& crl, const LookupPolicy& policy,
                SteadyInterval* steady) {
  steady->AddBorder(crl.this_update() - policy.clock_skew);
  if (crl.next_update().has_value()) {
    steady->AddValidity(Time::min(), *crl.next_update() + policy.clock_skew);
  }
  if (policy.max_age.has_value()) {
    steady->AddValidity(
        Time::min(), crl.this_update() + *policy.max_age + policy.clock_skew);
  }
}

// The issuers that stored CRLs are of. A certificate that was replaced by
// another of the same name and key, as CAs do when one runs out, still names
// the signer of what was verified with it.
class Signers {
 public:
  Signers(const StoreContents& contents, const SnapshotBuilder& builder)
      : contents_(contents), builder_(builder) {}

  IssuerId Of(const Sha256Digest& certificate) {
    const IssuerId added = builder_.IssuerWithCertificate(certificate);
    if (added != kUnknownIssuer) return added;
    if (by_certificate_.empty()) ReadAll();
    const auto key = by_certificate_.find(KeyOf(certificate));
    if (key == by_certificate_.end()) return kUnknownIssuer;
    const auto issuer = by_name_and_key_.find(key->second);
    return issuer == by_name_and_key_.end() ? kUnknownIssuer : issuer->second;
  }

 private:
  static std::string KeyOf(const Sha256Digest& digest) {
    return std::string(TextOf(digest));
  }
  void ReadAll() {
    for (const ManifestCertificate& held : contents_.manifest.certificates) {
      const auto view = CertificateView::Parse(held.der->bytes());
      if (!view.ok()) continue;
      const Sha256Digest digest = Sha256(view->der());
      const std::string key =
          CanonicalName(view->subject()) +
          std::string(TextOf(view->subject_public_key_info_tlv()));
      by_certificate_[KeyOf(digest)] = key;
      const IssuerId issuer = builder_.IssuerWithCertificate(digest);
      if (issuer != kUnknownIssuer) by_name_and_key_[key] = issuer;
    }
  }

  const StoreContents& contents_;
  const SnapshotBuilder& builder_;
  std::unordered_map<std::string, std::string> by_certificate_;
  std::unordered_map<std::string, IssuerId> by_name_and_key_;
};

}  // namespace

StoreAddition AddStore(const StoreContents& contents,
                       const EvidencePolicy& policy, SnapshotBuilder* builder) {
  StoreAddition addition;
  addition.steady = SteadyInterval(policy.lookup.at);
  const auto& certificates = contents.manifest.certificates;
  std::vector<IssuerId> ids(certificates.size(), kUnknownIssuer);
  using Trust = ManifestCertificate::Trust;
  for (size_t i = 0; i < certificates.size(); ++i) {
    if (certificates[i].trust != Trust::kVouchedFor) continue;
    const auto id = builder->AddIssuer(certificates[i].der);
    if (id.ok()) ids[i] = *id;
  }
  for (const ManifestCertificate& certificate : certificates) {
    if (certificate.trust == Trust::kVouchedFor) continue;
    const ManifestPath* const path =
        PathFor(certificate, policy, &addition.steady);
    // An anchor that is not vouched for is refused by the builder.
    if (path != nullptr &&
        builder->AddValidatedIssuer(certificate.der, ids[path->anchor]).ok()) {
      addition.has_validated = true;
    }
  }
  Signers signers(contents, *builder);
  for (const StoredCrl& crl : contents.crls) {
    const CrlView& view = crl.source->crl();
    AddBorders(view, policy.lookup, &addition.steady);
    const absl::Status strength =
        CheckStrength(crl.source->algorithm(), policy.ingest.signature);
    const IssuerId signer = signers.Of(crl.segment->signer_sha256());
    if (!strength.ok()) {
      builder->NoteRefusal(view, ErrorCodeOf(strength));
    } else if (signer == kUnknownIssuer) {
      builder->NoteRefusal(view, ErrorCode::kNoIssuer);
    } else {
      // One that a newer one replaces is let serve as far as it does.
      builder->AddCrl(crl.source, signer).IgnoreError();
    }
  }
  for (RouterPool::Kept& router : contents.RoutersBySource())
    builder->AddRouter(std::move(router));
  return addition;
}

}  // namespace revstat
