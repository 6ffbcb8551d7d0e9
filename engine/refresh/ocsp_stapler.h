// Keeps the OCSP responses of a server's own certificates at hand, to be sent
// in TLS handshakes (RFC 6066 8, RFC 8446 4.4.2.1).
#ifndef REVSTAT_ENGINE_REFRESH_OCSP_STAPLER_H_
#define REVSTAT_ENGINE_REFRESH_OCSP_STAPLER_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/check/ocsp_cache.h"
#include "engine/refresh/ocsp_client.h"

namespace revstat {

struct OcspStaplerOptions {
  // Its certificate_urls decide whether the certificates' own URLs are asked;
  // its nonce stays kOff where responders answer out of a cache.
  OcspClientOptions client;
  // A refresh that failed, or brought nothing new, is tried again after this,
  // doubled each time.
  std::chrono::seconds first_pause{30};
  std::chrono::seconds max_pause = std::chrono::minutes(15);
  // Where responses are kept over restarts (see SaveOcspCache); empty: nowhere.
  std::string file = {};
  // Called on the stapler's thread when a question of certificate `id` has come
  // to its end. What it throws is lost.
  std::function<void(size_t id, const OcspResult&)> notify = {};
};

// One thread, from Start to the end of the object. A response is asked for
// again from the middle of its time on; while its responder is down, the old
// one is served until its end, and after it none: a server that staples an old
// response fails where one without a response would not.
class OcspStapler {
 public:
  static absl::StatusOr<std::unique_ptr<OcspStapler>> Create(
      OcspStaplerOptions options);
  // Waits for the thread: for a call of notify, the file's disk, or, after an
  // exception, 1.6 s at most.
  ~OcspStapler();
  OcspStapler(const OcspStapler&) = delete;
  OcspStapler& operator=(const OcspStapler&) = delete;

  // Before Start: a certificate and its issuer's, one DER certificate each, and
  // the responders to ask, which are asked for all certificates of that issuer.
  // Returns the certificate's id: 0, 1, ... Errors:
  // those of CertificateView and OcspIssuer; kWrongIssuer by name.
  absl::StatusOr<size_t> Add(std::shared_ptr<const Buffer> certificate,
                             std::shared_ptr<const Buffer> issuer,
                             std::vector<std::string> responders);
  void Start();

  // The bytes to staple at `at`: a verified response that has not ended and
  // knows the certificate; or null. Any thread, after Start; never locks, waits
  // or allocates. OpenSSL's status callback copies them into memory of
  // OPENSSL_malloc for SSL_set_tlsext_status_ocsp_resp.
  std::shared_ptr<const Buffer> Response(size_t id, Time at) const;

  // Looks at once what is due, after a change of the clock say. Any thread.
  void Wakeup() { client_->Wakeup(); }

 private:
  struct Entry {
    OcspCacheKey key;
    std::vector<std::string> urls;
    Sha256Digest sha256 = {};  // of the response that was received last
    Time next_try = Time::min();
    std::chrono::seconds pause{0};
    bool is_asked = false;
  };

  OcspStapler(OcspStaplerOptions options);

  void Run();
  void Turn();
  void AskIfDue(size_t id, Time now);
  void TakeResult(size_t id, const OcspResult& result);
  Time Now() const { return options_.client.now(); }

  OcspStaplerOptions options_;
  OcspCache cache_;
  std::unique_ptr<OcspClient> client_;
  std::map<OcspIssuerNumber, std::vector<std::string>> responders_;
  std::vector<Entry> entries_;  // keys unchanged from Start on
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_OCSP_STAPLER_H_
