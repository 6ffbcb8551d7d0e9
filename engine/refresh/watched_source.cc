#include "engine/refresh/watched_source.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/base/error.h"

namespace revstat {

WatchedSource::WatchedSource(WatchedCrl watched, const IssuerSource& issuer,
                             SourceState state, std::optional<HeldCrl> held)
    : watched_(std::move(watched)),
      issuer_(issuer),
      spread_(SpreadOf(watched_.id)),
      state_(std::move(state)) {
  std::erase_if(state_.urls, [&](const auto& entry) {
    return std::ranges::count(watched_.urls, entry.first) == 0;
  });
  // The operator's certificates are others now: so may the list be.
  if (std::ranges::count(watched_.allowed_issuers, state_.issuer) == 0)
    state_.issuer = state_.scope_key = "";
  const std::string named = state_.crl_sha256;
  if (held.has_value() &&
      std::ranges::count(watched_.allowed_issuers, held->issuer) > 0) {
    Hold(*held);
    if (state_.crl_sha256 == named) return;
    state_.next_attempt = Time();
  } else {
    Lose();
  }
}

void WatchedSource::Lose() {
  held_.reset();
  is_well_ = false;  // of what is lost
  ForgetValidators();
  state_.crl_sha256.clear();
  state_.next_attempt = Time();
}

void WatchedSource::ForgetValidators() {
  for (auto& [url, url_state] : state_.urls)
    url_state.etag = url_state.last_modified = "";
}

// All that comes later has to be of the same issuer and scope, whether or not
// this CRL is still found then.
void WatchedSource::Hold(const HeldCrl& held) {
  const std::string sha256 = ToHex(held.sha256);
  // A validator of what we do not hold would let the server withhold it.
  if (state_.crl_sha256 != sha256) ForgetValidators();
  state_.crl_sha256 = sha256;
  state_.issuer = held.issuer;
  state_.scope_key = held.scope_key;
  held_ = held;
}

bool WatchedSource::IsAs(const WatchedCrl& watched,
                         const IssuerSource& issuer) const {
  const auto parts = [](const WatchedCrl& crl, const IssuerSource& source) {
    return std::tie(crl.id, crl.allowed_issuers, crl.origin, source.schedule,
                    source.grace, source.limits, source.proxy, source.ca_file,
                    source.headers, source.user_agent, source.addresses,
                    source.downgrade, source.discovered_by_proxy, source.odd);
  };
  const auto is_same = [](const auto& a, const auto& b) {
    return Equal(a->bytes(), b->bytes());
  };
  return parts(watched_, issuer_) == parts(watched, issuer) &&
         std::ranges::equal(issuer_.certificates, issuer.certificates, is_same);
}

bool WatchedSource::IsDue(Time now) const {
  return state_.next_attempt <= now ||
         state_.next_attempt > now + LongestInterval(issuer_.schedule);
}

std::vector<FetchRequest> WatchedSource::BeginRound(Time now) {
  is_well_ = false;
  fresh_for_.reset();
  error_ = absl::OkStatus();
  std::vector<FetchRequest> requests;
  for (const std::string& url : watched_.urls) {
    const UrlState& state = state_.urls[url];
    // A clock that was set back must not silence a source.
    if (state.not_before > now &&
        state.not_before <= now + issuer_.schedule.max_interval)
      continue;
    FetchRequest request = RequestFor(issuer_, url);
    // A server, or a cache before it, that says "not modified" of an expired
    // CRL is of no use: whatever it has is to be seen.
    if (!IsExpired(now)) {
      request.etag = state.etag;
      request.last_modified = state.last_modified;
    }
    if (watched_.origin == WatchedCrl::Origin::kDiscovered) {
      request.files = FilePolicy::kRefuse;
      request.by_proxy = issuer_.discovered_by_proxy;
    }
    requests.push_back(std::move(request));
  }
  open_ = requests.size();
  was_asked_ = open_ > 0;
  return requests;
}

IngestJob WatchedSource::JobFor(std::unique_ptr<StagedFile> staged) const {
  IngestJob job;
  job.staged = std::move(staged);
  job.allowed_issuers = watched_.allowed_issuers;
  job.expected.kind = watched_.kind == CrlKind::kDelta
                          ? ExpectedCrl::Kind::kDelta
                          : ExpectedCrl::Kind::kComplete;
  job.expected.odd = issuer_.odd;
  job.expected.certificates = issuer_.certificates;
  if (!state_.issuer.empty()) {
    job.expected.issuer = state_.issuer;
    job.expected.scope_key = state_.scope_key;
  }
  if (held_.has_value()) {
    job.held_until = held_->next_update.value_or(Time::max());
  }
  return job;
}

bool WatchedSource::IsExpired(Time now) const {
  return held_.has_value() && held_->next_update.has_value() &&
         *held_->next_update <= now;
}

void WatchedSource::FinishNotModified(const std::string& url,
                                      const FetchResult& result, Time now) {
  // It was lost, or expired, while this was asked.
  if (!held_.has_value() || IsExpired(now)) {
    FinishRefused(url, MakeError(ErrorCode::kUnexpectedNotModified, url));
  } else {
    FinishWell(url, result);
  }
}

void WatchedSource::FinishWell(const std::string& url,
                               const FetchResult& result) {
  UrlState& state = state_.urls[url];
  state.not_before = Time();
  --open_;
  if (!result.etag.empty()) state.etag = result.etag;
  if (!result.last_modified.empty()) state.last_modified = result.last_modified;
  if (result.fresh_for)
    fresh_for_ =
        std::min(fresh_for_.value_or(*result.fresh_for), *result.fresh_for);
  is_well_ = true;
}

void WatchedSource::FinishFailed(const std::string& url,
                                 const FetchResult& result, Time now) {
  UrlState& state = state_.urls[url];
  state.not_before = Time();
  if (result.retry_after) {
    state.not_before =
        now + std::min(*result.retry_after, issuer_.schedule.max_interval);
  }
  if (ErrorCodeOf(result.status) == ErrorCode::kUnexpectedNotModified)
    state.etag = state.last_modified = "";
  error_ = result.status;
  --open_;
}

void WatchedSource::FinishTaken(const std::string& url,
                                const FetchResult& result,
                                const HeldCrl& held) {
  Adopt(url, result, held);
  FinishWell(url, result);
}

void WatchedSource::Adopt(const std::string& url, const FetchResult& result,
                          const HeldCrl& held) {
  // Asked for when the operator still named another CA.
  if (std::ranges::count(watched_.allowed_issuers, held.issuer) == 0) return;
  Hold(held);
  state_.urls[url].etag = result.etag;
  state_.urls[url].last_modified = result.last_modified;
}

void WatchedSource::FinishRefused(const std::string& url,
                                  const absl::Status& why) {
  state_.urls[url].not_before = Time();
  error_ = why;
  --open_;
}

void WatchedSource::EndRound(Time now) {
  if (was_asked_) {
    last_error_ = is_well_ ? absl::OkStatus() : error_;
    asked_until_ = now;
  }
  if (is_well_) {
    state_.failures = 0;
    FreshnessHints hints;
    hints.this_update = held_->this_update;
    hints.next_update = held_->next_update;
    hints.fresh_for = fresh_for_;
    state_.next_attempt =
        NextAfterSuccess(issuer_.schedule, now, hints, spread_);
    return;
  }
  if (was_asked_) ++state_.failures;
  // When the first of its URLs may be asked again.
  std::optional<std::chrono::seconds> retry_after;
  for (const std::string& url : watched_.urls) {
    const auto left =
        std::max(state_.urls[url].not_before - now, std::chrono::seconds(0));
    retry_after = std::min(retry_after.value_or(left), left);
  }
  state_.next_attempt = NextAfterFailure(issuer_.schedule, now, state_.failures,
                                         retry_after, spread_);
}

std::optional<Time> WatchedSource::stale_from() const {
  if (!held_.has_value()) return std::nullopt;
  return StaleFrom(held_->next_update, issuer_.grace);
}

SourceHealth::State WatchedSource::StateAt(Time now) const {
  if (!held_.has_value()) return SourceHealth::State::kMissing;
  const auto from = stale_from();
  return from && *from < now ? SourceHealth::State::kStale
                             : SourceHealth::State::kFresh;
}

SourceHealth::State WatchedSource::Judge(Time now) {
  const SourceHealth::State state = StateAt(now);
  // One that is stale when first looked at has become so while nobody looked.
  const SourceHealth::State first = state == SourceHealth::State::kStale
                                        ? SourceHealth::State::kFresh
                                        : state;
  const SourceHealth::State before = judged_.value_or(first);
  judged_ = state;
  // Once: where the answer of a round since then was no better, or the round is
  // under way, its end says when to ask again.
  if (before != state && state == SourceHealth::State::kStale &&
      !is_in_round() && asked_until_ <= *stale_from()) {
    state_.next_attempt = std::min(state_.next_attempt, now);
  }
  return before;
}

SourceHealth WatchedSource::Health(Time now) const {
  SourceHealth health;
  health.issuer = issuer_.name;
  health.kind = watched_.kind;
  health.urls = watched_.urls;
  health.state = StateAt(now);
  health.stale_from = stale_from();
  health.next_attempt = state_.next_attempt;
  health.failures = state_.failures;
  health.last_error = last_error_;
  return health;
}

}  // namespace revstat
