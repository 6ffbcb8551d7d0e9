// Extensions of certificates, and those that certificates and CRLs share
// (RFC 5280 4.2). Each function returns one whole Extension.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_EXTENSIONS_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_EXTENSIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/revstat-gen/der.h"

namespace revstat::gen {

enum class Criticality : uint8_t { kNonCritical, kCritical };
enum class Subject : uint8_t { kEndEntity, kAuthority };

// Bits of KeyUsage (4.2.1.3) that we set.
constexpr uint32_t kDigitalSignature = 1u << 0;
constexpr uint32_t kKeyCertSign = 1u << 5;
constexpr uint32_t kCrlSign = 1u << 6;

// Where nobody has an extension: under the enterprise number that IANA keeps
// for examples (RFC 5612).
constexpr std::string_view kUnknownExtensionOid = "1.3.6.1.4.1.32473.1";

Octets Extension(std::string_view oid, Criticality criticality, Bytes value);

Octets BasicConstraints(Subject subject);
Octets KeyUsage(uint32_t bits);
Octets SubjectKeyIdentifier(Bytes key_id);
Octets AuthorityKeyIdentifier(Bytes key_id);
Octets CrlDistributionPoints(const std::vector<std::string>& uris);
Octets FreshestCrl(const std::vector<std::string>& uris);
Octets IssuerAltName(const std::vector<std::string>& uris);
// One caIssuers access description a URI.
Octets AuthorityInfoAccess(const std::vector<std::string>& uris);
Octets UnknownExtension(Criticality criticality);

// RFC 5280 4.2.1.2 method (1): SHA-1 of the subjectPublicKey's bits. A name for
// the key, not a protection.
Octets KeyIdentifierOf(Bytes public_key_info);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_EXTENSIONS_H_
