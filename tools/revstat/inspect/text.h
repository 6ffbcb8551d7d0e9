// The structures that CRLs and certificates share (RFC 5280 4.2.1.1, 4.2.1.6,
// 4.2.1.13), put on a sheet.
#ifndef REVSTAT_TOOLS_REVSTAT_INSPECT_TEXT_H_
#define REVSTAT_TOOLS_REVSTAT_INSPECT_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/x509/distribution_point.h"
#include "engine/x509/key_identifier.h"
#include "tools/revstat/inspect/sheet.h"

namespace revstat::tool {

// Lines for people and JSON for programs, of the same thing.
struct Shown {
  InspectSheet::Json json;
  std::vector<std::string> lines;
};
void AddShown(const char* key, std::string_view label, Shown shown,
              InspectSheet* sheet);

// GeneralNames content: [{"uri": "http://..."}], "URI http://...". Cut off
// where it is malformed (authorityCertIssuer is not checked when parsed).
Shown ShowGeneralNames(Bytes content);
// {"full_name": [...]} or {"relative_name": "CN=..."}.
Shown ShowPointName(const DistributionPointName& name);
Shown ShowReasons(ReasonMask reasons);
Shown ShowKeyUsage(uint32_t bits);
// The content of checked CRLDistributionPoints.
Shown ShowDistributionPoints(Bytes points);
Shown ShowAuthorityKeyIdentifier(const AuthorityKeyIdentifier& identifier);
bool IsPresent(const AuthorityKeyIdentifier& identifier);

// The name of an AlgorithmIdentifier, or its dotted type where it is not known.
std::string AlgorithmText(Bytes algorithm_tlv);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_INSPECT_TEXT_H_
