#include "engine/refresh/ocsp_stapler.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/thrown.h"
#include "engine/check/ocsp_cache_file.h"
#include "engine/x509/authority_info_access.h"

namespace revstat {
namespace {

using std::chrono::milliseconds;

// The clock may be set while we wait.
constexpr std::chrono::seconds kLongestWait{60};
// After something was thrown.
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{1600};

constexpr uint32_t kMaxCertificates = 10'000;

Sha256Digest ContextOf(const OcspClientOptions& options) {
  std::string text =
      options.verifier.signature.weak_digest == WeakDigest::kAllowSha1
          ? "stapler weak"
          : "stapler";
  for (const auto& certificate : options.trusted_responders)
    text += TextOf(Sha256(certificate->bytes()));
  return Sha256(BytesOf(text));
}

}  // namespace

OcspStapler::OcspStapler(OcspStaplerOptions options)
    : options_(std::move(options)),
      cache_(
          {.max_answers = kMaxCertificates, .copies = ResponseCopies::kKept}) {
  if (!options_.client.now) {
    options_.client.now = [] {
      return std::chrono::floor<std::chrono::seconds>(
          std::chrono::system_clock::now());
    };
  }
}

absl::StatusOr<std::unique_ptr<OcspStapler>> OcspStapler::Create(
    OcspStaplerOptions options) {
  std::unique_ptr<OcspStapler> stapler(new OcspStapler(std::move(options)));
  auto client = OcspClient::Create(stapler->options_.client, &stapler->cache_);
  if (!client.ok()) return client.status();
  stapler->client_ = *std::move(client);
  const std::string& file = stapler->options_.file;
  // Whatever is wrong with it: what it held is asked for again.
  if (!file.empty()) {
    const OcspClientOptions& options_of_client = stapler->options_.client;
    LoadOcspCache(file,
                  {ContextOf(options_of_client), stapler->Now(),
                   options_of_client.lifetime_without_next_update.value_or(
                       std::chrono::seconds(0))},
                  &stapler->cache_)
        .IgnoreError();
  }
  return stapler;
}

OcspStapler::~OcspStapler() {
  // Pairs with the load in Run.
  stop_.store(true, std::memory_order_release);
  if (!thread_.joinable()) return;  // never started, or Create has failed
  client_->Wakeup();
  thread_.join();
}

absl::StatusOr<size_t> OcspStapler::Add(
    std::shared_ptr<const Buffer> certificate,
    std::shared_ptr<const Buffer> issuer, std::vector<std::string> responders) {
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  auto prepared = OcspIssuer::Create(std::move(issuer),
                                     options_.client.verifier.signature.gost);
  if (!prepared.ok()) return prepared.status();
  if (!prepared->HasName(view->issuer()))
    return MakeError(ErrorCode::kWrongIssuer, "");
  if (entries_.size() >= kMaxCertificates)
    return MakeError(ErrorCode::kTooMany, "certificates");
  Entry entry;
  for (std::string_view url : OcspUrlsOf(*view)) entry.urls.emplace_back(url);
  const auto shared = std::make_shared<const OcspIssuer>(*std::move(prepared));
  entry.key = {view->serial(), client_->AddIssuer(shared, {})};
  std::vector<std::string>& known = responders_[entry.key.issuer];
  for (std::string& url : responders) {
    if (std::find(known.begin(), known.end(), url) == known.end())
      known.push_back(std::move(url));
  }
  client_->AddIssuer(shared, known);
  entries_.push_back(std::move(entry));
  return entries_.size() - 1;
}

void OcspStapler::Start() {
  thread_ = std::thread([this] { Run(); });
}

std::shared_ptr<const Buffer> OcspStapler::Response(size_t id, Time at) const {
  const auto answer = cache_.Explain(entries_[id].key);
  if (!answer.has_value() || answer->until < at || answer->this_update > at ||
      answer->status == OcspStatus::kUnknown)
    return nullptr;
  return answer->response;
}

void OcspStapler::AskIfDue(size_t id, Time now) {
  Entry& entry = entries_[id];
  if (entry.is_asked || now < entry.next_try) return;
  const auto answer = cache_.Explain(entry.key);
  if (answer.has_value() && answer->status != OcspStatus::kUnknown &&
      now < answer->this_update + (answer->until - answer->this_update) / 2)
    return;
  entry.is_asked = true;
  client_->Ask(
      entry.key, entry.urls, OcspCacheUse::kBypassed,
      [this, id](const OcspResult& result) { TakeResult(id, result); });
}

void OcspStapler::TakeResult(size_t id, const OcspResult& result) {
  Entry& entry = entries_[id];
  entry.is_asked = false;
  entry.pause = std::clamp(entry.pause * 2, options_.first_pause,
                           std::max(options_.first_pause, options_.max_pause));
  // A responder may go on sending the response that we have.
  const bool is_new = result.status.ok() &&
                      result.answer->status != OcspStatus::kUnknown &&
                      result.answer->sha256 != entry.sha256;
  if (is_new) {
    entry.sha256 = result.answer->sha256;
    entry.pause = std::chrono::seconds(0);
  }
  const Time now = Now();
  entry.next_try = now + std::max(entry.pause, options_.first_pause);
  if (is_new && !options_.file.empty()) {
    // Without it the next start asks again.
    SaveOcspCache(cache_, options_.file, ContextOf(options_.client), now)
        .IgnoreError();
  }
  if (options_.notify) ThrownBy([&] { options_.notify(id, result); });
}

void OcspStapler::Run() {
  milliseconds pause = kFirstPause;
  // Pairs with the store in the destructor.
  while (!stop_.load(std::memory_order_acquire)) {
    if (ThrownBy([this] { Turn(); }) == nullptr) {
      pause = kFirstPause;
      continue;
    }
    // Memory that is not to be had, or what the host's clock has thrown.
    client_->CancelAll();
    for (Entry& entry : entries_) entry.is_asked = false;
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

void OcspStapler::Turn() {
  const Time now = Now();
  for (size_t id = 0; id < entries_.size(); ++id) AskIfDue(id, now);
  std::chrono::seconds wait = kLongestWait;
  for (const Entry& entry : entries_) {
    if (entry.next_try > now) wait = std::min(wait, entry.next_try - now);
  }
  client_->Poll(wait);
}

}  // namespace revstat
