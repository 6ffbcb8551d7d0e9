#include "engine/refresh/ocsp_http_request.h"

#include <algorithm>

#include "engine/x509/ocsp_request.h"

namespace revstat {
namespace {

char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// RFC 4648 4, with what has a meaning in a URL percent-encoded.
void AppendBase64Digit(unsigned value, std::string* out) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  if (value < kDigits.size()) {
    *out += kDigits[value];
  } else {
    *out += value == 62 ? "%2B" : "%2F";
  }
}

}  // namespace

std::string OcspGetUrl(std::string_view responder, Bytes request) {
  std::string url(responder);
  if (!url.ends_with('/')) url += '/';
  for (size_t i = 0; i < request.size(); i += 3) {
    const size_t left = std::min<size_t>(3, request.size() - i);
    unsigned group = 0;
    for (size_t j = 0; j < 3; ++j)
      group = group << 8 | (j < left ? unsigned{request[i + j]} : 0u);
    for (size_t j = 0; j < 4; ++j) {
      if (j > left) {
        url += "%3D";
      } else {
        AppendBase64Digit(group >> (18 - 6 * j) & 63, &url);
      }
    }
  }
  return url;
}

absl::StatusOr<FetchRequest> OcspHttpRequest(const OcspClientOptions& options,
                                             const OcspIssuer& issuer,
                                             const SerialNumber& serial,
                                             Bytes nonce,
                                             const std::string& url,
                                             HttpCaches caches) {
  const std::vector<uint8_t> cert_id =
      issuer.CertIdOf(options.cert_id_hash, serial);
  const auto der = EncodeOcspRequest({&cert_id, 1}, nonce);
  if (!der.ok()) return der.status();
  FetchRequest request;
  request.url = OcspGetUrl(url, *der);
  const bool is_short = request.url.size() <= kMaxOcspGetUrl && nonce.empty();
  if (options.method == OcspMethod::kPost ||
      (options.method == OcspMethod::kAuto && !is_short)) {
    request.url = url;
    request.method = HttpMethod::kPost;
    request.body = TextOf(*der);
    request.content_type = "application/ocsp-request";
  } else if (caches == HttpCaches::kBypassed) {
    request.headers = {"Cache-Control: no-cache", "Pragma: no-cache"};
  }
  request.user_agent = options.user_agent;
  request.proxy = options.proxy;
  request.ca_file = options.ca_file;
  request.limits = options.limits;
  return request;
}

bool IsOcspResponseType(std::string_view content_type) {
  constexpr std::string_view kType = "application/ocsp-response";
  const std::string_view type =
      content_type.substr(0, content_type.find_first_of("; \t"));
  return std::equal(type.begin(), type.end(), kType.begin(), kType.end(),
                    [](char a, char b) { return ToLower(a) == b; });
}

std::string OriginOf(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t end =
      scheme == std::string_view::npos
          ? url.size()
          : std::min(url.size(), url.find_first_of("/?#", scheme + 3));
  std::string origin(url.substr(0, end));
  std::transform(origin.begin(), origin.end(), origin.begin(), ToLower);
  return origin;
}

}  // namespace revstat
