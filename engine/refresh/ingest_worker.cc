#include "engine/refresh/ingest_worker.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/thrown.h"
#include "engine/refresh/pem_crl.h"

namespace revstat {
namespace {

constexpr size_t kMostUncommitted = 64;
constexpr std::chrono::seconds kLongestUncommitted{1};
constexpr std::chrono::minutes kLongestRetry{5};
// Queries come first where processors are scarce.
constexpr int kNiceness = 10;

// What an arrival has to be before anything is spent on it.
absl::Status CheckArrival(const IngestJob& job, Time at) {
  const auto der = job.staged->Der();
  if (!der.ok()) return der.status();
  const auto crl = CrlView::Parse((*der)->bytes());
  if (!crl.ok()) return TellWhatItIs((*der)->bytes(), crl.status());
  const std::string issuer = CanonicalName(crl->issuer());
  if (std::ranges::count(job.allowed_issuers, issuer) == 0) {
    return MakeError(ErrorCode::kWrongIssuer,
                     "the CRL is not of this source's certificates");
  }
  // An authentic CRL that has expired still proves what it lists, and is better
  // than none; but it must not take the place of one that answers.
  const auto next = crl->next_update();
  if (next && *next < at && job.held_until && *job.held_until >= at) {
    return MakeError(ErrorCode::kExpiredCrl,
                     Concat({"nextUpdate was ", FormatTime(*next)}));
  }
  return absl::OkStatus();
}

}  // namespace

IngestWorker::IngestWorker(IngestWorkerOptions options,
                           std::unique_ptr<StoreUpdater> updater,
                           Deliver deliver)
    : options_(std::move(options)),
      deliver_(std::move(deliver)),
      updater_(std::move(updater)),
      retry_in_(options_.first_retry),
      thread_([this] { Run(); }) {}

IngestWorker::~IngestWorker() {
  Stop(std::chrono::milliseconds(0));
  thread_.join();
}

bool IngestWorker::Stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  is_stopping_ = true;
  queue_.clear();
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [this] { return has_ended_; });
}

void IngestWorker::Add(IngestJob job) {
  const std::lock_guard lock(mutex_);
  if (is_stopping_) return;
  queue_.push_back({std::move(job), {}});
  changed_.notify_all();
}

void IngestWorker::AddCertificates(
    std::vector<std::shared_ptr<const Buffer>> trusted,
    std::vector<std::shared_ptr<const Buffer>> untrusted, OtherTrust others) {
  const std::lock_guard lock(mutex_);
  if (is_stopping_) return;
  queue_.push_back({{}, {std::move(trusted), std::move(untrusted), others}});
  changed_.notify_all();
}

absl::StatusOr<std::unique_ptr<StagedFile>> IngestWorker::StageFile() {
  {
    const std::lock_guard lock(mutex_);
    if (has_failed_) {
      is_to_retry_ = true;
      changed_.notify_all();
    }
  }
  absl::Status replaced;
  {
    const std::lock_guard lock(updater_mutex_);
    if (updater_ == nullptr)
      return MakeError(ErrorCode::kNotWritable, "the store is not open");
    auto staged = updater_->StageFile();
    if (staged.ok() || !updater_->IsReplaced()) return staged;
    replaced = staged.status();
  }
  const std::lock_guard lock(mutex_);
  replaced_ = replaced;
  changed_.notify_all();
  return replaced;
}

bool IngestWorker::IsInPlace() const {
  const std::lock_guard lock(updater_mutex_);
  return updater_ != nullptr && updater_->CheckFolder().ok();
}

size_t IngestWorker::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size() + (is_busy_ ? 1 : 0);
}

std::optional<IngestWorker::Work> IngestWorker::NextWork() {
  std::unique_lock lock(mutex_);
  is_busy_ = false;
  const auto is_needed = [this] {
    return is_stopping_ || is_to_retry_ || !replaced_.ok() || !queue_.empty() ||
           !uncommitted_.empty() || are_added_;
  };
  if (!has_failed_) {
    retry_in_ = options_.first_retry;
    if (!changed_.wait_for(lock, options_.look_interval, is_needed)) {
      lock.unlock();  // nobody waits for a disk that hangs
      LookAtFolder();
      lock.lock();
    }
  } else if (!changed_.wait_for(lock, retry_in_, is_needed)) {
    is_to_retry_ = true;
    retry_in_ =
        std::min<std::chrono::milliseconds>(2 * retry_in_, kLongestRetry);
  }
  // Before anything is taken from the queue: it would not be answered where
  // there is no memory to open the folder.
  if (is_stopping_ || !replaced_.ok()) return std::nullopt;
  if (queue_.empty() && !std::exchange(is_to_retry_, false))
    return std::nullopt;
  is_busy_ = true;
  Work work;
  if (queue_.empty()) return work;
  work = std::move(queue_.front());
  queue_.pop_front();
  return work;
}

void IngestWorker::Run() {
  // Of this thread alone, and of those that it starts.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
  std::exception_ptr thrown = ThrownBy([this] {
    const absl::Status told = TellLost();
    if (!told.ok()) TellStopped(told);
  });
  for (;;) {
    bool is_hopeless = false;
    if (thrown == nullptr) {
      thrown = ThrownBy([this] { Step(); });
    } else {
      thrown = ThrownBy([&] { StartAnew(StatusOfThrown(thrown)); });
      is_hopeless = thrown != nullptr;
      if (is_hopeless) AwaitMemory();
    }
    const bool is_done = thrown == nullptr && uncommitted_.empty();
    const std::lock_guard lock(mutex_);
    if (is_stopping_ && (is_done || is_hopeless)) break;
  }
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  is_busy_ = false;
  changed_.notify_all();
}

// One piece of work, and a commit where it is time.
void IngestWorker::Step() {
  std::optional<Work> work = NextWork();
  const bool is_idle = !work.has_value();
  if (work) {
    // First, even where the folder was found to be replaced meanwhile: it would
    // not be answered where there is no memory to open the new one.
    Do(*std::move(work));
  } else {
    const absl::Status replaced = TakeReplaced();
    if (!replaced.ok()) StartAnew(replaced);
  }
  const bool is_due =
      uncommitted_.size() >= kMostUncommitted ||
      (!uncommitted_.empty() &&
       Clock::now() - first_uncommitted_ >= kLongestUncommitted);
  if (is_idle || is_due) Commit();
}

// One that is wrong keeps none of the others out.
absl::Status IngestWorker::AddAll(const Certificates& certificates) {
  are_added_ = true;
  absl::Status status;
  for (const auto& certificate : certificates.trusted)
    status.Update(updater_->AddTrusted(certificate));
  for (const auto& certificate : certificates.untrusted)
    status.Update(updater_->AddUntrusted(certificate));
  if (certificates.others == OtherTrust::kGoes) {
    const std::set<Sha256Digest> before = Held();
    status.Update(
        updater_->KeepOnly(certificates.trusted, certificates.untrusted));
    const std::set<Sha256Digest> after = Held();
    std::ranges::set_difference(before, after,
                                std::inserter(gone_, gone_.end()));
  }
  return status;
}

void IngestWorker::TellStopped(const absl::Status& why) {
  IngestAnswer answer;
  answer.status = why;
  deliver_(std::move(answer));
}

void IngestWorker::Answer(IngestAnswer answer) {
  deliver_(std::move(answer));
  ticket_.reset();
}

void IngestWorker::Do(Work work) {
  if (work.job.staged != nullptr) ticket_ = work.job.ticket;
  if (!work.certificates.empty()) {
    newest_ = work.certificates;
    certificates_.push_back(std::move(work.certificates));
  }
  const absl::Status opened = Open();
  absl::Status added;
  if (opened.ok() && !are_added_) {
    for (const Certificates& certificates : certificates_)
      added.Update(AddAll(certificates));
  } else if (opened.ok() && work.job.staged == nullptr &&
             !certificates_.empty()) {
    added = AddAll(certificates_.back());
  }
  if (!added.ok()) TellStopped(added);
  if (work.job.staged == nullptr) {
    if (!opened.ok()) TellStopped(opened);
  } else if (opened.ok()) {
    Take(std::move(work.job));
  } else {
    IngestAnswer answer;
    answer.ticket = work.job.ticket;
    answer.status = opened;
    Answer(std::move(answer));
  }
}

// RFC 5280 4.2.1.13 asks for DER where a CRL is fetched. openssl writes PEM
// unless it is told otherwise, so that PEM is found at such URLs all the same.
// The armour is only taken off: what is inside is judged as if it had come
// bare.
absl::StatusOr<std::unique_ptr<StagedFile>> IngestWorker::InDer(
    std::unique_ptr<StagedFile> staged) {
  const auto octets = staged->Der();
  if (!octets.ok()) return octets.status();
  if (!IsPemCrl((*octets)->bytes())) return staged;
  auto bare = updater_->StageFile();
  if (!bare.ok()) return bare.status();
  const absl::Status decoded = DecodePemCrl(
      (*octets)->bytes(), [&](Bytes piece) { return (*bare)->Append(piece); });
  if (!decoded.ok()) return decoded;
  return *std::move(bare);
}

void IngestWorker::Take(IngestJob job) {
  IngestAnswer answer;
  answer.ticket = job.ticket;
  const Time at = options_.now();
  auto staged = InDer(std::move(job.staged));
  if (staged.ok()) job.staged = *std::move(staged);
  const absl::Status arrival =
      staged.ok() ? CheckArrival(job, at) : staged.status();
  if (!arrival.ok()) {
    answer.result.refusal = arrival;
    Answer(std::move(answer));
    return;
  }
  auto taken = updater_->Take(std::move(job.staged), at, job.expected);
  if (!taken.ok()) {
    answer.status = taken.status();
    Answer(std::move(answer));
    return;
  }
  answer.result = *std::move(taken);
  if (answer.result.outcome == TakeResult::Outcome::kSameAsHeld) {
    const auto untold = untold_.find(answer.result.crl->sha256());
    if (untold != untold_.end()) {
      answer.result.outcome = TakeResult::Outcome::kTaken;
      answer.result.before = untold->second;
      untold_.erase(untold);
    }
  }
  // The same as one that is not committed yet is no better than that.
  if (answer.result.outcome == TakeResult::Outcome::kRefused ||
      (answer.result.outcome == TakeResult::Outcome::kSameAsHeld &&
       uncommitted_.empty())) {
    Answer(std::move(answer));
    return;
  }
  if (uncommitted_.empty()) first_uncommitted_ = Clock::now();
  uncommitted_.push_back(std::move(answer));
  ticket_.reset();
}

void IngestWorker::Commit() {
  if (uncommitted_.empty() && !are_added_) return;
  const auto generation = updater_->Commit(options_.now());
  if (!generation.ok()) {
    StartAnew(generation.status());
    return;
  }
  are_added_ = false;
  certificates_.clear();
  {
    const std::lock_guard lock(mutex_);
    has_failed_ = false;
  }
  AnswerCommitted();
}

// What a CRL that was taken in and is durable has changed.
void IngestWorker::SetChanges(IngestAnswer* answer) const {
  answer->generation = updater_->generation();
  answer->changes =
      CompareCrls(answer->result.before.get(), *answer->result.crl,
                  options_.max_first_changes);
  answer->changes.gone_too_early = answer->result.vanished;
}

// Until all are answered, so that after an exception it can go on.
void IngestWorker::AnswerCommitted() {
  if (untold_.size() > kMostUntold) untold_.clear();
  while (!uncommitted_.empty()) {
    IngestAnswer& answer = uncommitted_.front();
    if (answer.result.outcome == TakeResult::Outcome::kTaken)
      SetChanges(&answer);
    deliver_(answer);
    uncommitted_.pop_front();
  }
  TellGone();
}

std::set<Sha256Digest> IngestWorker::Held() const {
  std::set<Sha256Digest> held;
  if (updater_ == nullptr) return held;
  for (const StoredCrl& crl : updater_->crls()) {
    // None where the writer was stopped halfway.
    if (crl.segment != nullptr) held.insert(crl.segment->sha256());
  }
  return held;
}

}  // namespace revstat
