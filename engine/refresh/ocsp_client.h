// Asks OCSP responders over HTTP, many at a time, verifies what they say and
// keeps it in an OcspCache (RFC 6960, RFC 9654, RFC 9919).
#ifndef REVSTAT_ENGINE_REFRESH_OCSP_CLIENT_H_
#define REVSTAT_ENGINE_REFRESH_OCSP_CLIENT_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/check/ocsp_cache.h"
#include "engine/refresh/fetch.h"
#include "engine/refresh/ocsp_queue.h"
#include "engine/verify/ocsp_verifier.h"

namespace revstat {

// kAuto: GET where the whole URL has at most 255 octets and no nonce is sent
// (RFC 9919 5), so that caches on the way can answer; else POST.
enum class OcspMethod : uint8_t { kAuto, kGet, kPost };

// kOn: one is sent, and a response may leave it out, but not have another.
enum class OcspNonceUse : uint8_t { kOff, kOn, kRequired };

// Whether the URLs in a certificate are asked, after the configured ones.
enum class CertificateUrls : uint8_t { kIgnored, kAsked };

// Whether an answer that the cache has is enough.
enum class OcspCacheUse : uint8_t { kFirst, kBypassed };

struct OcspClientOptions {
  // Requests at a time, and connections: in all, and to one host.
  OcspQueue::Limits queue;

  OcspMethod method = OcspMethod::kAuto;
  // SHA-1 is what every responder knows; it only names the issuer.
  CertIdHash cert_id_hash = CertIdHash::kSha1;
  OcspNonceUse nonce = OcspNonceUse::kOff;
  size_t nonce_octets = 32;  // 1 to 128 (RFC 9654 2.1)

  AddressPolicy addresses = AddressPolicy::kPublicOnly;
  CertificateUrls certificate_urls = CertificateUrls::kIgnored;
  AddressPolicy certificate_addresses = AddressPolicy::kPublicOnly;
  // Where only public addresses are allowed.
  ProxyPolicy certificate_by_proxy = ProxyPolicy::kRefuse;
  std::string user_agent = "revstat";
  std::string proxy;
  std::string ca_file;
  // Of one request.
  FetchLimits limits = {.max_bytes = uint64_t{64} << 10,
                        .total_time = std::chrono::seconds(10),
                        .connect_time = std::chrono::seconds(5),
                        .low_speed_bytes = 1,
                        .low_speed_time = std::chrono::seconds(5),
                        .max_redirects = 3};

  // All responders of a certificate are asked in their order, and again after a
  // pause, doubled each time, where a failure may pass by itself.
  unsigned max_rounds = 2;
  std::chrono::milliseconds first_pause = std::chrono::milliseconds(500);
  std::chrono::milliseconds max_pause = std::chrono::seconds(10);
  // Of one question, from its first request to its end.
  std::chrono::milliseconds deadline = std::chrono::seconds(30);

  OcspVerifierOptions verifier;
  OcspLimits parse_limits = {.max_bytes = size_t{64} << 10};
  std::vector<std::shared_ptr<const Buffer>> trusted_responders;
  std::chrono::seconds clock_skew = std::chrono::minutes(5);
  std::optional<std::chrono::seconds> max_age = std::nullopt;
  // How long after thisUpdate an answer without nextUpdate counts; unset:
  // refused.
  std::optional<std::chrono::seconds> lifetime_without_next_update =
      std::chrono::minutes(5);
  // The system's clock unless set.
  std::function<Time()> now;
};

struct OcspResult {
  // OK where there is an answer, of whatever status. Else why there is none:
  // an error of Fetcher, kWrongContentType, an error of OcspResponseView or
  // OcspVerifier, kOlderThanHeld, kNoIssuer, or kBadUrl where no responder is
  // known. Of several failures, the one that came closest to an answer.
  absl::Status status;
  std::optional<OcspAnswer> answer;
  Cause cause = Cause::kNone;  // what the failure means for the certificate
  std::string url;             // of the responder; empty: nobody was asked
  unsigned requests = 0;       // that were sent
};

// Thread-safety: none but for Wakeup; use one on one thread at a time. Works in
// Poll and waits nowhere else; nothing of it is on the way of a query, which
// reads the cache. Questions about the same certificate are asked once.
//
// Not supported: signed requests, several certificates in one request, and
// responders that are named by an access location other than a URL.
class OcspClient {
 public:
  using Done = std::function<void(const OcspResult&)>;

  // The cache outlives the client; others may change it as well. Errors:
  // kFetchFailed, kBadNonce, and those of a trusted responder's certificate.
  static absl::StatusOr<std::unique_ptr<OcspClient>> Create(
      OcspClientOptions options, OcspCache* cache);
  ~OcspClient();  // forgets what was asked, without a callback
  OcspClient(const OcspClient&) = delete;
  OcspClient& operator=(const OcspClient&) = delete;

  // An issuer whose certificates will be asked about, and its responders' URLs
  // by configuration. The number is the cache's; kNoOcspIssuer: the cache is
  // full. A known issuer's responders are replaced.
  OcspIssuerNumber AddIssuer(std::shared_ptr<const OcspIssuer> issuer,
                             std::vector<std::string> responders);

  // Asks; `done` is called once from a later Poll and may ask again, but not
  // destroy the client. `certificate_urls` are those of the certificate itself
  // (OcspUrlsOf). A failure that the cache remembers is not tried again.
  void Ask(const OcspCacheKey& key, std::vector<std::string> certificate_urls,
           OcspCacheUse use, Done done);

  // Asks again for up to `limit` answers that will end soon or have just ended
  // (OcspCache::DueForRefresh), of issuers with responders by configuration;
  // returns their number. Call it now and then.
  size_t RefreshDue(size_t limit);

  // Moves everything on, and waits for up to `timeout` while there is nothing
  // to do. Returns the number of questions that are not done.
  size_t Poll(std::chrono::milliseconds timeout);
  // Forgets all questions without calling back, and with them whatever an
  // exception out of any of these has left half done.
  void CancelAll();
  // Ends the waiting of a Poll. From any thread.
  void Wakeup();
  size_t pending() const;

 private:
  class Impl;
  explicit OcspClient(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_OCSP_CLIENT_H_
