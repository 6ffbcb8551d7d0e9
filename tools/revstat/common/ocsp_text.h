// OCSP responses in results.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMON_OCSP_TEXT_H_
#define REVSTAT_TOOLS_REVSTAT_COMMON_OCSP_TEXT_H_

#include <string>
#include <string_view>

#include "engine/check/ocsp_set.h"

namespace revstat::tool {

// The responder's name, or "key " and the SHA-1 of its key.
std::string ResponderText(const ResponderId& responder);

// ,"source":{"kind":"ocsp",...} for a verdict's evidence, which has a source or
// a cached answer. `issuer` is the JSON string of whose certificates it speaks
// for.
std::string OcspSourceJson(const OcspEvidence& evidence,
                           std::string_view issuer);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_OCSP_TEXT_H_
