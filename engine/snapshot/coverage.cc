#include "engine/snapshot/coverage.h"

#include <algorithm>

#include "engine/snapshot/snapshot.h"

namespace revstat {

// 6.3.3 (f): the CRL's issuer has the same trust anchor as the certificate,
// unless the caller vouches for it.
bool Snapshot::MaySpeakFor(uint32_t crl_authority, uint32_t authority) const {
  return authorities_[crl_authority].is_vouched_for ||
         authorities_[crl_authority].anchor == authorities_[authority].anchor;
}

void Snapshot::AddIndirect(const Authority& speaker,
                           const CertificateScope& scope,
                           Coverage* coverage) const {
  for (const IndirectGroup& group : speaker.indirect) {
    const auto named = group.named.find(scope.issuer);
    const uint32_t series =
        named == group.named.end() ? group.unnamed : named->second;
    const ReasonMask covered =
        CoveredReasons(scopes_[series_[series].scope], scope);
    if (covered != 0)
      coverage->parts.push_back({series, covered, covered, false});
  }
}

Coverage Snapshot::CoverageOf(IssuerId issuer,
                              const CertificateScope& scope) const {
  Coverage coverage;
  coverage.without_parts = Cause::kNoIssuer;
  if (issuer >= issuers_.size()) return coverage;
  coverage.without_parts = bare_[issuer].without_parts;
  const uint32_t own = issuers_[issuer].authority;
  for (uint32_t series : authorities_[own].series) {
    const ReasonMask covered =
        CoveredReasons(scopes_[series_[series].scope], scope);
    // Its CRLs are held, but none that speaks of this certificate.
    coverage.without_parts = Cause::kOutOfScope;
    if (covered != 0) {
      coverage.parts.push_back(
          {series, covered, covered, series_[series].signer == issuer});
    }
  }
  std::vector<uint32_t> asked = {own};
  for (const CertificateScope::Point& point : scope.points) {
    for (const std::string& name : point.crl_issuers) {
      const auto speakers = authorities_by_name_.find(name);
      if (speakers == authorities_by_name_.end()) continue;
      for (uint32_t speaker : speakers->second) {
        if (std::find(asked.begin(), asked.end(), speaker) != asked.end() ||
            !MaySpeakFor(speaker, own)) {
          continue;
        }
        asked.push_back(speaker);
        AddIndirect(authorities_[speaker], scope, &coverage);
      }
    }
  }
  return coverage;
}

// Of a serial nothing is known but its issuer: a CRL covers it if it covers
// every certificate of that issuer, whether a user's or a CA's.
Coverage Snapshot::BareCoverageOf(IssuerId issuer) const {
  const uint32_t own = issuers_[issuer].authority;
  const std::string& name = authorities_[own].canonical_name;
  const CertificateScope user{name, CertificateView::Kind::kUser, {}};
  const CertificateScope ca{name, CertificateView::Kind::kCa, {}};
  Coverage coverage;
  for (uint32_t series : authorities_[own].series) {
    const CrlScope& scope = scopes_[series_[series].scope];
    if (scope.kinds == CertificateKinds::kAttribute) continue;
    coverage.parts.push_back({series, CoveredReasons(scope, user),
                              CoveredReasons(scope, ca),
                              series_[series].signer == issuer});
  }
  // An indirect CRL that names the issuer: whether the certificate says that
  // this CRL may list it is not known, so that only one the caller vouches for
  // is believed, and none proves that it is active.
  for (uint32_t speaker : indirect_speakers_) {
    if (speaker == own || !authorities_[speaker].is_vouched_for) continue;
    for (const IndirectGroup& group : authorities_[speaker].indirect) {
      const auto named = group.named.find(name);
      if (named != group.named.end())
        coverage.parts.push_back({named->second, 0, 0, false});
    }
  }
  return coverage;
}

}  // namespace revstat
