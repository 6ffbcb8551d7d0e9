// FetchTransfer: what the end of a request and the answer's headers mean.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/fetch_transfer.h"
#include "engine/refresh/http_freshness.h"

namespace revstat {
namespace {

// Of a validator that we keep; a longer one is as good as none.
constexpr size_t kMaxValidator = 1024;

ErrorCode CodeOf(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
      return ErrorCode::kBadUrl;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return ErrorCode::kHostNotFound;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return ErrorCode::kConnectFailed;
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::kTimedOut;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_INITFAILED:
      return ErrorCode::kTlsFailed;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return ErrorCode::kTransferBroken;
    case CURLE_BAD_CONTENT_ENCODING:
      return ErrorCode::kBadContentEncoding;
    // The scheme was checked before: this is an answer in HTTP/0.9.
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return ErrorCode::kNotHttp;
    case CURLE_FILESIZE_EXCEEDED:
      return ErrorCode::kTooLarge;
    default:
      return ErrorCode::kFetchFailed;
  }
}

// RFC 9110 8.8.3.2: weak comparison, which is that of If-None-Match.
std::string_view OpaqueTag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag;
}

}  // namespace

std::string FetchTransfer::Header(const char* name) const {
  curl_header* header = nullptr;
  if (libcurl().easy_header(handle_.get(), name, 0, CURLH_HEADER, -1,
                            &header) != CURLHE_OK)
    return "";
  return header->value;
}

std::string FetchTransfer::Validator(const char* name) const {
  std::string value = Header(name);
  // One that could not be sent would keep us from asking again.
  if (value.size() > kMaxValidator || HasControl(value)) value.clear();
  return value;
}

void FetchTransfer::ReadHeaders() {
  long http_status = 0;
  libcurl().easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &http_status);
  result_.http_status = static_cast<int>(http_status);
  const char* address = nullptr;
  libcurl().easy_getinfo(handle_.get(), CURLINFO_PRIMARY_IP, &address);
  if (address != nullptr && *address != '\0') result_.address = address;

  result_.etag = Validator("ETag");
  result_.last_modified = Validator("Last-Modified");
  result_.content_type = Header("Content-Type");
  const std::string cache_control = Header("Cache-Control");
  const std::string expires = Header("Expires");
  const std::string date = Header("Date");
  const std::string age = Header("Age");
  result_.fresh_for = FreshnessOf({cache_control, expires, date, age});
  const auto now = std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
  if (!IsStrongLastModified(result_.last_modified, date, now))
    result_.last_modified.clear();
  result_.retry_after = ParseRetryAfter(Header("Retry-After"), now);
}

absl::Status FetchTransfer::ErrorOf(CURLcode code) const {
  if (!stop_.ok()) return stop_;
  if (code == CURLE_COULDNT_CONNECT && !refused_.ok()) return refused_;
  return MakeError(CodeOf(code), error_text_[0] != '\0'
                                     ? error_text_
                                     : libcurl().easy_strerror(code));
}

FetchTransfer::Next FetchTransfer::Finish(CURLcode code) {
  ReadHeaders();
  // An error is one even when its text did not arrive whole.
  const bool is_answered =
      code == CURLE_OK || is_discarded_ || result_.http_status >= 400;
  if (is_answered) return Judge();
  Fail(ErrorOf(code));
  return Next::kDone;
}

FetchTransfer::Next FetchTransfer::Judge() {
  const long redirect_codes[] = {301, 302, 303, 307, 308};
  if (std::ranges::count(redirect_codes, result_.http_status) > 0) {
    const char* location = nullptr;
    libcurl().easy_getinfo(handle_.get(), CURLINFO_REDIRECT_URL, &location);
    const absl::Status followed = Redirect(location);
    if (followed.ok()) return Next::kRedirect;
    Fail(followed);
  } else if (result_.http_status == 200) {
    result_.outcome = FetchOutcome::kFetched;
  } else if (result_.http_status == 304) {
    const bool is_ours = result_.etag.empty() || request_.etag.empty() ||
                         OpaqueTag(result_.etag) == OpaqueTag(request_.etag);
    if (IsConditional() && is_ours) {
      result_.outcome = FetchOutcome::kNotModified;
    } else {
      Fail(MakeError(ErrorCode::kUnexpectedNotModified, ""));
    }
  } else {
    Fail(
        MakeError(ErrorCode::kHttpStatus, std::to_string(result_.http_status)));
  }
  return Next::kDone;
}

absl::Status FetchTransfer::Redirect(const char* location) {
  if (location == nullptr)
    return MakeError(ErrorCode::kNotHttp, "a redirect without Location");
  if (result_.redirects == request_.limits.max_redirects) {
    return MakeError(ErrorCode::kTooManyRedirects,
                     std::to_string(request_.limits.max_redirects));
  }
  // RFC 9110 15.4: the others may turn a POST into a GET.
  if (request_.method == HttpMethod::kPost && result_.http_status != 307 &&
      result_.http_status != 308)
    return MakeError(ErrorCode::kRedirectNotAllowed, "of a POST");
  const auto url = ParseUrl(location);
  if (!url.ok()) return MakeError(ErrorCode::kBadUrl, "in a redirect");
  const bool is_downgrade = url_.scheme == "https" && url->scheme == "http";
  if ((url->scheme != "http" && url->scheme != "https") ||
      (is_downgrade && request_.downgrade == DowngradePolicy::kRefuse)) {
    return MakeError(ErrorCode::kRedirectNotAllowed,
                     Concat({"from ", url_.scheme, " to ", url->scheme}));
  }
  const absl::Status allowed = CheckUrl(request_, *url);
  if (!allowed.ok()) return allowed;
  ++result_.redirects;
  result_.final_url = location;
  result_.bytes = 0;
  url_ = *url;
  return absl::OkStatus();
}

}  // namespace revstat
