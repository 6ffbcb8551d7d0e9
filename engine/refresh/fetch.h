// What is asked of a Fetcher, and what comes of it.
#ifndef REVSTAT_ENGINE_REFRESH_FETCH_H_
#define REVSTAT_ENGINE_REFRESH_FETCH_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/bytes.h"
#include "engine/base/time.h"

namespace revstat {

enum class HttpMethod : uint8_t { kGet, kPost };

// Which addresses may be connected to.
enum class AddressPolicy : uint8_t { kPublicOnly, kAny };

// Whether file: URLs may be read. Only for URLs that the operator wrote; a
// redirect never leads to a file whatever this says.
enum class FilePolicy : uint8_t { kRefuse, kAllow };

// Whether a proxy may be asked for it where only public addresses are allowed.
// It is the proxy that resolves and connects, so that nobody here sees where
// to.
enum class ProxyPolicy : uint8_t { kRefuse, kAllow };

// Whether a redirect may lead from https to http.
enum class DowngradePolicy : uint8_t { kRefuse, kAllow };

struct FetchLimits {
  // Of the body, after decompression.
  uint64_t max_bytes = uint64_t{1} << 30;
  // From the start of the first connection to the last octet, redirects
  // included; waiting for a free connection is not counted.
  std::chrono::milliseconds total_time = std::chrono::minutes(15);
  // Name resolution, connection and TLS handshake, of each redirect.
  std::chrono::milliseconds connect_time = std::chrono::seconds(20);
  // Fewer octets than these within this time end the fetch, before the first
  // octet as well.
  uint64_t low_speed_bytes = 1024;
  std::chrono::milliseconds low_speed_time = std::chrono::seconds(30);
  unsigned max_redirects = 5;

  friend bool operator==(const FetchLimits&, const FetchLimits&) = default;
};

struct FetchRequest {
  // http: or https:, or file: where `files` allows it.
  std::string url;
  HttpMethod method = HttpMethod::kGet;
  // Of a POST.
  std::string body;
  std::string content_type;

  // "Name: value". Left out after a redirect to another scheme, host or port:
  // they may hold a credential.
  std::vector<std::string> headers;
  std::string user_agent = "revstat";
  std::string proxy;    // a URL; empty: none, whatever the environment says
  std::string ca_file;  // PEM, instead of the system's; empty: the system's

  // Of the copy that is held: the answer may then be kNotModified.
  std::string etag;
  std::string last_modified;

  AddressPolicy addresses = AddressPolicy::kPublicOnly;
  FilePolicy files = FilePolicy::kRefuse;
  ProxyPolicy by_proxy = ProxyPolicy::kAllow;
  DowngradePolicy downgrade = DowngradePolicy::kRefuse;
  FetchLimits limits;

  // Called on the owner's thread with each piece of the body of a 200 answer,
  // and of no other; an error ends the fetch with that error. Without one, the
  // body is collected in FetchResult::body.
  std::function<absl::Status(Bytes)> sink;
};

enum class FetchOutcome : uint8_t { kFailed, kFetched, kNotModified };

struct FetchResult {
  FetchOutcome outcome = FetchOutcome::kFailed;
  // OK unless kFailed. ErrorCodeOf(status) is the kind of failure:
  //   kBadUrl, kSchemeNotAllowed, kAddressNotAllowed, kHostNotFound,
  //   kConnectFailed, kTlsFailed, kTimedOut, kTooSlow, kTooManyRedirects,
  //   kRedirectNotAllowed, kHttpStatus, kUnexpectedNotModified,
  //   kTransferCut, kBadTransfer, kHeadersTooLarge, kTooLarge,
  //   kInputUnreadable (a file), kFetchFailed (what libcurl has no better word
  //   for), or what the sink returned.
  absl::Status status;

  int http_status = 0;  // of the last answer; 0: none, or a file
  std::vector<uint8_t> body;
  uint64_t bytes = 0;  // of the body, after decompression
  unsigned redirects = 0;
  std::string final_url;
  std::string address;  // connected to, or refused

  std::string etag;
  std::string last_modified;
  std::string content_type;
  // How long the answer says that it stays fresh (RFC 9111 4.2.1: max-age, or
  // Expires less Date; less Age). 0 with no-cache or no-store.
  std::optional<std::chrono::seconds> fresh_for;
  // Retry-After (RFC 9110 10.2.3), of any answer.
  std::optional<std::chrono::seconds> retry_after;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_FETCH_H_
