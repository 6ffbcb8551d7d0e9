// Distinguished names as text (RFC 4514), for people and for lists.
#ifndef REVSTAT_ENGINE_X509_NAME_TEXT_H_
#define REVSTAT_ENGINE_X509_NAME_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/x509/name.h"

namespace revstat {

// "CN=Issuing CA,O=Example,C=EE": last RDN first, RFC 4514 escapes. Attribute
// types without a usual short name are dotted; values that are no directory
// string are "#" and the hexadecimal of their DER.
std::string FormatName(NameView name);
// The same behind what `text` holds: for many names, whose memory is one.
void AppendName(NameView name, std::string* text);

// Which RDN a text begins with: the last, as RFC 4514 wants it, or the first,
// as `openssl x509 -issuer` prints names unless it is told otherwise.
enum class RdnOrder : uint8_t { kLastFirst, kFirstFirst };

// The CanonicalName of a name in RFC 4514 form, to look an issuer up by what a
// person typed. Short names of any case and dotted types are read. kBadText
// names the position of what cannot be read.
absl::StatusOr<std::string> CanonicalNameOfText(
    std::string_view text, RdnOrder order = RdnOrder::kLastFirst);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_NAME_TEXT_H_
