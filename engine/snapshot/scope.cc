#include "engine/snapshot/scope.h"

#include <algorithm>
#include <cstdint>

namespace revstat {
namespace {

PlaceName DirectoryPlace(std::string_view canonical_name) {
  return Concat({"D", canonical_name});
}

// The Name inside a directoryName's content; empty for other forms.
std::optional<std::string> DirectoryName(const der::Element& name) {
  if (name.tag != kDirectoryName) return std::nullopt;
  der::Trace trace(name.value);
  der::Cursor cursor(name.value, &trace);
  return CanonicalName(NameView::Read(cursor, "directoryName"));
}

PlaceName PlaceOf(const der::Element& name) {
  if (auto directory = DirectoryName(name)) return DirectoryPlace(*directory);
  // Other names are equal octet by octet; RFC 5280 7.4 gives URIs no more
  // where CRLs are concerned.
  const auto tag = static_cast<char>(name.tag);
  return Concat({{&tag, 1}, TextOf(name.value)});
}

std::vector<PlaceName> PlacesOf(const DistributionPointName& name,
                                const std::string& relative_to, size_t most) {
  std::vector<PlaceName> places;
  if (!name.full_name.empty()) {
    ForEachGeneralName(name.full_name, [&](const der::Element& element) {
      if (places.size() < most) places.push_back(PlaceOf(element));
    });
  } else if (!name.relative_name.empty()) {
    places.push_back(DirectoryPlace(relative_to +
                                    CanonicalRelativeName(name.relative_name)));
  }
  std::sort(places.begin(), places.end());
  return places;
}

CertificateScope::Point PointOf(const DistributionPoint& point,
                                const std::string& certificate_issuer) {
  CertificateScope::Point made;
  if (!point.crl_issuer.empty()) {
    ForEachGeneralName(point.crl_issuer, [&](const der::Element& name) {
      if (made.crl_issuers.size() == CertificateScope::kMaxNames) return;
      if (auto directory = DirectoryName(name))
        made.crl_issuers.push_back(*std::move(directory));
    });
    // 4.2.1.13: a CRL issuer is a directory name; other forms name nobody.
    if (made.crl_issuers.empty()) made.crl_issuers.emplace_back("\xff");
  }
  // 4.2.1.13: relative to the cRLIssuer, which must then be one name, or else
  // to the certificate's issuer.
  made.places = PlacesOf(
      point.name,
      made.crl_issuers.empty() ? certificate_issuer : made.crl_issuers.front(),
      CertificateScope::kMaxNames);
  made.reasons = point.reasons.value_or(kAllReasons) & kAllReasons;
  return made;
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// 6.3.3 (b)
bool Meets(const CrlScope& crl, const CertificateScope::Point& point,
           const std::string& certificate_issuer) {
  // (b)(1): a cRLIssuer is the issuer of an indirect CRL; without one, the
  // certificate's issuer is the CRL's.
  if (point.crl_issuers.empty()) {
    if (crl.issuer != certificate_issuer) return false;
  } else if (crl.issuance != CrlIssuance::kIndirect ||
             !Contains(point.crl_issuers, crl.issuer)) {
    return false;
  }
  // (b)(2)(i)
  if (crl.places.empty()) return true;
  if (point.places.empty()) {
    return std::any_of(point.crl_issuers.begin(), point.crl_issuers.end(),
                       [&](const std::string& name) {
                         return Contains(crl.places, DirectoryPlace(name));
                       });
  }
  return std::any_of(
      point.places.begin(), point.places.end(),
      [&](const PlaceName& place) { return Contains(crl.places, place); });
}

// 6.3.3, last paragraph: of a CRL that no point specifies, as if the
// certificate had a point with its issuer's name.
bool MeetsImplied(const CrlScope& crl, const CertificateScope& certificate) {
  const CertificateScope::Point implied{
      {DirectoryPlace(certificate.issuer)}, kAllReasons, {}};
  return Meets(crl, implied, certificate.issuer);
}

// 6.3.3 (b)(2)(ii) to (iv)
bool CoversKind(CertificateKinds kinds, CertificateView::Kind kind) {
  switch (kinds) {
    case CertificateKinds::kAll:
      return true;
    case CertificateKinds::kUser:
      return kind == CertificateView::Kind::kUser;
    case CertificateKinds::kCa:
      return kind == CertificateView::Kind::kCa;
    case CertificateKinds::kAttribute:
      return false;
  }
  return false;
}

}  // namespace

CrlScope CrlScope::Of(const CrlView& crl) {
  CrlScope scope;
  scope.issuer = CanonicalName(crl.issuer());
  if (const auto& point = crl.issuing_distribution_point()) {
    // All of them: they tell scopes apart.
    scope.places = PlacesOf(point->name, scope.issuer, SIZE_MAX);
    scope.kinds = point->kinds;
    scope.reasons =
        point->only_some_reasons.value_or(kAllReasons) & kAllReasons;
    scope.issuance = point->issuance;
  }
  return scope;
}

std::string CrlScope::Key() const {
  std::string key = issuance == CrlIssuance::kIndirect ? "i" : "d";
  key += std::to_string(static_cast<int>(kinds));
  key += '/';
  key += std::to_string(reasons);
  for (const PlaceName& place : places) {
    key += Concat({"/", std::to_string(place.size()), ":", place});
  }
  return key;
}

CertificateScope CertificateScope::Of(const CertificateView& certificate) {
  CertificateScope scope;
  scope.issuer = CanonicalName(certificate.issuer());
  scope.kind = certificate.kind();
  const Bytes content = certificate.crl_distribution_points();
  der::Trace trace(content);
  der::Cursor points(content, &trace);
  while (!points.AtEnd() && scope.points.size() < kMaxPoints) {
    const DistributionPoint point = ReadDistributionPoint(points);
    if (!points.ok()) break;
    scope.points.push_back(PointOf(point, scope.issuer));
  }
  return scope;
}

ReasonMask CoveredReasons(const CrlScope& crl,
                          const CertificateScope& certificate) {
  if (!CoversKind(crl.kinds, certificate.kind)) return 0;
  ReasonMask covered = 0;
  bool is_specified = false;
  for (const CertificateScope::Point& point : certificate.points) {
    if (!Meets(crl, point, certificate.issuer)) continue;
    is_specified = true;
    covered |= crl.reasons & point.reasons;  // (d)
  }
  if (!is_specified && MeetsImplied(crl, certificate)) covered = crl.reasons;
  return covered;
}

bool IsPublishedFor(const CrlScope& crl, const CertificateScope& certificate) {
  return std::any_of(certificate.points.begin(), certificate.points.end(),
                     [&](const CertificateScope::Point& point) {
                       return Meets(crl, point, certificate.issuer);
                     }) ||
         MeetsImplied(crl, certificate);
}

}  // namespace revstat
