// What a CRL covers, what a certificate says of where its status is published,
// and whether the two meet (RFC 5280 6.3.3 (b), (d)). Pure functions over names
// that are compared by RFC 5280 7.1 throughout.
#ifndef REVSTAT_ENGINE_SNAPSHOT_SCOPE_H_
#define REVSTAT_ENGINE_SNAPSHOT_SCOPE_H_

#include <optional>
#include <string>
#include <vector>

#include "engine/x509/certificate.h"
#include "engine/x509/crl.h"

namespace revstat {

// A GeneralName in a form that is equal for equal names. A name relative to an
// issuer is the directory name it stands for.
using PlaceName = std::string;

// The scope of a CRL: its issuer and issuingDistributionPoint (5.2.5). Owned.
struct CrlScope {
  std::string issuer;             // CanonicalName
  std::vector<PlaceName> places;  // sorted; empty: no distributionPoint
  CertificateKinds kinds = CertificateKinds::kAll;
  ReasonMask reasons = kAllReasons;
  CrlIssuance issuance = CrlIssuance::kDirect;

  static CrlScope Of(const CrlView& crl);

  // A string that is equal for CRLs of one scope, so that the newer replaces
  // the older (5.2.3) and a delta fits its base (5.2.4).
  std::string Key() const;
};

// The part of a certificate that says which CRLs cover it (4.2.1.13). Owned.
struct CertificateScope {
  struct Point {
    std::vector<PlaceName> places;
    ReasonMask reasons = kAllReasons;
    std::vector<std::string> crl_issuers;  // CanonicalName of each cRLIssuer
  };

  // Points behind these, and names behind these of a point, are not looked at:
  // a certificate with more can be unknown, and costs no more than this.
  static constexpr size_t kMaxPoints = 64;
  static constexpr size_t kMaxNames = 64;

  std::string issuer;  // CanonicalName
  CertificateView::Kind kind = CertificateView::Kind::kUser;
  std::vector<Point> points;

  static CertificateScope Of(const CertificateView& certificate);
};

// The reasons for which this CRL, if its issuer may speak for the
// certificate's, covers the certificate: 0 where it does not.
ReasonMask CoveredReasons(const CrlScope& crl,
                          const CertificateScope& certificate);

// Whether it is published where the certificate says, for whatever kinds of
// certificates and reasons it is.
bool IsPublishedFor(const CrlScope& crl, const CertificateScope& certificate);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_SCOPE_H_
