// Extensions of CRLs (RFC 5280 5.2) and of their entries (5.3). Each function
// returns one whole Extension.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_CRL_EXTENSIONS_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_CRL_EXTENSIONS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/revstat-gen/extensions.h"

namespace revstat::gen {

// RFC 5280 5.3.1.
enum class ReasonCode : uint8_t {
  kUnspecified = 0,
  kKeyCompromise = 1,
  kCaCompromise = 2,
  kAffiliationChanged = 3,
  kSuperseded = 4,
  kCessationOfOperation = 5,
  kCertificateHold = 6,
  kRemoveFromCrl = 8,
  kPrivilegeWithdrawn = 9,
  kAaCompromise = 10,
};

// The RFC's name: "keyCompromise".
std::string_view NameOf(ReasonCode reason);
std::optional<ReasonCode> ReasonFromName(std::string_view name);

struct IssuingDistributionPointFields {
  std::vector<std::string> full_name;  // URIs
  std::string relative_name;           // a CN, empty for none
  bool only_user_certs = false;
  bool only_ca_certs = false;
  bool only_attribute_certs = false;
  bool indirect_crl = false;
  std::vector<ReasonCode> only_some_reasons;

  bool empty() const {
    return full_name.empty() && relative_name.empty() && !only_user_certs &&
           !only_ca_certs && !only_attribute_certs && !indirect_crl &&
           only_some_reasons.empty();
  }
};

// Numbers are big-endian magnitudes: the RFC allows 20 octets.
Octets CrlNumber(Bytes number);
Octets DeltaCrlIndicator(Bytes base_number);
Octets IssuingDistributionPoint(const IssuingDistributionPointFields& fields);
// X.509 (2019) 9.5.2.8: the CRL keeps listing certificates expired since then.
Octets ExpiredCertsOnCrl(Time since);

// Entry extensions. The first two are fixed in size but for one value, and are
// written for millions of entries without allocation.
constexpr size_t kReasonSize = 12;
uint8_t* PutReason(ReasonCode reason, uint8_t* out);
constexpr size_t kInvalidityDateSize = 26;
uint8_t* PutInvalidityDate(Time time, uint8_t* out);
Octets CertificateIssuer(Bytes name);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_CRL_EXTENSIONS_H_
