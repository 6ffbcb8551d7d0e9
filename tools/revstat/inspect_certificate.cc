// inspect: a certificate (RFC 5280 4).
#include <utility>

#include "engine/verify/digest.h"
#include "engine/x509/certificate.h"
#include "engine/x509/name_text.h"
#include "tools/revstat/inspect_objects.h"
#include "tools/revstat/inspect_text.h"
#include "tools/revstat/output.h"

namespace revstat::tool {
namespace {

void AddExtensions(const CertificateView& certificate, InspectSheet* sheet) {
  if (!certificate.subject_key_identifier().empty()) {
    sheet->Add("subject_key_identifier", "subjectKeyIdentifier",
               ToHex(certificate.subject_key_identifier()));
  }
  if (IsPresent(certificate.authority_key_identifier())) {
    AddShown("authority_key_identifier", "authorityKeyIdentifier",
             ShowAuthorityKeyIdentifier(certificate.authority_key_identifier()),
             sheet);
  }
  if (certificate.key_usage().has_value()) {
    AddShown("key_usage", "keyUsage", ShowKeyUsage(*certificate.key_usage()),
             sheet);
  }
  const bool ca = certificate.kind() == CertificateView::Kind::kCa;
  sheet->Add("ca", "kind", ca, {ca ? "CA" : "user"});
  if (!certificate.crl_distribution_points().empty()) {
    AddShown("crl_distribution_points", "cRLDistributionPoints",
             ShowDistributionPoints(certificate.crl_distribution_points()),
             sheet);
  }
  if (!certificate.freshest_crl().empty()) {
    AddShown("freshest_crl", "freshestCRL",
             ShowDistributionPoints(certificate.freshest_crl()), sheet);
  }
  if (certificate.revocation_info() ==
      CertificateView::RevocationInfo::kNotAvailable) {
    sheet->Add("no_rev_avail", "noRevAvail", true,
               {"its issuer publishes no revocation information"});
  }
}

}  // namespace

Inspection InspectCertificate(Bytes der) {
  const auto certificate = CertificateView::Parse(der);
  if (!certificate.ok()) return {std::nullopt, certificate.status()};
  InspectSheet sheet("certificate", "certificate");
  sheet.Add("subject", "subject", FormatName(certificate->subject()));
  sheet.Add("issuer", "issuer", FormatName(certificate->issuer()));
  sheet.Add("serial", "serial", certificate->serial().ToText());
  sheet.Add("not_before", "notBefore", FormatTime(certificate->not_before()));
  sheet.Add("not_after", "notAfter", FormatTime(certificate->not_after()));
  AddExtensions(*certificate, &sheet);
  sheet.Add("bytes", "bytes", der.size(), {WithCommas(der.size())});
  sheet.Add("signature_algorithm", "signature algorithm",
            AlgorithmText(certificate->signature_algorithm_tlv()));
  sheet.Add("sha256", "SHA-256", ToHex(Sha256(der)));
  return {std::move(sheet), absl::OkStatus()};
}

}  // namespace revstat::tool
