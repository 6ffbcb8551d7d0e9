// issuingDistributionPoint (RFC 5280 5.2.5), cRLDistributionPoints and
// freshestCRL (4.2.1.13, 4.2.1.15): what a CRL covers and where one is found.
//
// All of it borrows. Readers check the whole structure, names included.
#ifndef REVSTAT_ENGINE_X509_DISTRIBUTION_POINT_H_
#define REVSTAT_ENGINE_X509_DISTRIBUTION_POINT_H_

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/der/cursor.h"

namespace revstat {

// ReasonFlags: bit i set means named bit i. Bit 0 is unused.
using ReasonMask = uint32_t;
// keyCompromise (1) to aACompromise (8).
inline constexpr ReasonMask kAllReasons = 0x1fe;

// DistributionPointName ::= CHOICE {
//   fullName                [0] GeneralNames,
//   nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
struct DistributionPointName {
  Bytes full_name;      // GeneralNames content
  Bytes relative_name;  // RDN content

  bool present() const { return !full_name.empty() || !relative_name.empty(); }
};

// Which certificates a CRL lists, by the onlyContains flags.
enum class CertificateKinds : uint8_t { kAll, kUser, kCa, kAttribute };
enum class CrlIssuance : uint8_t { kDirect, kIndirect };

struct IssuingDistributionPoint {
  DistributionPointName name;
  CertificateKinds kinds = CertificateKinds::kAll;
  std::optional<ReasonMask> only_some_reasons;
  CrlIssuance issuance = CrlIssuance::kDirect;
};

// DistributionPoint ::= SEQUENCE {
//   distributionPoint [0] DistributionPointName OPTIONAL,
//   reasons           [1] ReasonFlags           OPTIONAL,
//   cRLIssuer         [2] GeneralNames          OPTIONAL }
struct DistributionPoint {
  DistributionPointName name;
  std::optional<ReasonMask> reasons;
  Bytes crl_issuer;  // GeneralNames content
};

// Takes an IssuingDistributionPoint off the cursor.
IssuingDistributionPoint ReadIssuingDistributionPoint(der::Cursor& cursor);

// Takes one DistributionPoint off the cursor (the inside of
// CRLDistributionPoints).
DistributionPoint ReadDistributionPoint(der::Cursor& cursor);

// Takes a whole CRLDistributionPoints SEQUENCE off the cursor and checks every
// point of it; returns the content, to be walked with ReadDistributionPoint.
Bytes ReadDistributionPoints(der::Cursor& cursor, const char* field);

// GeneralName tags that carry a CRL's place (RFC 5280 4.2.1.6).
inline constexpr der::Tag kDirectoryName = der::ContextConstructed(4);
inline constexpr der::Tag kUri = der::ContextPrimitive(6);

// Checks GeneralNames content: at least one name, each of a known form,
// directory names in full.
void CheckGeneralNames(der::Cursor& names, const char* field);

// Calls visit(const der::Element&) for each name of checked GeneralNames
// content. The value of a kDirectoryName element is a Name's TLV.
template <class Visit>
void ForEachGeneralName(Bytes content, Visit&& visit) {
  der::Trace trace(content);
  der::Cursor names(content, &trace);
  while (!names.AtEnd()) {
    const der::Element name = names.ReadAny("GeneralName");
    if (names.ok()) visit(name);
  }
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_DISTRIBUTION_POINT_H_
