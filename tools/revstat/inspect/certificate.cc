// inspect: a certificate (RFC 5280 4).
#include "engine/x509/certificate.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/verify/digest.h"
#include "engine/x509/name_text.h"
#include "engine/x509/oid.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/inspect/objects.h"
#include "tools/revstat/inspect/text.h"

namespace revstat::tool {
namespace {

struct Identifier {
  const char* oid;
  const char* name;
};

// RFC 9215 5.1: how Russian qualified certificates name a person or company.
constexpr Identifier kIdentifiers[] = {
    {"1.2.643.3.131.1.1", "INN"},  // taxpayer
    {"1.2.643.100.4", "INNLE"},    // taxpayer that is a legal entity
    {"1.2.643.100.1", "OGRN"},     // company in the state's register
    {"1.2.643.100.5", "OGRNIP"},   // sole trader in it
    {"1.2.643.100.3", "SNILS"},    // insured person
};

void AddIdentifier(const char* name, std::string value, Shown* shown) {
  shown->lines.push_back(Concat({name, " ", value}));
  shown->json.push_back({{name, std::move(value)}});
}

// KPP, a company's reason of tax registration, has no attribute of its own.
// Certificates for procurement carry it in unstructuredName (RFC 2985 5.4.1),
// as "INN=.../KPP=.../OGRN=...".
void AddKpp(std::string_view text, Shown* shown) {
  constexpr std::string_view kLabel = "KPP=";
  while (!text.empty()) {
    const size_t end = std::min(text.find('/'), text.size());
    const std::string_view part = text.substr(0, end);
    if (part.starts_with(kLabel) && part.size() > kLabel.size())
      AddIdentifier("KPP", std::string(part.substr(kLabel.size())), shown);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Shown ShowIdentifiers(NameView subject) {
  Shown shown{InspectSheet::Json::array(), {}};
  subject.ForEachAttribute([&](Bytes type, const der::Element& value) {
    const std::string oid = oid::ToDotted(type);
    const auto text = DecodeDirectoryString(value);
    if (!text.has_value()) return;
    for (const Identifier& known : kIdentifiers) {
      if (oid == known.oid) AddIdentifier(known.name, *text, &shown);
    }
    if (oid == "1.2.840.113549.1.9.2") AddKpp(*text, &shown);
  });
  return shown;
}

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
  if (Shown shown = ShowIdentifiers(certificate->subject());
      !shown.lines.empty()) {
    AddShown("subject_identifiers", "subject identifiers", std::move(shown),
             &sheet);
  }
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
