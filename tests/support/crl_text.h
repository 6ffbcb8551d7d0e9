// CRLs and certificates for tests: a good one whose every part can be replaced.
// Parts are TLVs unless said otherwise; an empty part is left out.
#ifndef REVSTAT_TESTS_SUPPORT_CRL_TEXT_H_
#define REVSTAT_TESTS_SUPPORT_CRL_TEXT_H_

#include <optional>
#include <string_view>
#include <vector>

#include "tests/support/der_writer.h"

namespace revstat::test {

// AlgorithmIdentifier of Ed25519, which has no parameters.
Octets Ed25519Algorithm();

// SEQUENCE { userCertificate, revocationDate, crlEntryExtensions }
Octets Entry(const Octets& serial,
             const Octets& date = UtcTime("260102030405Z"),
             const std::vector<Octets>& extensions = {});
// reasonCode with this value.
Octets Reason(uint8_t code,
              Criticality criticality = Criticality::kNonCritical);
Octets InvalidityDate(const Octets& time);
// certificateIssuer, critical, of one directoryName.
Octets CertificateIssuer(const Octets& name);
// issuingDistributionPoint, critical, with these fields.
Octets IssuingPoint(const std::vector<Octets>& fields);

struct CrlText {
  Octets version = Integer(1);
  Octets algorithm = Ed25519Algorithm();
  std::optional<Octets> outer_algorithm;  // the same unless set
  Octets issuer = CommonName("Test CA");
  Octets this_update = UtcTime("260101000000Z");
  Octets next_update = UtcTime("260201000000Z");
  std::vector<Octets> entries = {Entry(IntegerOf("0123"))};
  // Content of revokedCertificates instead of entries.
  std::optional<Octets> revoked_certificates;
  std::vector<Octets> extensions = {MakeExtension("2.5.29.20", Integer(7))};
  Octets after_extensions;
  Octets signature = BitString(Octets(64, 0xa5));

  Octets Tbs() const;
  Octets Der() const;
};

struct CertificateText {
  Octets version = Nest(der::ContextConstructed(0), {Integer(2)});
  Octets serial = IntegerOf("0123");
  Octets algorithm = Ed25519Algorithm();
  std::optional<Octets> outer_algorithm;
  Octets issuer = CommonName("Test CA");
  Octets not_before = UtcTime("250101000000Z");
  Octets not_after = UtcTime("350101000000Z");
  Octets subject = CommonName("Test subject");
  Octets public_key = Seq({Ed25519Algorithm(), BitString(Octets(32, 0x11))});
  Octets unique_ids;
  std::vector<Octets> extensions;
  Octets signature = BitString(Octets(64, 0xa5));

  Octets Tbs() const;
  Octets Der() const;
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SUPPORT_CRL_TEXT_H_
