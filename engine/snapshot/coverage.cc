#include "engine/snapshot/coverage.h"

#include <algorithm>

#include "engine/snapshot/snapshot.h"

namespace revstat {

namespace {

ReasonMask ReasonsFor(const CrlScope& scope, CertificateKinds kind) {
  return scope.kinds == CertificateKinds::kAll || scope.kinds == kind
             ? scope.reasons
             : 0;
}

}  // namespace

bool Snapshot::HasCommonAnchor(const Authority& a, const Authority& b) const {
  return std::find_first_of(a.anchors.begin(), a.anchors.end(),
                            b.anchors.begin(),
                            b.anchors.end()) != a.anchors.end();
}

// 6.3.3 (f): the CRL's issuer has the same trust anchor as the certificate,
// unless the caller vouches for it. Another CA of the certificate issuer's own
// name is a stranger, whatever it says.
bool Snapshot::MaySpeakFor(const Authority& speaker,
                           const Authority& authority) const {
  return speaker.canonical_name != authority.canonical_name &&
         (speaker.is_vouched_for || HasCommonAnchor(speaker, authority));
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
    if (covered == 0) continue;
    coverage->parts_.push_back({series, covered, covered,
                                series_[series].is_listing_only()
                                    ? Coverage::Use::kListing
                                    : Coverage::Use::kCovers});
  }
}

// Whether the key is known to have lists for such certificates. A delta tells,
// for its BaseCRLNumber is that of a complete CRL (5.2.4), and so does a list
// for other kinds or reasons; not one of a place that the certificate does not
// name, which may be all that the key signs.
bool Snapshot::HasListFor(IssuerId key, const CertificateScope& scope,
                          const Coverage& coverage) const {
  return std::any_of(coverage.parts_.begin(), coverage.parts_.end(),
                     [&](const Coverage::Part& part) {
                       const Series& series = series_[part.series];
                       return series.signer == key &&
                              IsPublishedFor(scopes_[series.scope], scope);
                     });
}

// Where the certificate issuer's own key has lists, held or known and left out,
// that key's alone of its CA's prove it active: what another key's list does
// not say may stand in one of them.
void Snapshot::RequireOwnKey(IssuerId issuer, const CertificateScope& scope,
                             Coverage* coverage) const {
  const uint32_t authority = issuers_[issuer].authority;
  bool is_covered = false;  // by a list of the own key
  bool is_covered_by_other = false;
  for (const Coverage::Part& part : coverage->parts_) {
    const IssuerId signer = series_[part.series].signer;
    if (part.use != Coverage::Use::kCovers ||
        issuers_[signer].authority != authority) {
      continue;
    }
    (signer == issuer ? is_covered : is_covered_by_other) = true;
  }
  if (!is_covered && left_out_[issuer] != Cause::kNone) {
    coverage->keys_ = {issuer};
    coverage->without_parts_ =
        std::max(coverage->without_parts_, left_out_[issuer]);
  } else if (is_covered_by_other &&
             (is_covered || HasListFor(issuer, scope, *coverage))) {
    coverage->keys_ = {issuer};
  }
}

// The same of a bare serial, whose key is not known: that of every key of which
// a list was left out.
void Snapshot::RequireLeftOutKeys(uint32_t authority,
                                  Coverage* coverage) const {
  for (IssuerId id : by_name_.at(authorities_[authority].canonical_name)) {
    const auto& keys = coverage->keys_;
    if (issuers_[id].authority == authority && left_out_[id] != Cause::kNone &&
        std::find(keys.begin(), keys.end(), id) == keys.end()) {
      coverage->keys_.push_back(id);
    }
  }
}

// What to say where nothing covers the certificate: what became of the lists of
// its CA and of the CRL issuers that it names, whichever of their keys signed
// them.
void Snapshot::ExplainGap(const std::vector<uint32_t>& authorities,
                          Coverage* coverage) const {
  for (const Coverage::Part& part : coverage->parts_) {
    if (part.use == Coverage::Use::kCovers) return;
  }
  Cause& cause = coverage->without_parts_;
  for (uint32_t id : authorities) {
    const Authority& authority = authorities_[id];
    if (!authority.series.empty()) cause = std::max(cause, Cause::kOutOfScope);
    for (IssuerId key : by_name_.at(authority.canonical_name)) {
      if (issuers_[key].authority == id)
        cause = std::max(cause, left_out_[key]);
    }
  }
}

Coverage Snapshot::CoverageOf(IssuerId issuer,
                              const CertificateScope& scope) const {
  Coverage coverage;
  coverage.snapshot_ = id_;
  coverage.without_parts_ = without_issuer_;
  if (issuer >= issuers_.size()) return coverage;
  coverage.without_parts_ = bare_[issuer].without_parts_;
  const Authority& own = authorities_[issuers_[issuer].authority];
  for (uint32_t position : own.series) {
    const Series& series = series_[position];
    const CrlScope& crl = scopes_[series.scope];
    coverage.without_parts_ = Cause::kOutOfScope;
    if (crl.kinds == CertificateKinds::kAttribute) continue;
    const ReasonMask covered = CoveredReasons(crl, scope);
    // The CA's list of other certificates is no proof that this is active; but
    // where it lists this one, the CA has revoked it.
    const bool covers = covered != 0 && !series.is_listing_only();
    coverage.parts_.push_back(
        {position, covered, covered,
         covers ? Coverage::Use::kCovers : Coverage::Use::kListing});
  }
  coverage.authority_ = issuers_[issuer].authority;
  coverage.own_parts_ = static_cast<uint32_t>(coverage.parts_.size());
  std::vector<uint32_t> asked = {coverage.authority_};
  for (const CertificateScope::Point& point : scope.points) {
    for (const std::string& name : point.crl_issuers) {
      const auto speakers = authorities_by_name_.find(name);
      if (speakers == authorities_by_name_.end()) continue;
      for (uint32_t speaker : speakers->second) {
        if (std::find(asked.begin(), asked.end(), speaker) != asked.end() ||
            !MaySpeakFor(authorities_[speaker], own)) {
          continue;
        }
        asked.push_back(speaker);
        AddIndirect(authorities_[speaker], scope, &coverage);
      }
    }
  }
  RequireOwnKey(issuer, scope, &coverage);
  ExplainGap(asked, &coverage);
  coverage.currency_ = CurrencyOf(coverage);
  return coverage;
}

Coverage Snapshot::Restrict(
    const Coverage& coverage,
    const std::function<bool(IssuerId)>& is_believed) const {
  Coverage restricted = coverage;
  if (coverage.snapshot_ != id_) return restricted;
  std::erase_if(restricted.parts_, [&](const Coverage::Part& part) {
    return !is_believed(series_[part.series].signer);
  });
  restricted.authority_ = Coverage::kNoAuthority;
  restricted.own_parts_ = 0;
  restricted.currency_ = CurrencyOf(restricted);
  return restricted;
}

// An indirect CRL that names the issuer of a bare serial: whether the
// certificate says that this CRL may list it is not known, so that only one the
// caller vouches for is believed, and none proves that it is active. A name
// that several CAs have means the one that shares the anchor.
void Snapshot::AddIndirectListings(const Authority& own,
                                   Coverage* coverage) const {
  const bool is_only = authorities_by_name_.at(own.canonical_name).size() == 1;
  for (uint32_t position : indirect_speakers_) {
    const Authority& speaker = authorities_[position];
    if (!speaker.is_vouched_for || !MaySpeakFor(speaker, own) ||
        (!is_only && !HasCommonAnchor(speaker, own))) {
      continue;
    }
    for (const IndirectGroup& group : speaker.indirect) {
      const auto named = group.named.find(own.canonical_name);
      // Attribute certificates have serials of their own.
      if (named != group.named.end() &&
          scopes_[series_[named->second].scope].kinds !=
              CertificateKinds::kAttribute) {
        coverage->parts_.push_back({named->second, 0, 0});
      }
    }
  }
}

// Of a serial nothing is known but its issuer: a CRL covers it if it covers
// every certificate of that issuer, whether a user's or a CA's, and whichever
// of its keys signed it.
Coverage Snapshot::BareCoverageOf(IssuerId issuer) const {
  const Authority& own = authorities_[issuers_[issuer].authority];
  const CertificateScope user{
      own.canonical_name, CertificateView::Kind::kUser, {}};
  const CertificateScope ca{own.canonical_name, CertificateView::Kind::kCa, {}};
  Coverage coverage;
  coverage.snapshot_ = id_;
  for (uint32_t position : own.series) {
    const Series& series = series_[position];
    const CrlScope& scope = scopes_[series.scope];
    if (scope.kinds == CertificateKinds::kAttribute) continue;
    Coverage::Part part{position, ReasonsFor(scope, CertificateKinds::kUser),
                        ReasonsFor(scope, CertificateKinds::kCa)};
    if (!series.is_listing_only()) {
      const bool covers = CoveredReasons(scope, user) == part.user_reasons &&
                          CoveredReasons(scope, ca) == part.ca_reasons;
      part.use = covers ? Coverage::Use::kCovers : Coverage::Use::kPartition;
    }
    // 5.2.4: a key of which only a delta is held has a complete CRL, too.
    if (std::find(coverage.keys_.begin(), coverage.keys_.end(),
                  series.signer) == coverage.keys_.end()) {
      coverage.keys_.push_back(series.signer);
    }
    coverage.parts_.push_back(part);
  }
  coverage.authority_ = issuers_[issuer].authority;
  RequireLeftOutKeys(coverage.authority_, &coverage);
  if (coverage.keys_.size() == 1) coverage.keys_.clear();
  coverage.own_parts_ = static_cast<uint32_t>(coverage.parts_.size());
  AddIndirectListings(own, &coverage);
  return coverage;
}

}  // namespace revstat
