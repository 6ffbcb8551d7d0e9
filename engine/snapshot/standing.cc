#include "engine/snapshot/standing.h"

namespace revstat {

Standing StandingOf(ReasonCode reason) {
  if (reason == ReasonCode::kRemoveFromCrl) return Standing::kNotListed;
  return reason == ReasonCode::kCertificateHold ? Standing::kOnHold
                                                : Standing::kRevoked;
}

std::optional<CrlEntry> FindEntry(const CrlSource& crl, const SerialSet* set,
                                  const SerialNumber& serial) {
  if (set == nullptr) return std::nullopt;
  const uint32_t offset = set->Find(serial);
  if (offset == SerialSet::kNotListed) return std::nullopt;
  return CrlEntryReader::At(crl.crl(), offset);
}

std::string CertificateIssuerOf(const CrlEntry& entry) {
  std::string issuer;
  ForEachGeneralName(entry.certificate_issuer, [&](const der::Element& name) {
    if (name.tag != kDirectoryName || !issuer.empty()) return;
    der::Trace trace(name.value);
    der::Cursor cursor(name.value, &trace);
    issuer = CanonicalName(NameView::Read(cursor, "certificateIssuer"));
  });
  return issuer;
}

}  // namespace revstat
