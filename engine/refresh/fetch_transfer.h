// One fetch over HTTP: a part of Fetcher, for fetcher.cc alone.
#ifndef REVSTAT_ENGINE_REFRESH_FETCH_TRANSFER_H_
#define REVSTAT_ENGINE_REFRESH_FETCH_TRANSFER_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/refresh/fetch.h"
#include "engine/refresh/libcurl.h"

namespace revstat {

// A URL taken apart by libcurl, so that both read it the same way. Fails with
// kBadUrl, or as LoadLibcurl does.
struct UrlParts {
  std::string scheme;  // lower case
  std::string host;    // with brackets where it is an IPv6 address
  std::string port;    // the scheme's where the URL names none
  std::string path;    // decoded, of a file: URL

  // What a connection is made to.
  std::string Origin() const;
  // The host without the brackets.
  std::string_view AddressText() const;
};
absl::StatusOr<UrlParts> ParseUrl(const std::string& url);

// Not thread-safe. The handle points back here: not movable.
class FetchTransfer {
 public:
  using Clock = std::chrono::steady_clock;

  FetchTransfer(FetchRequest request, UrlParts url);
  FetchTransfer(const FetchTransfer&) = delete;
  FetchTransfer& operator=(const FetchTransfer&) = delete;

  // Makes the handle ready for the next request: the first one or that of a
  // redirect. On an error the result is complete.
  absl::Status Prepare(Clock::time_point now);
  CURL* handle() const { return handle_.get(); }
  const UrlParts& url() const { return url_; }

  // What libcurl's end of the request means. kRedirect: Prepare again.
  enum class Next : uint8_t { kDone, kRedirect };
  Next Finish(CURLcode code);

  // Ends it for an error found outside of libcurl.
  void Fail(const absl::Status& status);
  FetchResult TakeResult() { return std::move(result_); }

  // When CheckSpeed is due. It returns kTooSlow if too little came since the
  // last time.
  Clock::time_point next_check() const { return next_check_; }
  absl::Status CheckSpeed(Clock::time_point now);

 private:
  struct FreeHandle {
    void operator()(CURL* handle) const { libcurl().easy_cleanup(handle); }
  };
  struct FreeList {
    void operator()(curl_slist* list) const { libcurl().slist_free_all(list); }
  };

  // libcurl calls these.
  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static size_t OnBody(char* data, size_t size, size_t count, void* self);
  static curl_socket_t OnSocket(void* self, curlsocktype purpose,
                                curl_sockaddr* address);
  static int OnConnected(void* self, char* address, char* local, int port,
                         int local_port);

  template <class Value>
  void Set(CURLoption option, Value value);
  void SetRequest();
  void SetConnection(std::chrono::milliseconds remaining);
  bool AppendHeader(const std::string& line);
  absl::Status TakeHeader(std::string_view line);
  absl::Status CheckEncoding(std::string_view line);
  absl::Status TakeBody(Bytes piece);
  absl::Status ErrorOf(CURLcode code) const;
  absl::Status CheckAddress(std::string_view address);
  absl::Status Redirect(const char* location);
  Next Judge();
  void ReadHeaders();
  std::string Header(const char* name) const;
  std::string Validator(const char* name) const;
  bool IsConditional() const;

  FetchRequest request_;
  UrlParts url_;
  const std::string origin_;  // of the first URL
  std::unique_ptr<CURL, FreeHandle> handle_;
  std::unique_ptr<curl_slist, FreeList> header_list_;
  char error_text_[CURL_ERROR_SIZE] = {};
  FetchResult result_;
  absl::Status stop_;          // why a callback ended the transfer
  absl::Status refused_;       // an address that was not connected to
  bool is_discarded_ = false;  // ended within a body that nobody wants
  std::optional<Clock::time_point> deadline_;
  Clock::time_point next_check_ = Clock::time_point::max();
  uint64_t header_bytes_ = 0;
  bool is_encoded_ = false;  // the body is a gzip
  uint64_t bytes_at_check_ = 0;
};

// Whether the request's policies let it begin with this URL.
absl::Status CheckUrl(const FetchRequest& request, const UrlParts& url);

// Control characters of ASCII, which no value of a request may have.
bool HasControl(std::string_view text);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_FETCH_TRANSFER_H_
