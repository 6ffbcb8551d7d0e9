#include "engine/refresh/ocsp_client.h"

#include <openssl/rand.h>

#include <algorithm>
#include <queue>
#include <unordered_map>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/fetcher.h"
#include "engine/refresh/ocsp_failure.h"
#include "engine/refresh/ocsp_http_request.h"
#include "engine/refresh/ocsp_judge.h"

namespace revstat {
namespace {

using std::chrono::milliseconds;

Time SystemNow() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

struct Hasher {
  size_t operator()(const OcspCacheKey& asked) const {
    return KeyedHash(key, WordsOf(asked));
  }
  HashKey key = HashKey::Random();
};

}  // namespace

class OcspClient::Impl {
 public:
  Impl(OcspClientOptions options, OcspCache* cache,
       std::unique_ptr<Fetcher> fetcher)
      : options_(std::move(options)),
        cache_(cache),
        fetcher_(std::move(fetcher)),
        queue_(options_.queue) {
    if (!options_.now) options_.now = SystemNow;
  }

  absl::Status AddTrustedResponders() { return judge_.AddTrustedResponders(); }
  OcspIssuerNumber AddIssuer(std::shared_ptr<const OcspIssuer> issuer,
                             std::vector<std::string> responders);
  void Ask(const OcspCacheKey& key, std::vector<std::string> urls,
           OcspCacheUse use, Done done);
  size_t RefreshDue(size_t limit);
  size_t Poll(milliseconds timeout);
  void CancelAll();
  void Wakeup() { fetcher_->Wakeup(); }
  size_t pending() const { return jobs_.size() + ready_.size(); }

 private:
  using Clock = OcspQueue::Clock;

  struct Issuer {
    std::shared_ptr<const OcspIssuer> issuer;
    std::shared_ptr<const std::vector<std::string>> responders;
  };
  // One certificate that is being asked about.
  struct Job {
    OcspCacheKey key;
    std::vector<Done> done;
    std::shared_ptr<const std::vector<std::string>> responders;
    std::vector<std::string> urls;  // of the certificate
    size_t next_url = 0;
    unsigned round = 0;
    enum class Retry : uint8_t { kUseless, kWorthwhile };
    Retry retry = Retry::kUseless;  // of this round
    milliseconds wanted_pause{0};   // Retry-After
    std::optional<Clock::time_point> deadline;
    OcspResult result;  // the best so far
    // Of the request that goes on.
    std::vector<uint8_t> nonce;
    HttpMethod method = HttpMethod::kGet;
    HttpCaches caches = HttpCaches::kMayAnswer;
  };
  struct Timer {
    Clock::time_point due;
    OcspQueue::Job job;
    bool operator>(const Timer& other) const { return due > other.due; }
  };

  const std::string& UrlOf(const Job& job) const;
  // Whether the URL that is asked is the certificate's own.
  bool IsOfCertificate(const Job& job) const;
  AddressPolicy AddressesOf(const Job& job) const;
  void TryNext(OcspQueue::Job id, Job* job);
  void EndRound(OcspQueue::Job id, Job* job);
  void StartAll();
  void RunTimers();
  void Send(OcspQueue::Job id, const std::string& origin, Job* job);
  absl::StatusOr<FetchRequest> RequestOf(Job* job, Clock::time_point now);
  void TakeResult(OcspQueue::Job id, const std::string& origin,
                  FetchResult fetched);
  void NoteFailure(const absl::Status& status, Job* job) const;
  void Finish(OcspQueue::Job id, Job* job);
  void CallBack();

  OcspClientOptions options_;
  OcspCache* const cache_;
  const std::unique_ptr<Fetcher> fetcher_;
  OcspJudge judge_{options_, cache_};
  OcspQueue queue_;
  std::unordered_map<OcspIssuerNumber, Issuer> issuers_;
  std::unordered_map<OcspQueue::Job, std::unique_ptr<Job>> jobs_;
  std::unordered_map<OcspCacheKey, OcspQueue::Job, Hasher> job_of_;
  OcspQueue::Job last_job_ = 0;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::deque<std::pair<Done, OcspResult>> ready_;
};

OcspIssuerNumber OcspClient::Impl::AddIssuer(
    std::shared_ptr<const OcspIssuer> issuer,
    std::vector<std::string> responders) {
  const OcspIssuerNumber number =
      cache_->AddIssuer(OcspIssuerIdentity(issuer->certificate()));
  if (number == kNoOcspIssuer) return number;
  issuers_[number] = {
      std::move(issuer),
      std::make_shared<const std::vector<std::string>>(std::move(responders))};
  return number;
}

void OcspClient::Impl::Ask(const OcspCacheKey& key,
                           std::vector<std::string> urls, OcspCacheUse use,
                           Done done) {
  if (use == OcspCacheUse::kFirst) {
    if (auto held = judge_.Held(key); held.has_value()) {
      ready_.emplace_back(std::move(done), *std::move(held));
      return;
    }
  }
  if (const auto found = job_of_.find(key); found != job_of_.end()) {
    jobs_.at(found->second)->done.push_back(std::move(done));
    return;
  }
  auto job = std::make_unique<Job>();
  job->key = key;
  job->done.push_back(std::move(done));
  const auto issuer = issuers_.find(key.issuer);
  if (options_.certificate_urls == CertificateUrls::kAsked)
    job->urls = std::move(urls);
  const OcspQueue::Job id = ++last_job_;
  Job* const kept = job.get();
  jobs_.emplace(id, std::move(job));
  job_of_.emplace(key, id);
  if (issuer == issuers_.end()) {
    kept->result.status = MakeError(ErrorCode::kNoIssuer, "");
    kept->result.cause = Cause::kNoIssuer;
    Finish(id, kept);
    return;
  }
  kept->responders = issuer->second.responders;
  TryNext(id, kept);
}

size_t OcspClient::Impl::RefreshDue(size_t limit) {
  const auto may_ask = [this](const OcspCacheKey& key) {
    const auto issuer = issuers_.find(key.issuer);
    return issuer != issuers_.end() && !issuer->second.responders->empty() &&
           !job_of_.contains(key);
  };
  const auto due = cache_->DueForRefresh(options_.now(), limit, may_ask);
  for (const OcspCacheKey& key : due)
    Ask(key, {}, OcspCacheUse::kBypassed, nullptr);
  return due.size();
}

const std::string& OcspClient::Impl::UrlOf(const Job& job) const {
  const size_t configured = job.responders->size();
  return job.next_url <= configured ? (*job.responders)[job.next_url - 1]
                                    : job.urls[job.next_url - configured - 1];
}

bool OcspClient::Impl::IsOfCertificate(const Job& job) const {
  return job.next_url > job.responders->size();
}

AddressPolicy OcspClient::Impl::AddressesOf(const Job& job) const {
  return IsOfCertificate(job) ? options_.certificate_addresses
                              : options_.addresses;
}

void OcspClient::Impl::TryNext(OcspQueue::Job id, Job* job) {
  if (job->next_url == job->responders->size() + job->urls.size()) {
    EndRound(id, job);
    return;
  }
  ++job->next_url;
  job->caches = HttpCaches::kMayAnswer;
  queue_.Add(OriginOf(UrlOf(*job)), id);
}

void OcspClient::Impl::EndRound(OcspQueue::Job id, Job* job) {
  milliseconds pause =
      std::min(options_.first_pause * (1 << std::min(job->round, 16u)),
               options_.max_pause);
  pause = std::max(pause, job->wanted_pause);
  const Clock::time_point due = Clock::now() + pause;
  ++job->round;
  if (job->retry == Job::Retry::kUseless || job->result.answer.has_value() ||
      job->round >= options_.max_rounds ||
      (job->deadline.has_value() && due >= *job->deadline)) {
    Finish(id, job);
    return;
  }
  job->next_url = 0;
  job->retry = Job::Retry::kUseless;
  job->wanted_pause = milliseconds(0);
  timers_.push({due, id});
}

void OcspClient::Impl::RunTimers() {
  const Clock::time_point now = Clock::now();
  while (!timers_.empty() && timers_.top().due <= now) {
    const OcspQueue::Job id = timers_.top().job;
    timers_.pop();
    TryNext(id, jobs_.at(id).get());
  }
}

void OcspClient::Impl::StartAll() {
  while (const auto turn = queue_.Next(Clock::now())) {
    Job* job = jobs_.at(turn->job).get();
    if (turn->stopped.ok()) {
      Send(turn->job, turn->origin, job);
    } else {
      NoteFailure(turn->stopped, job);
      job->retry = Job::Retry::kWorthwhile;
      TryNext(turn->job, job);
    }
  }
}

absl::StatusOr<FetchRequest> OcspClient::Impl::RequestOf(
    Job* job, Clock::time_point now) {
  if (!job->deadline.has_value()) job->deadline = now + options_.deadline;
  const auto left =
      std::chrono::duration_cast<milliseconds>(*job->deadline - now);
  if (left <= milliseconds(0))
    return MakeError(ErrorCode::kTimedOut, "before a request was sent");
  job->nonce.clear();
  if (options_.nonce != OcspNonceUse::kOff) {
    job->nonce.resize(options_.nonce_octets);
    if (RAND_bytes(job->nonce.data(), static_cast<int>(job->nonce.size())) != 1)
      return MakeError(ErrorCode::kFetchFailed, "no random octets");
  }
  auto request =
      OcspHttpRequest(options_, *issuers_.at(job->key.issuer).issuer,
                      job->key.serial, job->nonce, UrlOf(*job), job->caches);
  if (!request.ok()) return request;
  job->method = request->method;
  request->addresses = AddressesOf(*job);
  if (IsOfCertificate(*job)) request->by_proxy = options_.certificate_by_proxy;
  request->limits.total_time = std::min(request->limits.total_time, left);
  return request;
}

void OcspClient::Impl::Send(OcspQueue::Job id, const std::string& origin,
                            Job* job) {
  auto request = RequestOf(job, Clock::now());
  if (!request.ok()) {
    queue_.Done(origin, absl::OkStatus(), Clock::now());
    NoteFailure(request.status(), job);
    TryNext(id, job);
    return;
  }
  ++job->result.requests;
  fetcher_->Submit(*std::move(request), [this, id, origin](FetchResult result) {
    TakeResult(id, origin, std::move(result));
  });
}

void OcspClient::Impl::TakeResult(OcspQueue::Job id, const std::string& origin,
                                  FetchResult fetched) {
  const ErrorCode code = ErrorCodeOf(fetched.status);
  queue_.Done(origin, IsHostFailure(code) ? fetched.status : absl::OkStatus(),
              Clock::now());
  Job* const job = jobs_.at(id).get();
  const OcspIssuer& issuer = *issuers_.at(job->key.issuer).issuer;
  auto judged = judge_.AnswerOf(issuer, job->key, job->nonce, &fetched);
  if (!judged.ok()) {
    NoteFailure(judged.status(), job);
    // RFC 9919 6.2: caches are bypassed where one may have sent what is old.
    if (IsFromThePast(ErrorCodeOf(judged.status())) &&
        job->method == HttpMethod::kGet &&
        job->caches == HttpCaches::kMayAnswer) {
      job->caches = HttpCaches::kBypassed;
      queue_.Add(origin, id);
      return;
    }
    if (IsPassing(ErrorCodeOf(judged.status()), fetched.http_status))
      job->retry = Job::Retry::kWorthwhile;
    if (fetched.retry_after.has_value())
      job->wanted_pause = std::max<milliseconds>(
          job->wanted_pause, std::min<std::chrono::seconds>(
                                 *fetched.retry_after, std::chrono::hours(1)));
    TryNext(id, job);
    return;
  }
  job->result.status = absl::OkStatus();
  job->result.cause = judged->answer.status == OcspStatus::kUnknown
                          ? Cause::kResponderUnknown
                          : Cause::kNone;
  job->result.url = UrlOf(*job);
  const bool is_known = judged->said != OcspStatus::kUnknown;
  job->result.answer = std::move(judged->answer);
  // RFC 6960 2.2: on `unknown`, another source may be tried, also where an
  // answer is held: the next may know of a revocation since.
  if (is_known) {
    Finish(id, job);
  } else {
    TryNext(id, job);
  }
}

void OcspClient::Impl::NoteFailure(const absl::Status& status, Job* job) const {
  if (job->result.answer.has_value()) return;
  const Cause cause = CauseOfAsking(ErrorCodeOf(status));
  // Causes stand in the order of how close to an answer they are.
  if (!job->result.status.ok() && cause < job->result.cause) return;
  job->result.status = status;
  job->result.cause = cause;
  job->result.url = UrlOf(*job);
}

void OcspClient::Impl::Finish(OcspQueue::Job id, Job* job) {
  OcspResult& result = job->result;
  if (!result.answer.has_value()) {
    if (result.status.ok()) {
      result.status = MakeError(ErrorCode::kBadUrl, "no responder is known");
      result.cause = Cause::kNoSource;
    } else if (result.cause != Cause::kNoIssuer) {
      cache_->PutFailure(job->key, result.cause, options_.now());
    }
  }
  for (Done& done : job->done) {
    if (done) ready_.emplace_back(std::move(done), result);
  }
  job_of_.erase(job->key);
  jobs_.erase(id);
}

void OcspClient::Impl::CallBack() {
  for (size_t count = ready_.size(); count > 0; --count) {
    const auto [done, result] = std::move(ready_.front());
    ready_.pop_front();
    if (done) done(result);
  }
}

size_t OcspClient::Impl::Poll(milliseconds timeout) {
  RunTimers();
  StartAll();
  if (!ready_.empty()) timeout = milliseconds(0);
  if (!timers_.empty()) {
    const auto left =
        std::chrono::ceil<milliseconds>(timers_.top().due - Clock::now());
    timeout = std::clamp(left, milliseconds(0), timeout);
  }
  fetcher_->Poll(timeout);
  RunTimers();
  StartAll();
  CallBack();
  return pending();
}

void OcspClient::Impl::CancelAll() {
  fetcher_->CancelAll();
  queue_ = OcspQueue(options_.queue);
  timers_ = {};
  ready_.clear();
  job_of_.clear();
  jobs_.clear();
}

absl::StatusOr<std::unique_ptr<OcspClient>> OcspClient::Create(
    OcspClientOptions options, OcspCache* cache) {
  if (options.nonce != OcspNonceUse::kOff &&
      (options.nonce_octets < 1 || options.nonce_octets > kMaxOcspNonce))
    return MakeError(ErrorCode::kBadNonce, "");
  auto fetcher = Fetcher::Create({.max_active = options.queue.max_active,
                                  .max_per_host = options.queue.max_per_host});
  if (!fetcher.ok()) return fetcher.status();
  auto impl =
      std::make_unique<Impl>(std::move(options), cache, *std::move(fetcher));
  absl::Status added = impl->AddTrustedResponders();
  if (!added.ok()) return added;
  return std::unique_ptr<OcspClient>(new OcspClient(std::move(impl)));
}

OcspClient::OcspClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OcspClient::~OcspClient() = default;

OcspIssuerNumber OcspClient::AddIssuer(std::shared_ptr<const OcspIssuer> issuer,
                                       std::vector<std::string> responders) {
  return impl_->AddIssuer(std::move(issuer), std::move(responders));
}
void OcspClient::Ask(const OcspCacheKey& key,
                     std::vector<std::string> certificate_urls,
                     OcspCacheUse use, Done done) {
  impl_->Ask(key, std::move(certificate_urls), use, std::move(done));
}
size_t OcspClient::RefreshDue(size_t limit) { return impl_->RefreshDue(limit); }
size_t OcspClient::Poll(milliseconds timeout) { return impl_->Poll(timeout); }
void OcspClient::CancelAll() { impl_->CancelAll(); }
void OcspClient::Wakeup() { impl_->Wakeup(); }
size_t OcspClient::pending() const { return impl_->pending(); }

}  // namespace revstat
