// Fetches URLs, many at a time, without a thread of its own.
//
// The owner drives it: everything happens inside Poll, on the owner's thread.
// A slow or hostile server costs a slot until a limit of its request ends it,
// and never makes Poll wait longer than its time-out.
#ifndef REVSTAT_ENGINE_REFRESH_FETCHER_H_
#define REVSTAT_ENGINE_REFRESH_FETCHER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/refresh/fetch.h"

namespace revstat {

struct FetcherOptions {
  // Fetches at a time; further ones wait in the order of their submission, but
  // never for one host whose connections are all busy.
  unsigned max_active = 32;
  unsigned max_per_host = 2;
};

using FetchId = uint64_t;

// What Submit would fail a request for before anything is connected to:
// kBadUrl, kSchemeNotAllowed, kBadText, kAddressNotAllowed; kFetchFailed where
// libcurl cannot be loaded. OK otherwise.
absl::Status CheckRequest(const FetchRequest& request);

// Thread-safety: none but for Wakeup; use one on one thread at a time.
// Different Fetchers are independent.
//
// Connections are kept and used again. Answers may be compressed with gzip,
// once; other encodings are refused, for what they unpack to at a time has no
// bound (kBadContentEncoding). Redirects are followed one by one, and each has
// to pass the request's policies; addresses are checked where the connection is
// made, so that neither a redirect nor a DNS answer leads around AddressPolicy.
// With a proxy it is the proxy that resolves and connects: then only addresses
// written into the URL are checked, and ProxyPolicy says whether that will do.
//
// Not supported: cookies, authentication other than by given headers or in the
// URL, HTTP/3, ranges, protocols other than http, https and file. Not ldap
// either, though libcurl has it: libldap takes in a message of whatever length
// the server announces before anybody sees an octet of it, so that neither
// FetchLimits::max_bytes nor the process's memory could be kept; and it has no
// conditional request. A file: URL names a regular file on a disk that answers:
// reading is not asynchronous.
class Fetcher {
 public:
  using Done = std::function<void(FetchResult)>;

  // Loads libcurl: before a chroot that has none. Fails with kFetchFailed where
  // that fails.
  static absl::StatusOr<std::unique_ptr<Fetcher>> Create(
      const FetcherOptions& options = {});
  // Drops what goes on, without a callback and without waiting: a name that is
  // being resolved is left to libcurl's own thread, which ends by itself.
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  // Queues a request. `done` is called once from a later Poll, unless the fetch
  // is cancelled; it may submit and cancel, but not destroy the Fetcher.
  FetchId Submit(FetchRequest request, Done done);

  // Forgets a fetch: neither its sink nor its callback is called again. Not
  // from inside a sink.
  void Cancel(FetchId id);
  void CancelAll();

  // Moves everything on, and waits for up to `timeout` while there is nothing
  // to do. Returns the number of fetches that are not done.
  size_t Poll(std::chrono::milliseconds timeout);

  // Ends the waiting of a Poll that goes on, or of the next one. From any
  // thread.
  void Wakeup();

  // Fetches queued and going on.
  size_t pending() const;

 private:
  class Impl;
  explicit Fetcher(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_FETCHER_H_
