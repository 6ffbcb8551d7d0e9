// One X.509 v3 certificate (RFC 5280 4.1).
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_CERTIFICATE_BUILDER_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_CERTIFICATE_BUILDER_H_

#include <vector>

#include "engine/base/serial_number.h"
#include "tools/revstat-gen/signer.h"

namespace revstat::gen {

struct CertificateFields {
  SerialNumber serial;
  Octets issuer;   // a Name
  Octets subject;  // a Name
  Time not_before;
  Time not_after;
  Octets public_key_info;
  std::vector<Octets> extensions;
};

// The DER of the certificate.
Octets BuildCertificate(const CertificateFields& fields, const Signer& signer);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_CERTIFICATE_BUILDER_H_
