#include "engine/refresh/ocsp_judge.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/ocsp_http_request.h"

namespace revstat {
namespace {

OcspNonce NonceRuleOf(OcspNonceUse use) {
  switch (use) {
    case OcspNonceUse::kOff:
      return OcspNonce::kIgnored;
    case OcspNonceUse::kOn:
      return OcspNonce::kIfPresent;
    case OcspNonceUse::kRequired:
      return OcspNonce::kRequired;
  }
  return OcspNonce::kRequired;
}

}  // namespace

absl::Status OcspJudge::AddTrustedResponders() {
  for (const auto& certificate : options_.trusted_responders) {
    absl::Status added = verifier_.AddTrustedResponder(certificate);
    if (!added.ok()) return added;
  }
  return absl::OkStatus();
}

std::optional<OcspResult> OcspJudge::Held(const OcspCacheKey& key) const {
  LookupPolicy policy;
  policy.at = options_.now();
  policy.clock_skew = options_.clock_skew;
  policy.max_age = options_.max_age;
  const Verdict verdict = cache_->Lookup(policy, key);
  OcspResult result;
  result.answer = cache_->Explain(key);
  result.cause = verdict.cause;
  if (!result.answer.has_value()) {
    if (verdict.cause == Cause::kNoSource) return std::nullopt;
    result.status = MakeError(ErrorCode::kFetchFailed,
                              "has failed a moment ago, and is not tried");
  } else if (verdict.cause == Cause::kStale || verdict.is_stale() ||
             verdict.cause == Cause::kNotYetCurrent) {
    return std::nullopt;
  }
  return result;
}

absl::StatusOr<OcspJudge::Judged> OcspJudge::AnswerOf(const OcspIssuer& issuer,
                                                      const OcspCacheKey& key,
                                                      Bytes nonce,
                                                      FetchResult* fetched) {
  if (!fetched->status.ok()) return fetched->status;
  if (!IsOcspResponseType(fetched->content_type)) {
    return MakeError(ErrorCode::kWrongContentType,
                     std::string_view(fetched->content_type).substr(0, 100));
  }
  const auto der = Buffer::FromVector(std::move(fetched->body));
  const auto response =
      OcspResponseView::Parse(der->bytes(), options_.parse_limits);
  if (!response.ok()) return response.status();
  OcspPolicy policy;
  policy.at = options_.now();
  policy.clock_skew = options_.clock_skew;
  policy.max_age = options_.max_age;
  policy.nonce = NonceRuleOf(options_.nonce);
  policy.expected_nonce = nonce;
  auto verified = verifier_.Verify(*response, issuer, {key.serial}, policy);
  const auto lifetime = options_.lifetime_without_next_update;
  if (ErrorCodeOf(verified.status()) == ErrorCode::kOcspNoNextUpdate &&
      lifetime.has_value()) {
    policy.max_age = std::min(policy.max_age.value_or(*lifetime), *lifetime);
    verified = verifier_.Verify(*response, issuer, {key.serial}, policy);
  }
  if (!verified.ok()) return verified.status();
  auto answer = Keep(
      key, OcspAnswer::Of(*verified, lifetime.value_or(std::chrono::seconds(0)),
                          der));
  if (!answer.ok()) return answer.status();
  return Judged{*std::move(answer), verified->status()};
}

absl::StatusOr<OcspAnswer> OcspJudge::Keep(const OcspCacheKey& key,
                                           OcspAnswer answer) {
  const Time now = options_.now();
  if (cache_->Put(key, answer, now) == OcspCache::Kept::kNew) return answer;
  auto held = cache_->Explain(key);
  if (!held.has_value()) return answer;  // it has just made room for another
  const bool is_listed = held->status == OcspStatus::kRevoked ||
                         held->status == OcspStatus::kOnHold;
  if (!is_listed && held->until + options_.clock_skew < now)
    return MakeError(ErrorCode::kOlderThanHeld, "an OCSP response");
  if (held->response == nullptr && held->sha256 == answer.sha256) return answer;
  return *std::move(held);
}

}  // namespace revstat
