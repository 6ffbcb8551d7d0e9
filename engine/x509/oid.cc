#include "engine/x509/oid.h"

namespace revstat::oid {
namespace {

struct NamedOid {
  Bytes oid;
  const char* name;
};

const NamedOid kExtensions[] = {
    {kSubjectKeyIdentifier, "subjectKeyIdentifier"},
    {kKeyUsage, "keyUsage"},
    {kIdCe<17>, "subjectAltName"},
    {kIssuerAltName, "issuerAltName"},
    {kBasicConstraints, "basicConstraints"},
    {kCrlNumber, "cRLNumber"},
    {kReasonCode, "reasonCode"},
    {kInvalidityDate, "invalidityDate"},
    {kDeltaCrlIndicator, "deltaCRLIndicator"},
    {kIssuingDistributionPoint, "issuingDistributionPoint"},
    {kCertificateIssuer, "certificateIssuer"},
    {kIdCe<30>, "nameConstraints"},
    {kCrlDistributionPoints, "cRLDistributionPoints"},
    {kIdCe<32>, "certificatePolicies"},
    {kIdCe<33>, "policyMappings"},
    {kAuthorityKeyIdentifier, "authorityKeyIdentifier"},
    {kIdCe<36>, "policyConstraints"},
    {kExtKeyUsage, "extKeyUsage"},
    {kFreshestCrl, "freshestCRL"},
    {kIdCe<54>, "inhibitAnyPolicy"},
    {kNoRevAvail, "noRevAvail"},
    {kExpiredCertsOnCrl, "expiredCertsOnCRL"},
    {kAuthorityInfoAccess, "authorityInfoAccess"},
    {kTlsFeature, "tlsFeature"},
    {kOcspNonce, "id-pkix-ocsp-nonce"},
    {kOcspCrl, "id-pkix-ocsp-crl"},
    {kOcspResponse, "id-pkix-ocsp-response"},
    {kOcspNoCheck, "id-pkix-ocsp-nocheck"},
    {kOcspArchiveCutoff, "id-pkix-ocsp-archive-cutoff"},
    {kOcspServiceLocator, "id-pkix-ocsp-service-locator"},
    {kOcspPrefSigAlgs, "id-pkix-ocsp-pref-sig-algs"},
    {kOcspExtendedRevoke, "id-pkix-ocsp-extended-revoke"},
};

std::string Decimal(Arc arc) {
  std::string digits;
  do {
    digits += static_cast<char>('0' + static_cast<int>(arc % 10));
    arc /= 10;
  } while (arc != 0);
  return {digits.rbegin(), digits.rend()};
}

}  // namespace

std::string ToDotted(Bytes oid) {
  std::string text;
  Arc arc = 0;
  bool first = true;
  for (uint8_t octet : oid) {
    arc = arc << 7 | (octet & 0x7f);
    if (octet >= 0x80) continue;
    if (first) {
      const unsigned root = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      text = Concat({std::to_string(root), ".", Decimal(arc - 40 * root)});
      first = false;
    } else {
      text += '.';
      text += Decimal(arc);
    }
    arc = 0;
  }
  return text;
}

std::string NameOfExtension(Bytes oid) {
  for (const NamedOid& known : kExtensions) {
    if (Equal(known.oid, oid)) return known.name;
  }
  return ToDotted(oid);
}

}  // namespace revstat::oid
