// How the entries of CRLs leave the certificates that they name. For whoever
// compares CRLs; lookups have rules of their own.
#ifndef REVSTAT_ENGINE_SNAPSHOT_STANDING_H_
#define REVSTAT_ENGINE_SNAPSHOT_STANDING_H_

#include <cstdint>
#include <optional>
#include <string>

#include "engine/snapshot/crl_source.h"
#include "engine/x509/crl_entry.h"

namespace revstat {

// The stricter, the greater.
enum class Standing : uint8_t { kNotListed, kOnHold, kRevoked };

Standing StandingOf(ReasonCode reason);  // removeFromCRL: kNotListed

// Of the entry in `set`, a set of `crl` or null, that binds; nothing for none.
std::optional<CrlEntry> FindEntry(const CrlSource& crl, const SerialSet* set,
                                  const SerialNumber& serial);

// RFC 5280 5.3.3: the CanonicalName of the first directory name of an entry's
// certificateIssuer, as the index has it.
std::string CertificateIssuerOf(const CrlEntry& entry);

// visit(entry) for each entry; move(CanonicalName) before the first one, and
// before each that is of another certificate issuer.
template <class Move, class Visit>
void ForEachEntry(const CrlSource& crl, Move&& move, Visit&& visit) {
  CrlEntryReader reader(crl.crl());
  move(crl.canonical_issuer());
  while (reader.Next()) {
    const CrlEntry& entry = reader.entry();
    if (!entry.certificate_issuer.empty()) move(CertificateIssuerOf(entry));
    visit(entry);
  }
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_STANDING_H_
