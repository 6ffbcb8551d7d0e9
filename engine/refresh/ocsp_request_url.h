// How an OCSP request travels over HTTP (RFC 6960 appendix A, RFC 9919 5).
#ifndef REVSTAT_ENGINE_REFRESH_OCSP_REQUEST_URL_H_
#define REVSTAT_ENGINE_REFRESH_OCSP_REQUEST_URL_H_

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"

namespace revstat {

// Pure functions.

// RFC 9919 5: a GET's whole URL has at most so many octets.
inline constexpr size_t kMaxOcspGetUrl = 255;

// "{responder}/{base64 of the request, percent-encoded}", however long.
std::string OcspGetUrl(std::string_view responder, Bytes request);

// Whether a Content-Type is application/ocsp-response, with any parameters.
bool IsOcspResponseType(std::string_view content_type);

// "scheme://host:port" as the URL spells it, in lower case: what limits for
// each host are kept by. Of a URL that is none, all of it.
std::string OriginOf(std::string_view url);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_OCSP_REQUEST_URL_H_
