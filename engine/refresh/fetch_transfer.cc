#include "engine/refresh/fetch_transfer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/thrown.h"
#include "engine/refresh/address.h"
#include "engine/refresh/ascii.h"

namespace revstat {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t kMaxHeaderBytes = uint64_t{256} << 10;
// Of an answer that nobody wants, so that its connection can be used again.
constexpr uint64_t kMaxDiscardedBytes = uint64_t{64} << 10;
// libcurl undoes all of a buffer before it comes back to us, and an octet of
// gzip can stand for a thousand: 16 MiB at a time.
constexpr long kReceiveBuffer = 16 << 10;

std::optional<std::string> PartOf(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (libcurl().url_get(url, part, &text, flags) != CURLUE_OK)
    return std::nullopt;
  std::string copy(text);
  libcurl().free(text);
  return copy;
}

// What is thrown, for want of memory say, ends the transfer: it must not pass
// through libcurl, whose C code calls this.
template <class Body>
absl::Status Guarded(Body&& body) noexcept {
  absl::Status status;
  const std::exception_ptr thrown = ThrownBy([&] { status = body(); });
  return thrown == nullptr ? status : StatusOfThrown(thrown);
}

// As inet_ntop writes it; empty for a family that is neither IPv4 nor IPv6.
std::string TextOf(const curl_sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address.addr, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  } else if (address.family == AF_INET6) {
    // libcurl gives room for every address, though the type is a sockaddr.
    sockaddr_in6 v6;
    std::memcpy(&v6, static_cast<const void*>(&address.addr), sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  }
  return text;
}

}  // namespace

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

std::string UrlParts::Origin() const {
  return Concat({scheme, "://", host, ":", port});
}

std::string_view UrlParts::AddressText() const {
  const std::string_view text = host;
  return text.starts_with('[') && text.ends_with(']')
             ? text.substr(1, text.size() - 2)
             : text;
}

absl::StatusOr<UrlParts> ParseUrl(const std::string& url) {
  if (const absl::Status status = LoadLibcurl(); !status.ok()) return status;
  const absl::Status is_bad = MakeError(ErrorCode::kBadUrl, "");
  if (HasControl(url)) return is_bad;
  const std::unique_ptr<CURLU, decltype(Libcurl::url_cleanup)> parsed(
      libcurl().url(), libcurl().url_cleanup);
  if (parsed == nullptr ||
      libcurl().url_set(parsed.get(), CURLUPART_URL, url.c_str(),
                        CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return is_bad;
  UrlParts parts;
  const auto scheme = PartOf(parsed.get(), CURLUPART_SCHEME, 0);
  if (!scheme) return is_bad;
  parts.scheme = *scheme;
  parts.host = PartOf(parsed.get(), CURLUPART_HOST, 0).value_or("");
  parts.port =
      PartOf(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT).value_or("");
  const auto path = PartOf(parsed.get(), CURLUPART_PATH, CURLU_URLDECODE);
  if (!path) return is_bad;
  parts.path = *path;
  return parts;
}

absl::Status CheckUrl(const FetchRequest& request, const UrlParts& url) {
  if (url.scheme == "file" && request.files == FilePolicy::kAllow)
    return absl::OkStatus();
  if (url.scheme == "ldap" || url.scheme == "ldaps") {
    return MakeError(ErrorCode::kSchemeNotAllowed,
                     "ldap: its library takes in a whole answer before the "
                     "size can be limited; put it into a file with ldapsearch");
  }
  if (url.scheme != "http" && url.scheme != "https")
    return MakeError(ErrorCode::kSchemeNotAllowed, url.scheme);
  if (url.host.empty()) return MakeError(ErrorCode::kBadUrl, "no host");
  // A proxy connects for us, so that this is all that we see of the address.
  if (request.addresses == AddressPolicy::kPublicOnly) {
    if (!request.proxy.empty() && request.by_proxy == ProxyPolicy::kRefuse) {
      return MakeError(ErrorCode::kAddressNotAllowed,
                       "found in a certificate, and asked of a proxy, which "
                       "may connect to anywhere");
    }
    const AddressKind kind = KindOfHost(url.AddressText());
    if (kind != AddressKind::kPublic && kind != AddressKind::kNoAddress) {
      return MakeError(ErrorCode::kAddressNotAllowed,
                       Concat({url.host, " is ", NameOf(kind)}));
    }
  }
  for (const std::string& line : request.headers) {
    if (HasControl(line) || line.find(':') == std::string::npos)
      return MakeError(ErrorCode::kBadText, "a header is not \"Name: value\"");
  }
  for (const std::string* value :
       {&request.etag, &request.last_modified, &request.content_type,
        &request.user_agent}) {
    if (HasControl(*value))
      return MakeError(ErrorCode::kBadText, "a header's value has a control");
  }
  return absl::OkStatus();
}

FetchTransfer::FetchTransfer(FetchRequest request, UrlParts url)
    : request_(std::move(request)),
      url_(std::move(url)),
      origin_(url_.Origin()),
      handle_(libcurl().easy_init()) {
  result_.final_url = request_.url;
}

template <class Value>
void FetchTransfer::Set(CURLoption option, Value value) {
  const CURLcode code = libcurl().easy_setopt(handle_.get(), option, value);
  // CURLE_OUT_OF_MEMORY, or an option that this libcurl was built without.
  if (code != CURLE_OK && stop_.ok())
    stop_ = MakeError(ErrorCode::kFetchFailed, libcurl().easy_strerror(code));
}

absl::Status FetchTransfer::Prepare(Clock::time_point now) {
  if (handle_ == nullptr) {
    Fail(MakeError(ErrorCode::kFetchFailed, "no memory"));
    return result_.status;
  }
  if (!deadline_) deadline_ = now + request_.limits.total_time;
  const auto remaining =
      std::chrono::duration_cast<milliseconds>(*deadline_ - now);
  if (remaining <= milliseconds(0)) {
    Fail(MakeError(ErrorCode::kTimedOut, "before a redirect was followed"));
    return result_.status;
  }
  libcurl().easy_reset(handle_.get());
  error_text_[0] = '\0';
  refused_ = stop_ = absl::OkStatus();
  is_discarded_ = false;
  header_bytes_ = 0;
  is_encoded_ = false;
  bytes_at_check_ = 0;
  next_check_ = Clock::time_point::max();
  SetConnection(remaining);
  SetRequest();
  if (!stop_.ok()) Fail(stop_);
  return result_.status;
}

void FetchTransfer::SetConnection(milliseconds remaining) {
  Set(CURLOPT_NOSIGNAL, 1L);
  // Never waits for a name server when the handle goes.
  Set(CURLOPT_QUICK_EXIT, 1L);
  Set(CURLOPT_PRIVATE, this);
  Set(CURLOPT_ERRORBUFFER, error_text_);
  Set(CURLOPT_PROTOCOLS_STR, "http,https");
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(remaining.count()));
  Set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(
          std::min(remaining, request_.limits.connect_time).count()));
  // An empty text is "none", where null would ask the environment.
  Set(CURLOPT_PROXY, request_.proxy.c_str());
  Set(CURLOPT_NOPROXY, "");
  if (!request_.ca_file.empty()) {
    Set(CURLOPT_CAINFO, request_.ca_file.c_str());
    Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  Set(CURLOPT_OPENSOCKETFUNCTION, &OnSocket);
  Set(CURLOPT_OPENSOCKETDATA, this);
  Set(CURLOPT_PREREQFUNCTION, &OnConnected);
  Set(CURLOPT_PREREQDATA, this);
}

bool FetchTransfer::AppendHeader(const std::string& line) {
  curl_slist* longer = libcurl().slist_append(header_list_.get(), line.c_str());
  if (longer == nullptr) return false;
  (void)header_list_.release();  // now a part of the longer list
  header_list_.reset(longer);
  return true;
}

void FetchTransfer::SetRequest() {
  Set(CURLOPT_URL, result_.final_url.c_str());
  Set(CURLOPT_USERAGENT, request_.user_agent.c_str());
  // Not zstd and br: a kilobyte of those can be a gigabyte. See CheckEncoding.
  Set(CURLOPT_ACCEPT_ENCODING, "gzip");
  // With HTTP/2 libcurl takes a hundred buffers in one turn.
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_BUFFERSIZE, kReceiveBuffer);
  Set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(std::min<uint64_t>(
                                     request_.limits.max_bytes, INT64_MAX)));
  Set(CURLOPT_HEADERFUNCTION, &OnHeader);
  Set(CURLOPT_HEADERDATA, this);
  Set(CURLOPT_WRITEFUNCTION, &OnBody);
  Set(CURLOPT_WRITEDATA, this);

  std::vector<std::string> lines;
  if (url_.Origin() == origin_) lines = request_.headers;
  if (!request_.etag.empty())
    lines.push_back(Concat({"If-None-Match: ", request_.etag}));
  if (!request_.last_modified.empty())
    lines.push_back(Concat({"If-Modified-Since: ", request_.last_modified}));
  if (request_.method == HttpMethod::kPost) {
    Set(CURLOPT_POST, 1L);
    Set(CURLOPT_POSTFIELDS, request_.body.data());
    Set(CURLOPT_POSTFIELDSIZE_LARGE,
        static_cast<curl_off_t>(request_.body.size()));
    lines.push_back(Concat({"Content-Type: ", request_.content_type}));
    lines.emplace_back("Expect:");  // no round trip for a kilobyte
  }
  header_list_.reset();
  for (const std::string& line : lines) {
    if (!AppendHeader(line) && stop_.ok())
      stop_ = MakeError(ErrorCode::kFetchFailed, "no memory");
  }
  Set(CURLOPT_HTTPHEADER, header_list_.get());
}

bool FetchTransfer::IsConditional() const {
  return !request_.etag.empty() || !request_.last_modified.empty();
}

size_t FetchTransfer::OnHeader(char* data, size_t size, size_t count,
                               void* self) {
  auto* transfer = static_cast<FetchTransfer*>(self);
  transfer->stop_ = Guarded([&] {
    return transfer->TakeHeader({data, size * count});
  });
  return transfer->stop_.ok() ? size * count : 0;
}

absl::Status FetchTransfer::TakeHeader(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    return MakeError(ErrorCode::kHeadersTooLarge,
                     std::to_string(kMaxHeaderBytes));
  }
  return CheckEncoding(line);
}

// libcurl undoes whatever the server names, asked for or not, one over the
// other, of the content (RFC 9110 8.4) and of the transfer (RFC 9112 6.1).
absl::Status FetchTransfer::CheckEncoding(std::string_view line) {
  const size_t colon = line.find(':');
  const std::string name = ToLowerAscii(line.substr(0, colon));
  const bool is_content = name == "content-encoding";
  if (!is_content && name != "transfer-encoding") return absl::OkStatus();
  const std::string value = ToLowerAscii(TrimAscii(line.substr(colon + 1)));
  if (value.empty() || value == "identity" ||
      (!is_content && value == "chunked"))
    return absl::OkStatus();
  if (is_content && value == "gzip" && !std::exchange(is_encoded_, true))
    return absl::OkStatus();
  return MakeError(ErrorCode::kBadContentEncoding,
                   Concat({name, " is not one gzip: ", value}));
}

size_t FetchTransfer::OnBody(char* data, size_t size, size_t count,
                             void* self) {
  auto* transfer = static_cast<FetchTransfer*>(self);
  const Bytes piece(reinterpret_cast<const uint8_t*>(data), size * count);
  if (piece.empty()) return 0;
  transfer->stop_ = Guarded([&] { return transfer->TakeBody(piece); });
  return transfer->stop_.ok() ? piece.size() : 0;
}

absl::Status FetchTransfer::TakeBody(Bytes piece) {
  // libcurl looks at the time between buffers only.
  if (Clock::now() >= *deadline_)
    return MakeError(ErrorCode::kTimedOut, "within the body");
  result_.bytes += piece.size();
  long http_status = 0;
  libcurl().easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &http_status);
  if (http_status != 200) {
    // libcurl forgets where to a redirect leads that is not read to its end.
    const uint64_t most =
        http_status / 100 == 3 ? request_.limits.max_bytes : kMaxDiscardedBytes;
    if (result_.bytes <= most) return absl::OkStatus();
    is_discarded_ = true;  // its headers are all that matters
    return MakeError(ErrorCode::kHttpStatus, "with a long body");
  }
  if (result_.bytes > request_.limits.max_bytes) {
    return MakeError(
        ErrorCode::kTooLarge,
        Concat({"the body has more than ",
                std::to_string(request_.limits.max_bytes), " octets"}));
  }
  if (request_.sink) return request_.sink(piece);
  result_.body.insert(result_.body.end(), piece.begin(), piece.end());
  return absl::OkStatus();
}

absl::Status FetchTransfer::CheckAddress(std::string_view address) {
  // Of a proxy that the operator configured, any address will do.
  if (request_.addresses == AddressPolicy::kAny || !request_.proxy.empty())
    return absl::OkStatus();
  const AddressKind kind = KindOfAddressText(address);
  if (kind == AddressKind::kPublic) return absl::OkStatus();
  result_.address = address;
  return MakeError(ErrorCode::kAddressNotAllowed,
                   Concat({address, " is ", NameOf(kind)}));
}

curl_socket_t FetchTransfer::OnSocket(void* self, curlsocktype,
                                      curl_sockaddr* address) {
  auto* transfer = static_cast<FetchTransfer*>(self);
  const absl::Status allowed =
      Guarded([&] { return transfer->CheckAddress(TextOf(*address)); });
  if (!allowed.ok()) {
    transfer->refused_ = allowed;
    return CURL_SOCKET_BAD;  // another address of the same name may do
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
}

// Also called for a connection that is used again, and that a request with
// another policy may have made.
int FetchTransfer::OnConnected(void* self, char* address, char*, int, int) {
  auto* transfer = static_cast<FetchTransfer*>(self);
  transfer->stop_ = Guarded([&] { return transfer->CheckAddress(address); });
  if (!transfer->stop_.ok()) return CURL_PREREQFUNC_ABORT;
  transfer->next_check_ =
      Clock::now() + transfer->request_.limits.low_speed_time;
  return CURL_PREREQFUNC_OK;
}

absl::Status FetchTransfer::CheckSpeed(Clock::time_point now) {
  curl_off_t body = 0;
  libcurl().easy_getinfo(handle_.get(), CURLINFO_SIZE_DOWNLOAD_T, &body);
  const uint64_t bytes = header_bytes_ + static_cast<uint64_t>(body);
  const uint64_t got = bytes - bytes_at_check_;
  bytes_at_check_ = bytes;
  next_check_ = now + request_.limits.low_speed_time;
  if (got >= request_.limits.low_speed_bytes) return absl::OkStatus();
  return MakeError(
      ErrorCode::kTooSlow,
      Concat({std::to_string(got), " octets in ",
              std::to_string(request_.limits.low_speed_time.count()), " ms"}));
}

void FetchTransfer::Fail(const absl::Status& status) {
  result_.outcome = FetchOutcome::kFailed;
  result_.status = Annotate(status, result_.final_url);
  result_.body.clear();
}

}  // namespace revstat
