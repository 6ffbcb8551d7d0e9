// The certificates of a store as its writer holds them: whose CRLs are taken
// in.
#ifndef REVSTAT_ENGINE_REFRESH_HELD_CERTIFICATES_H_
#define REVSTAT_ENGINE_REFRESH_HELD_CERTIFICATES_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/steady_interval.h"
#include "engine/store/manifest.h"
#include "engine/verify/digest.h"
#include "engine/verify/signature.h"
#include "engine/x509/certificate.h"
#include "engine/x509/crl.h"

namespace revstat {

// Not thread-safe.
class HeldCertificates {
 public:
  using Trust = ManifestCertificate::Trust;
  // Whether the next generation differs by it from the last one.
  enum class Outcome : uint8_t { kUnchanged, kChanged };

  explicit HeldCertificates(std::vector<ManifestCertificate> held = {});

  const std::vector<ManifestCertificate>& list() const { return held_; }

  // One in DER; the buffer is kept. One that is held already changes nothing,
  // but that the operator's word for it counts from then on. Errors: those of
  // CertificateView, and kBadCertificate where OpenSSL cannot read it.
  absl::StatusOr<Outcome> Add(std::shared_ptr<const Buffer> certificate,
                              Trust trust);
  // Those that are not held are no mistake. All paths are gone until the next
  // Validate.
  Outcome Remove(const std::set<Sha256Digest>& gone);

  // The operator's word for all certificates but these is taken back. Paths
  // that ended there go with the next Validate.
  Outcome Demote(const std::set<Sha256Digest>& vouched_for);

  // Builds the untrusted ones' paths anew where time, or what was added or
  // removed, has changed them.
  Outcome Validate(Time at, const SignaturePolicy& policy);

  // Those that may have signed a CRL, as in SnapshotBuilder::SigningCandidates.
  // They borrow.
  std::vector<CertificateView> CandidatesFor(const CrlView& crl, Time at) const;

  // Those that name this issuer (a CanonicalName), whoever signed them. They
  // borrow.
  std::vector<CertificateView> IssuedBy(const std::string& issuer) const;

  // The same for all certificates of one name and key: what they sign replaces
  // one another's.
  std::string SignerKeyOf(const Sha256Digest& sha256) const;
  // A certificate of that key, one that is vouched for if there is one.
  std::optional<Sha256Digest> FindSigner(const std::string& signer_key) const;

 private:
  void Index(size_t position);

  std::vector<ManifestCertificate> held_;
  // Positions, by SHA-256, and by the CanonicalNames of subject and issuer.
  std::unordered_map<std::string, size_t> by_sha256_;
  std::unordered_map<std::string, std::vector<size_t>> by_name_;
  std::unordered_map<std::string, std::vector<size_t>> by_issuer_;
  SteadyInterval paths_steady_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_HELD_CERTIFICATES_H_
