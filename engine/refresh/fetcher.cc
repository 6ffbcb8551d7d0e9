#include "engine/refresh/fetcher.h"

#include <algorithm>
#include <deque>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/fetch_file.h"
#include "engine/refresh/fetch_transfer.h"

namespace revstat {
namespace {

using std::chrono::milliseconds;

struct FreeMulti {
  void operator()(CURLM* multi) const { libcurl().multi_cleanup(multi); }
};

}  // namespace

class Fetcher::Impl {
 public:
  explicit Impl(const FetcherOptions& options)
      : options_(options), multi_(libcurl().multi_init()) {
    if (multi_ == nullptr) return;
    libcurl().multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                           static_cast<long>(options_.max_active));
  }
  ~Impl() { CancelAll(); }

  bool ok() const { return multi_ != nullptr; }

  FetchId Submit(FetchRequest request, Done done);
  void Cancel(FetchId id);
  void CancelAll();
  size_t Poll(milliseconds timeout);
  void Wakeup() { libcurl().multi_wakeup(multi_.get()); }
  size_t pending() const {
    return queued_.size() + active_.size() + finished_.size();
  }

 private:
  using Clock = FetchTransfer::Clock;

  // Has exactly one of the two, or neither when its result is there.
  struct Fetch {
    FetchId id = 0;
    Done done;
    std::string origin;  // whose connections it uses
    std::unique_ptr<FetchTransfer> transfer;
    std::unique_ptr<FetchFile> file;
    FetchResult result;
  };

  void StartQueued();
  bool MayStart(const Fetch& fetch) const;
  void Start(Fetch fetch);
  void Release(const Fetch& fetch);
  void StepFiles();
  void FinishTransfers();
  void FinishTransfer(FetchTransfer* transfer, CURLcode code);
  void EndSlow();
  void End(Fetch fetch);
  void CallBack();
  milliseconds WaitFor(milliseconds timeout) const;

  const FetcherOptions options_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  FetchId last_id_ = 0;
  std::list<Fetch> queued_;
  std::map<FetchId, Fetch> active_;
  std::deque<Fetch> finished_;  // results that have not been handed over
  std::unordered_map<FetchTransfer*, FetchId> id_of_;
  std::unordered_map<std::string, unsigned> active_of_;  // by origin
  bool may_start_ = false;  // something changed since StartQueued
};

FetchId Fetcher::Impl::Submit(FetchRequest request, Done done) {
  Fetch fetch;
  fetch.id = ++last_id_;
  fetch.done = std::move(done);
  const auto url = ParseUrl(request.url);
  const absl::Status status = url.ok() ? CheckUrl(request, *url) : url.status();
  if (!status.ok()) {
    fetch.result.final_url = request.url;
    fetch.result.status = Annotate(status, request.url);
    finished_.push_back(std::move(fetch));
    return last_id_;
  }
  fetch.origin = url->Origin();
  if (url->scheme == "file") {
    fetch.file = std::make_unique<FetchFile>(std::move(request), url->path);
  } else {
    fetch.transfer = std::make_unique<FetchTransfer>(std::move(request), *url);
  }
  queued_.push_back(std::move(fetch));
  may_start_ = true;
  return last_id_;
}

bool Fetcher::Impl::MayStart(const Fetch& fetch) const {
  const auto found = active_of_.find(fetch.origin);
  return found == active_of_.end() || found->second < options_.max_per_host;
}

void Fetcher::Impl::StartQueued() {
  if (!may_start_) return;
  may_start_ = false;
  for (auto next = queued_.begin();
       next != queued_.end() && active_.size() < options_.max_active;) {
    const auto fetch = next++;
    if (!MayStart(*fetch)) continue;
    Fetch started = std::move(*fetch);
    queued_.erase(fetch);
    Start(std::move(started));
  }
}

void Fetcher::Impl::Start(Fetch fetch) {
  if (fetch.transfer != nullptr) {
    if (!fetch.transfer->Prepare(Clock::now()).ok()) {
      End(std::move(fetch));
      return;
    }
    const CURLMcode code =
        libcurl().multi_add_handle(multi_.get(), fetch.transfer->handle());
    if (code != CURLM_OK) {
      fetch.transfer->Fail(
          MakeError(ErrorCode::kFetchFailed, libcurl().multi_strerror(code)));
      End(std::move(fetch));
      return;
    }
    id_of_[fetch.transfer.get()] = fetch.id;
  }
  ++active_of_[fetch.origin];
  const FetchId id = fetch.id;
  active_.emplace(id, std::move(fetch));
}

// Gives its slot free.
void Fetcher::Impl::Release(const Fetch& fetch) {
  if (fetch.transfer != nullptr) {
    libcurl().multi_remove_handle(multi_.get(), fetch.transfer->handle());
    id_of_.erase(fetch.transfer.get());
  }
  const auto count = active_of_.find(fetch.origin);
  if (count == active_of_.end()) return;  // one that an exception left empty
  if (--count->second == 0) active_of_.erase(count);
  may_start_ = true;
}

void Fetcher::Impl::Cancel(FetchId id) {
  std::erase_if(queued_, [&](const Fetch& fetch) { return fetch.id == id; });
  std::erase_if(finished_, [&](const Fetch& fetch) { return fetch.id == id; });
  const auto found = active_.find(id);
  if (found == active_.end()) return;
  Release(found->second);
  active_.erase(found);
}

void Fetcher::Impl::CancelAll() {
  queued_.clear();
  finished_.clear();
  for (const auto& [id, fetch] : active_) Release(fetch);
  active_.clear();
  active_of_.clear();  // where an exception came between the two
  id_of_.clear();
}

void Fetcher::Impl::End(Fetch fetch) {
  fetch.result = fetch.transfer != nullptr ? fetch.transfer->TakeResult()
                                           : fetch.file->TakeResult();
  fetch.transfer.reset();
  fetch.file.reset();
  finished_.push_back(std::move(fetch));
}

void Fetcher::Impl::StepFiles() {
  const Clock::time_point now = Clock::now();
  for (auto next = active_.begin(); next != active_.end();) {
    const auto fetch = next++;
    if (fetch->second.file == nullptr ||
        fetch->second.file->Step(now) == FetchFile::State::kGoingOn)
      continue;
    Release(fetch->second);
    End(std::move(fetch->second));
    active_.erase(fetch);
  }
}

void Fetcher::Impl::FinishTransfers() {
  int left = 0;
  while (const CURLMsg* message =
             libcurl().multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    // The message dies with the removal of its handle.
    const CURLcode code = message->data.result;
    char* transfer = nullptr;
    libcurl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    FinishTransfer(reinterpret_cast<FetchTransfer*>(transfer), code);
  }
}

void Fetcher::Impl::FinishTransfer(FetchTransfer* transfer, CURLcode code) {
  const auto found = active_.find(id_of_.at(transfer));
  const FetchTransfer::Next next = transfer->Finish(code);  // may throw
  Fetch fetch = std::move(found->second);
  Release(fetch);
  active_.erase(found);
  if (next == FetchTransfer::Next::kDone) {
    End(std::move(fetch));
    return;
  }
  // Before those that have not begun, but not beyond the new host's limit.
  fetch.origin = transfer->url().Origin();
  queued_.push_front(std::move(fetch));
}

void Fetcher::Impl::EndSlow() {
  const Clock::time_point now = Clock::now();
  for (auto next = active_.begin(); next != active_.end();) {
    const auto fetch = next++;
    FetchTransfer* transfer = fetch->second.transfer.get();
    if (transfer == nullptr || now < transfer->next_check()) continue;
    const absl::Status status = transfer->CheckSpeed(now);
    if (status.ok()) continue;
    transfer->Fail(status);
    Release(fetch->second);
    End(std::move(fetch->second));
    active_.erase(fetch);
  }
}

// A callback may submit and cancel: it never sees a list that is walked.
void Fetcher::Impl::CallBack() {
  for (size_t count = finished_.size(); count > 0 && !finished_.empty();
       --count) {
    Fetch fetch = std::move(finished_.front());
    finished_.pop_front();
    if (fetch.done) fetch.done(std::move(fetch.result));
  }
}

milliseconds Fetcher::Impl::WaitFor(milliseconds timeout) const {
  if (may_start_ || !finished_.empty()) return milliseconds(0);
  const Clock::time_point now = Clock::now();
  for (const auto& [id, fetch] : active_) {
    if (fetch.file != nullptr) return milliseconds(0);
    if (fetch.transfer->next_check() == Clock::time_point::max()) continue;
    const auto left =
        std::chrono::ceil<milliseconds>(fetch.transfer->next_check() - now);
    timeout = std::clamp(left, milliseconds(0), timeout);
  }
  return timeout;
}

size_t Fetcher::Impl::Poll(milliseconds timeout) {
  StartQueued();
  int running = 0;
  libcurl().multi_perform(multi_.get(), &running);
  FinishTransfers();
  const auto wait = static_cast<int>(
      std::clamp<int64_t>(WaitFor(timeout).count(), 0, INT32_MAX));
  libcurl().multi_poll(multi_.get(), nullptr, 0, wait, nullptr);
  StartQueued();
  libcurl().multi_perform(multi_.get(), &running);
  FinishTransfers();
  StepFiles();
  EndSlow();
  CallBack();
  return pending();
}

absl::Status CheckRequest(const FetchRequest& request) {
  const auto url = ParseUrl(request.url);
  return url.ok() ? CheckUrl(request, *url) : url.status();
}

absl::StatusOr<std::unique_ptr<Fetcher>> Fetcher::Create(
    const FetcherOptions& options) {
  if (const absl::Status status = LoadLibcurl(); !status.ok()) return status;
  auto impl = std::make_unique<Impl>(options);
  if (!impl->ok()) return MakeError(ErrorCode::kFetchFailed, "no memory");
  return std::unique_ptr<Fetcher>(new Fetcher(std::move(impl)));
}

Fetcher::Fetcher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Fetcher::~Fetcher() = default;

FetchId Fetcher::Submit(FetchRequest request, Done done) {
  return impl_->Submit(std::move(request), std::move(done));
}
void Fetcher::Cancel(FetchId id) { impl_->Cancel(id); }
void Fetcher::CancelAll() { impl_->CancelAll(); }
size_t Fetcher::Poll(milliseconds timeout) { return impl_->Poll(timeout); }
void Fetcher::Wakeup() { impl_->Wakeup(); }
size_t Fetcher::pending() const { return impl_->pending(); }

}  // namespace revstat
