#include "engine/refresh/fetch_loop.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/thrown.h"
#include "engine/refresh/watch_list.h"

namespace revstat {
namespace {

using std::chrono::milliseconds;

// URLs fetched and CRLs taken in at a time; each may have a file open.
constexpr size_t kMostUnderWay = 512;
constexpr std::chrono::seconds kWriteInterval{5};
// Staleness is looked at, and the clock may be set, at least this often.
constexpr milliseconds kLongestWait{1000};
// After an exception, doubled with each in a row.
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{3000};

}  // namespace

FetchLoop::FetchLoop(RefresherOptions options, std::unique_ptr<Fetcher> fetcher,
                     HeldCrls held)
    : options_(std::move(options)),
      fetcher_(std::move(fetcher)),
      held_(std::move(held)) {}

// --- For other threads ---

void FetchLoop::Stop() {
  is_stopping_.store(true, std::memory_order_relaxed);
  fetcher_->Wakeup();
}

bool FetchLoop::HasEnded(milliseconds patience) {
  std::unique_lock lock(mutex_);
  return run_ended_.wait_for(lock, patience, [this] { return has_ended_; });
}

void FetchLoop::Deliver(IngestAnswer answer) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.answers.push_back(std::move(answer));
  }
  fetcher_->Wakeup();
}

void FetchLoop::Reload(std::vector<IssuerSource> issuers) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.issuers = std::move(issuers);
  }
  fetcher_->Wakeup();
}

void FetchLoop::RefreshAll() {
  {
    const std::lock_guard lock(mutex_);
    inbox_.is_refreshing_all = true;
  }
  fetcher_->Wakeup();
}

bool FetchLoop::WaitForRound(milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return round_ended_.wait_for(lock, timeout, [this] {
    return !inbox_.is_refreshing_all && !inbox_.issuers.has_value() &&
           waiting_for_.empty();
  });
}

std::vector<SourceHealth> FetchLoop::Health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

// --- The loop ---

void FetchLoop::Run(IngestWorker* worker) {
  worker_ = worker;
  last_write_ = Clock::now();
  std::exception_ptr thrown;
  milliseconds pause = kFirstPause;
  while (!is_stopping_.load(std::memory_order_relaxed)) {
    thrown = thrown == nullptr
                 ? ThrownBy([this] { Turn(); })
                 : ThrownBy([&] { StartAnew(StatusOfThrown(thrown)); });
    if (thrown == nullptr) {
      pause = kFirstPause;
      continue;
    }
    fetcher_->CancelAll();  // which may be what memory is wanted for
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
  fetcher_->CancelAll();
  // Unwritten, the next start fetches more than it need.
  if (has_changed_) ThrownBy([this] { WriteState(); });
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  run_ended_.notify_all();
}

void FetchLoop::Turn() {
  if (!is_state_read_)
    remembered_ = ReadRefreshState(options_.files, options_.store);
  is_state_read_ = true;
  TakeInbox();
  while (!taken_.answers.empty()) {
    IngestAnswer answer = std::move(taken_.answers.front());
    taken_.answers.pop_front();
    HandleAnswer(std::move(answer));
  }
  // At once: after a crash the wrong list could come first.
  if (is_newly_bound_) WriteState();
  if (taken_.issuers) {
    issuers_ = *std::exchange(taken_.issuers, std::nullopt);
    is_loaded_ = true;
    Load();
  }
  if (taken_.is_refreshing_all) MakeAllDue();
  BeginRounds();
  JudgeAll();
  TellHealth();
  if (has_changed_ && Clock::now() - last_write_ >= kWriteInterval)
    WriteState();
  fetcher_->Poll(WaitFor());
}

// What the turn has left half done, the fetches and the rounds, is begun again.
// CRLs that the worker has are adopted when they come.
void FetchLoop::StartAnew(const absl::Status& why) {
  fetcher_->CancelAll();
  fetches_.clear();
  by_id_.clear();  // so that none is taken over in its round
  // Not before there were any: what they remember would be forgotten.
  if (is_loaded_) Load();
  {
    const std::lock_guard lock(mutex_);
    for (const Source& source : sources_) {
      if (waiting_for_.contains(source->watched().id)) source->MakeDue();
    }
  }
  RefreshEvent event;
  event.at = options_.now();
  event.kind = RefreshEvent::Kind::kStopped;
  event.why = why;
  Tell(event);
}

void FetchLoop::TakeInbox() {
  const std::lock_guard lock(mutex_);
  while (!inbox_.answers.empty()) {
    taken_.answers.push_back(std::move(inbox_.answers.front()));
    inbox_.answers.pop_front();
  }
  if (inbox_.issuers)
    taken_.issuers = *std::exchange(inbox_.issuers, std::nullopt);
  // The waiting must not end between here and MakeAllDue.
  if (inbox_.is_refreshing_all) waiting_for_.insert("");
  taken_.is_refreshing_all |= std::exchange(inbox_.is_refreshing_all, false);
}

void FetchLoop::WriteState() {
  is_newly_bound_ = false;
  last_write_ = Clock::now();
  has_changed_ = true;
  // The folder may be another refresher's by now.
  if (!worker_->IsInPlace()) return;
  RefreshState state;
  for (const Source& source : sources_)
    state[source->watched().id] = source->state();
  has_changed_ = !WriteRefreshState(options_.files, options_.store, state).ok();
}

void FetchLoop::Load() {
  for (const Source& source : sources_) {
    remembered_[source->watched().id] = source->state();
    if (source->held().has_value()) held_.Add(*source->held());
  }
  sources_.clear();
  std::map<std::string, Source> before;
  before.swap(by_id_);
  for (WatchedCrl& watched : MakeWatchList(issuers_)) {
    const auto same = before.find(watched.id);
    if (same != before.end() &&
        same->second->IsAs(watched, issuers_[watched.issuer])) {
      sources_.push_back(same->second);
      by_id_[watched.id] = same->second;
      before.erase(same);
      continue;
    }
    const SourceState& state = remembered_[watched.id];
    auto held = held_.Find(state, watched.kind);
    const IssuerSource& issuer = issuers_[watched.issuer];
    sources_.push_back(std::make_shared<WatchedSource>(
        std::move(watched), issuer, state, std::move(held)));
    by_id_[sources_.back()->watched().id] = sources_.back();
  }
  for (const auto& [id, source] : before) CancelFetches(id);
  remembered_.clear();
  held_ = HeldCrls();
  has_changed_ = is_health_old_ = true;
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_for_, [this](const std::string& id) {
    return !id.empty() && !by_id_.contains(id);
  });
  round_ended_.notify_all();
}

void FetchLoop::CancelFetches(const std::string& id) {
  const auto [first, last] = fetches_.equal_range(id);
  for (auto fetch = first; fetch != last; ++fetch)
    fetcher_->Cancel(fetch->second);
  fetches_.erase(first, last);
}

void FetchLoop::MakeAllDue() {
  const std::lock_guard lock(mutex_);
  for (const Source& source : sources_) {
    if (!source->is_in_round()) source->MakeDue();
    waiting_for_.insert(source->watched().id);
  }
  waiting_for_.erase("");
  taken_.is_refreshing_all = false;
  round_ended_.notify_all();
}

void FetchLoop::BeginRounds() {
  const Time now = options_.now();
  for (const Source& source : sources_) {
    if (fetcher_->pending() + tickets_.size() >= kMostUnderWay) return;
    if (!source->is_in_round() && source->IsDue(now)) BeginRound(*source);
  }
}

void FetchLoop::BeginRound(WatchedSource& source) {
  std::vector<FetchRequest> requests = source.BeginRound(options_.now());
  for (FetchRequest& request : requests) Submit(source, std::move(request));
  if (requests.empty()) EndRoundIfDone(source);
}

// The body goes straight into a file of the store, made when it begins.
void FetchLoop::Submit(WatchedSource& source, FetchRequest request) {
  const auto staged = std::make_shared<std::unique_ptr<StagedFile>>();
  request.sink = [this, staged](Bytes piece) -> absl::Status {
    if (is_stopping_.load(std::memory_order_relaxed))
      return MakeError(ErrorCode::kFetchFailed, "the refresher is stopping");
    if (*staged == nullptr) {
      auto file = worker_->StageFile();
      if (!file.ok()) return file.status();
      *staged = *std::move(file);
    }
    return (*staged)->Append(piece);
  };
  const std::string id = source.watched().id;
  const std::string url = request.url;
  const FetchId fetch = fetcher_->Submit(
      std::move(request), [this, id, url, staged](FetchResult result) {
        HandleFetched(id, std::move(result), url, std::move(*staged));
      });
  fetches_.emplace(id, fetch);
}

void FetchLoop::HandleFetched(const std::string& id, FetchResult result,
                              const std::string& url,
                              std::unique_ptr<StagedFile> staged) {
  WatchedSource& source = *by_id_.at(id);
  has_changed_ = true;
  if (result.outcome == FetchOutcome::kFetched && staged == nullptr) {
    result.outcome = FetchOutcome::kFailed;
    result.status =
        Annotate(MakeError(ErrorCode::kTruncated, "the body is empty"), url);
  }
  if (result.outcome == FetchOutcome::kFetched) {
    absl::Status written = staged->FinishAppending();
    if (!written.ok()) {
      result.outcome = FetchOutcome::kFailed;
      result.status = Annotate(std::move(written), url);
    }
  }
  switch (result.outcome) {
    case FetchOutcome::kFetched: {
      RefreshEvent event = EventOf(RefreshEvent::Kind::kFetched, source, url);
      event.http_status = result.http_status;
      event.bytes = result.bytes;
      event.address = result.address;
      Tell(event);
      IngestJob job = source.JobFor(std::move(staged));
      job.ticket = ++last_ticket_;
      tickets_[job.ticket] = {id, by_id_.at(id), url, std::move(result)};
      worker_->Add(std::move(job));
      return;
    }
    case FetchOutcome::kNotModified:
      source.FinishNotModified(url, result, options_.now());
      Tell(EventOf(RefreshEvent::Kind::kNotModified, source, url));
      break;
    case FetchOutcome::kFailed: {
      source.FinishFailed(url, result, options_.now());
      RefreshEvent event = EventOf(RefreshEvent::Kind::kRefused, source, url);
      event.why = result.status;
      event.http_status = result.http_status;
      event.bytes = result.bytes;
      event.address = result.address;
      Tell(event);
      break;
    }
  }
  EndRoundIfDone(source);
}

void FetchLoop::HandleAnswer(IngestAnswer answer) {
  if (answer.ticket == 0) {
    HandleNews(answer);
    return;
  }
  const auto found = tickets_.find(answer.ticket);
  if (found == tickets_.end()) return;
  const Ticket ticket = std::move(found->second);
  tickets_.erase(found);
  const auto by_id = by_id_.find(ticket.id);
  if (by_id == by_id_.end()) return;  // no longer among the sources
  WatchedSource& source = *by_id->second;
  has_changed_ = true;
  const bool is_of_this_round = ticket.asked.lock() == by_id->second;
  const absl::Status why =
      answer.status.ok() ? answer.result.refusal : answer.status;
  if (why.ok()) {
    HandleTaken(source, ticket, answer, is_of_this_round);
  } else {
    if (is_of_this_round) source.FinishRefused(ticket.url, why);
    RefreshEvent event =
        EventOf(RefreshEvent::Kind::kRefused, source, ticket.url);
    event.why = Annotate(why, ticket.url);
    event.http_status = ticket.result.http_status;
    event.bytes = ticket.result.bytes;
    event.address = ticket.result.address;
    Tell(event);
  }
  if (is_of_this_round) EndRoundIfDone(source);
}

void FetchLoop::HandleTaken(WatchedSource& source, const Ticket& ticket,
                            const IngestAnswer& answer, bool is_of_this_round) {
  const std::string bound_to = source.state().issuer + source.state().scope_key;
  const HeldCrl held(*answer.result.crl);
  if (is_of_this_round) {
    source.FinishTaken(ticket.url, ticket.result, held);
  } else {
    source.Adopt(ticket.url, ticket.result, held);
  }
  is_newly_bound_ |=
      bound_to != source.state().issuer + source.state().scope_key;
  if (answer.result.outcome == TakeResult::Outcome::kSameAsHeld) {
    Tell(EventOf(RefreshEvent::Kind::kNotModified, source, ticket.url));
    return;
  }
  for (const absl::Status& odd : answer.result.odd) {
    RefreshEvent event = EventOf(RefreshEvent::Kind::kOdd, source, ticket.url);
    event.why = Annotate(odd, ticket.url);
    Tell(event);
  }
  RefreshEvent event =
      EventOf(RefreshEvent::Kind::kPublished, source, ticket.url);
  const CrlView& crl = answer.result.crl->crl();
  event.generation = answer.generation;
  if (crl.crl_number()) event.crl_number = ToHex(crl.crl_number()->magnitude());
  event.this_update = crl.this_update();
  event.next_update = crl.next_update();
  event.entries = answer.result.crl->statistics().entries;
  event.changes = answer.changes;
  Tell(event);
}

void FetchLoop::EndRoundIfDone(WatchedSource& source) {
  if (source.is_in_round()) return;
  fetches_.erase(source.watched().id);
  source.EndRound(options_.now());
  has_changed_ = is_health_old_ = true;
  Judge(source);
  const std::lock_guard lock(mutex_);
  if (waiting_for_.erase(source.watched().id) > 0 && waiting_for_.empty()) {
    // Whoever wakes up asks for the health next.
    health_.clear();
    for (const Source& each : sources_)
      health_.push_back(each->Health(options_.now()));
    round_ended_.notify_all();
  }
}

milliseconds FetchLoop::WaitFor() const {
  if (fetcher_->pending() + tickets_.size() >= kMostUnderWay)
    return kLongestWait;
  const Time now = options_.now();
  milliseconds wait = kLongestWait;
  for (const Source& source : sources_) {
    if (!source->is_in_round())
      wait = std::min<milliseconds>(wait, source->next_attempt() - now);
    if (const auto stale = source->stale_from(); stale && *stale >= now)
      wait =
          std::min<milliseconds>(wait, *stale - now + std::chrono::seconds(1));
  }
  return std::max(wait, milliseconds(0));
}

}  // namespace revstat
