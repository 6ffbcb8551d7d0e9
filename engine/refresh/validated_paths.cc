#include "engine/refresh/validated_paths.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/verify/digest.h"
#include "engine/verify/path_builder.h"

namespace revstat {
namespace {

using Trust = ManifestCertificate::Trust;
using Positions = std::unordered_map<std::string, uint32_t>;  // by SHA-256

std::string DigestOf(Bytes certificate) {
  return std::string(TextOf(Sha256(certificate)));
}

Positions AnchorsOf(const std::vector<ManifestCertificate>& certificates) {
  Positions anchors;
  for (uint32_t i = 0; i < certificates.size(); ++i) {
    if (certificates[i].trust == Trust::kVouchedFor)
      anchors.emplace(DigestOf(certificates[i].der->bytes()), i);
  }
  return anchors;
}

PathBuilder MakeBuilder(const PathPolicy& policy,
                        const std::vector<ManifestCertificate>& certificates) {
  PathBuilder builder(policy);
  for (const ManifestCertificate& certificate : certificates) {
    // One that OpenSSL cannot read is on no path.
    const Bytes der = certificate.der->bytes();
    (certificate.trust == Trust::kVouchedFor ? builder.AddAnchor(der)
                                             : builder.AddUntrusted(der))
        .IgnoreError();
  }
  return builder;
}

// Nothing where there is no path, or the certificate is an anchor itself.
std::optional<ManifestPath> FindPath(const PathBuilder& builder,
                                     const PathPolicy& policy,
                                     const Positions& anchors,
                                     Bytes certificate) {
  const auto path = builder.Build(certificate);
  if (!path.ok() || path->certificates.size() < 2) return std::nullopt;
  const auto anchor =
      anchors.find(DigestOf(path->certificates.back()->bytes()));
  if (anchor == anchors.end()) return std::nullopt;
  ManifestPath found{anchor->second, policy.anchor_kind, policy.weak_digest,
                     Time::min(), Time::max()};
  for (const auto& der : path->certificates) {
    const auto view = CertificateView::Parse(der->bytes());
    if (!view.ok()) return std::nullopt;
    found.not_before = std::max(found.not_before, view->not_before());
    found.not_after = std::min(found.not_after, view->not_after());
  }
  return found;
}

}  // namespace

bool MayIssue(const CertificateView& certificate) {
  return certificate.kind() == CertificateView::Kind::kCa ||
         (certificate.key_usage().value_or(0) & kCrlSign) != 0;
}

SteadyInterval ValidatePaths(Time at, const SignaturePolicy& policy,
                             std::vector<ManifestCertificate>* certificates) {
  SteadyInterval steady(at);
  std::vector<ManifestCertificate*> untrusted;
  for (ManifestCertificate& certificate : *certificates) {
    certificate.paths.clear();
    const auto view = CertificateView::Parse(certificate.der->bytes());
    if (!view.ok()) continue;
    steady.AddValidity(view->not_before(), view->not_after());
    if (certificate.trust == Trust::kUntrusted && MayIssue(*view))
      untrusted.push_back(&certificate);
  }
  if (untrusted.empty()) return steady;
  const Positions anchors = AnchorsOf(*certificates);
  for (const AnchorKind kind : {AnchorKind::kAny, AnchorKind::kSelfSigned}) {
    std::vector<ManifestCertificate*> open = untrusted;
    for (const WeakDigest digest :
         {WeakDigest::kRefuse, WeakDigest::kAllowSha1}) {
      if (digest == WeakDigest::kAllowSha1 &&
          policy.weak_digest == WeakDigest::kRefuse) {
        continue;
      }
      PathPolicy path_policy;
      path_policy.at = at;
      path_policy.anchor_kind = kind;
      path_policy.weak_digest = digest;
      path_policy.gost = policy.gost;
      const PathBuilder builder = MakeBuilder(path_policy, *certificates);
      std::erase_if(open, [&](ManifestCertificate* certificate) {
        const auto path =
            FindPath(builder, path_policy, anchors, certificate->der->bytes());
        if (path.has_value()) certificate->paths.push_back(*path);
        return path.has_value();
      });
    }
  }
  return steady;
}

}  // namespace revstat
