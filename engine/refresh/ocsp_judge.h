// What a responder's answer over HTTP is worth: a part of OcspClient.
#ifndef REVSTAT_ENGINE_REFRESH_OCSP_JUDGE_H_
#define REVSTAT_ENGINE_REFRESH_OCSP_JUDGE_H_

#include <optional>

#include "engine/refresh/ocsp_client.h"

namespace revstat {

// Lifetime: borrows the options, whose clock is set, and the cache.
// Thread-safety: none.
class OcspJudge {
 public:
  OcspJudge(const OcspClientOptions& options, OcspCache* cache)
      : options_(options), cache_(cache), verifier_(options.verifier) {}

  // Errors: those of OcspVerifier::AddTrustedResponder.
  absl::Status AddTrustedResponders();

  // What the cache has about a certificate: an answer that is current, or a
  // failure that it remembers.
  std::optional<OcspResult> Held(const OcspCacheKey& key) const;

  struct Judged {
    // What is held about a certificate after this result: its own answer,
    // verified, or another that counts more.
    OcspAnswer answer;
    OcspStatus said;  // by the result itself
  };
  // Takes the result's body. `nonce` is that of the request. Errors: see
  // OcspResult.
  absl::StatusOr<Judged> AnswerOf(const OcspIssuer& issuer,
                                  const OcspCacheKey& key, Bytes nonce,
                                  FetchResult* fetched);

 private:
  absl::StatusOr<OcspAnswer> Keep(const OcspCacheKey& key, OcspAnswer answer);

  const OcspClientOptions& options_;
  OcspCache* const cache_;
  OcspVerifier verifier_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_OCSP_JUDGE_H_
