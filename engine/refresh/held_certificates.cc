#include "engine/refresh/held_certificates.h"

#include <algorithm>
#include <utility>

#include "engine/refresh/validated_paths.h"
#include "engine/verify/path_builder.h"

namespace revstat {
namespace {

std::string KeyOf(const Sha256Digest& digest) {
  return std::string(TextOf(digest));
}

}  // namespace

HeldCertificates::HeldCertificates(std::vector<ManifestCertificate> held)
    : held_(std::move(held)) {
  for (size_t i = 0; i < held_.size(); ++i) Index(i);
}

void HeldCertificates::Index(size_t position) {
  const Bytes der = held_[position].der->bytes();
  by_sha256_.emplace(KeyOf(Sha256(der)), position);
  const auto view = CertificateView::Parse(der);
  if (!view.ok()) return;
  by_name_[CanonicalName(view->subject())].push_back(position);
  by_issuer_[CanonicalName(view->issuer())].push_back(position);
}

absl::StatusOr<HeldCertificates::Outcome> HeldCertificates::Add(
    std::shared_ptr<const Buffer> certificate, Trust trust) {
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  absl::Status readable = PathBuilder({}).AddUntrusted(certificate->bytes());
  if (!readable.ok()) return readable;
  const auto found = by_sha256_.find(KeyOf(Sha256(certificate->bytes())));
  if (found == by_sha256_.end()) {
    held_.push_back({std::move(certificate), trust, {}});
    Index(held_.size() - 1);
  } else if (trust == Trust::kVouchedFor &&
             held_[found->second].trust == Trust::kUntrusted) {
    held_[found->second].trust = trust;
    held_[found->second].paths.clear();
  } else {
    return Outcome::kUnchanged;
  }
  paths_steady_ = SteadyInterval();
  return Outcome::kChanged;
}

HeldCertificates::Outcome HeldCertificates::Remove(
    const std::set<Sha256Digest>& gone) {
  std::vector<ManifestCertificate> left = held_;
  std::erase_if(left, [&](const ManifestCertificate& certificate) {
    return gone.contains(Sha256(certificate.der->bytes()));
  });
  if (left.size() == held_.size()) return Outcome::kUnchanged;
  // Paths name their anchors by position.
  for (ManifestCertificate& certificate : left) certificate.paths.clear();
  *this = HeldCertificates(std::move(left));
  return Outcome::kChanged;
}

HeldCertificates::Outcome HeldCertificates::Demote(
    const std::set<Sha256Digest>& vouched_for) {
  Outcome outcome = Outcome::kUnchanged;
  for (ManifestCertificate& certificate : held_) {
    if (certificate.trust == Trust::kUntrusted ||
        vouched_for.contains(Sha256(certificate.der->bytes())))
      continue;
    certificate.trust = Trust::kUntrusted;
    outcome = Outcome::kChanged;
  }
  if (outcome == Outcome::kChanged) paths_steady_ = SteadyInterval();
  return outcome;
}

HeldCertificates::Outcome HeldCertificates::Validate(
    Time at, const SignaturePolicy& policy) {
  if (paths_steady_.Contains(at)) return Outcome::kUnchanged;
  // Without an untrusted one there is no path to validate; who adds many and
  // takes in a CRL of each in turns does not wait for all of them each time.
  if (std::ranges::all_of(held_, [](const ManifestCertificate& certificate) {
        return certificate.trust == Trust::kVouchedFor;
      })) {
    return Outcome::kUnchanged;
  }
  std::vector<std::vector<ManifestPath>> before;
  for (const ManifestCertificate& certificate : held_)
    before.push_back(certificate.paths);
  paths_steady_ = ValidatePaths(at, policy, &held_);
  const bool is_same =
      std::equal(held_.begin(), held_.end(), before.begin(),
                 [](const ManifestCertificate& certificate, const auto& paths) {
                   return certificate.paths == paths;
                 });
  return is_same ? Outcome::kUnchanged : Outcome::kChanged;
}

std::vector<CertificateView> HeldCertificates::CandidatesFor(const CrlView& crl,
                                                             Time at) const {
  std::vector<CertificateView> candidates;
  const auto named = by_name_.find(CanonicalName(crl.issuer()));
  if (named == by_name_.end()) return candidates;
  for (size_t position : named->second) {
    const ManifestCertificate& certificate = held_[position];
    const auto view = CertificateView::Parse(certificate.der->bytes());
    const bool is_validated =
        std::any_of(certificate.paths.begin(), certificate.paths.end(),
                    [&](const ManifestPath& path) {
                      return path.not_before <= at && at <= path.not_after;
                    });
    if (view.ok() && (certificate.trust == Trust::kVouchedFor ||
                      (is_validated && view->key_usage().has_value()))) {
      candidates.push_back(*view);
    }
  }
  return candidates;
}

std::vector<CertificateView> HeldCertificates::IssuedBy(
    const std::string& issuer) const {
  std::vector<CertificateView> issued;
  const auto found = by_issuer_.find(issuer);
  if (found == by_issuer_.end()) return issued;
  for (size_t position : found->second) {
    const auto view = CertificateView::Parse(held_[position].der->bytes());
    if (view.ok()) issued.push_back(*view);
  }
  return issued;
}

std::string HeldCertificates::SignerKeyOf(const Sha256Digest& sha256) const {
  const auto found = by_sha256_.find(KeyOf(sha256));
  if (found == by_sha256_.end()) return KeyOf(sha256);
  const auto view = CertificateView::Parse(held_[found->second].der->bytes());
  if (!view.ok()) return KeyOf(sha256);
  return CanonicalName(view->subject()) +
         std::string(TextOf(view->subject_public_key_info_tlv()));
}

std::optional<Sha256Digest> HeldCertificates::FindSigner(
    const std::string& signer_key) const {
  std::optional<Sha256Digest> found;
  for (const ManifestCertificate& certificate : held_) {
    const bool is_vouched_for = certificate.trust == Trust::kVouchedFor;
    if (found && !is_vouched_for) continue;
    const Sha256Digest digest = Sha256(certificate.der->bytes());
    if (SignerKeyOf(digest) != signer_key) continue;
    found = digest;
    if (is_vouched_for) break;
  }
  return found;
}

}  // namespace revstat
