// How an OCSP request travels over HTTP (RFC 6960 appendix A, RFC 9919 5).
#ifndef REVSTAT_ENGINE_REFRESH_OCSP_HTTP_REQUEST_H_
#define REVSTAT_ENGINE_REFRESH_OCSP_HTTP_REQUEST_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/refresh/fetch.h"
#include "engine/refresh/ocsp_client.h"

namespace revstat {

// Pure functions.

// RFC 9919 5: a GET's whole URL has at most so many octets.
inline constexpr size_t kMaxOcspGetUrl = 255;

// "{responder}/{base64 of the request, percent-encoded}", however long.
std::string OcspGetUrl(std::string_view responder, Bytes request);

// Whether caches on the way may answer a GET.
enum class HttpCaches : uint8_t { kMayAnswer, kBypassed };

// The request to the responder at `url` for one certificate, by the options'
// method, CertID, user agent, proxy and limits. Errors: EncodeOcspRequest's.
absl::StatusOr<FetchRequest> OcspHttpRequest(const OcspClientOptions& options,
                                             const OcspIssuer& issuer,
                                             const SerialNumber& serial,
                                             Bytes nonce,
                                             const std::string& url,
                                             HttpCaches caches);

// Whether a Content-Type is application/ocsp-response, with any parameters.
bool IsOcspResponseType(std::string_view content_type);

// "scheme://host:port" as the URL spells it, in lower case: what limits for
// each host are kept by. Of a URL that is none, all of it.
std::string OriginOf(std::string_view url);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_OCSP_HTTP_REQUEST_H_
