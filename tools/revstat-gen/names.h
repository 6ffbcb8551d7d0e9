// Names and general names (RFC 5280 4.1.2.4, 4.2.1.6).
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_NAMES_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

#include "tools/revstat-gen/der.h"

namespace revstat::gen {

// O=revstat test data, CN=<common_name>.
Octets MakeName(std::string_view common_name);

// One RelativeDistinguishedName's content: the AttributeTypeAndValue CN=...
Octets CommonNameAttribute(std::string_view common_name);

// The content of a GeneralNames: URIs, or one directoryName.
Octets UriNames(const std::vector<std::string>& uris);
Octets DirectoryNames(Bytes name);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_NAMES_H_
