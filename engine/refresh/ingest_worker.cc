#include "engine/refresh/ingest_worker.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"

namespace revstat {
namespace {

constexpr size_t kMostUncommitted = 64;
constexpr std::chrono::seconds kLongestUncommitted{1};
// Queries come first where processors are scarce.
constexpr int kNiceness = 10;

// What an arrival has to be before anything is spent on it.
absl::Status CheckArrival(const CrlView& crl, const IngestJob& job, Time at) {
  const std::string issuer = CanonicalName(crl.issuer());
  if (std::ranges::count(job.allowed_issuers, issuer) == 0) {
    return MakeError(ErrorCode::kWrongIssuer,
                     "the CRL is not of this source's certificates");
  }
  // An authentic CRL that has expired still proves what it lists, and is better
  // than none; but it must not take the place of one that answers.
  const auto next = crl.next_update();
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
  queue_.push_back({std::move(job), {}, {}});
  changed_.notify_all();
}

void IngestWorker::AddCertificates(
    std::vector<std::shared_ptr<const Buffer>> trusted,
    std::vector<std::shared_ptr<const Buffer>> untrusted) {
  const std::lock_guard lock(mutex_);
  if (is_stopping_) return;
  queue_.push_back({{}, std::move(trusted), std::move(untrusted)});
  changed_.notify_all();
}

absl::StatusOr<std::unique_ptr<StagedFile>> IngestWorker::StageFile() {
  const std::lock_guard lock(updater_mutex_);
  if (updater_ == nullptr)
    return MakeError(ErrorCode::kNotWritable, "the store is not open");
  return updater_->StageFile();
}

size_t IngestWorker::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size() + (is_busy_ ? 1 : 0);
}

std::optional<IngestWorker::Work> IngestWorker::NextWork() {
  std::unique_lock lock(mutex_);
  is_busy_ = false;
  changed_.wait(lock, [this] {
    return is_stopping_ || !queue_.empty() || !uncommitted_.empty() ||
           has_certificates_;
  });
  if (queue_.empty()) return std::nullopt;
  is_busy_ = true;
  Work work = std::move(queue_.front());
  queue_.pop_front();
  return work;
}

void IngestWorker::Run() {
  // Of this thread alone, and of those that it starts.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
  for (;;) {
    std::optional<Work> work = NextWork();
    const bool is_idle = !work.has_value();
    if (work) Do(*std::move(work));
    const bool is_due =
        uncommitted_.size() >= kMostUncommitted ||
        (!uncommitted_.empty() &&
         Clock::now() - first_uncommitted_ >= kLongestUncommitted);
    if (is_idle || is_due) Commit();
    const std::lock_guard lock(mutex_);
    if (is_stopping_ && uncommitted_.empty()) break;
  }
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  is_busy_ = false;
  changed_.notify_all();
}

absl::Status IngestWorker::Open() {
  if (updater_ != nullptr) return absl::OkStatus();
  auto opened =
      StoreUpdater::Open(options_.store, options_.updater, options_.files);
  if (!opened.ok()) return opened.status();
  const std::lock_guard lock(updater_mutex_);
  updater_ = *std::move(opened);
  return absl::OkStatus();
}

absl::Status IngestWorker::AddAll(const Work& work) {
  for (const auto& certificate : work.trusted) {
    const absl::Status status = updater_->AddTrusted(certificate);
    if (!status.ok()) return status;
  }
  for (const auto& certificate : work.untrusted) {
    const absl::Status status = updater_->AddUntrusted(certificate);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void IngestWorker::Do(Work work) {
  absl::Status status = Open();
  if (work.job.staged == nullptr) {
    if (status.ok()) status = AddAll(work);
    has_certificates_ = status.ok();
    if (status.ok()) return;
  }
  if (status.ok()) {
    Take(std::move(work.job));
    return;
  }
  IngestAnswer answer;
  answer.ticket = work.job.ticket;
  answer.status = status;
  deliver_(std::move(answer));
}

void IngestWorker::Take(IngestJob job) {
  IngestAnswer answer;
  answer.ticket = job.ticket;
  const Time at = options_.now();
  const auto der = job.staged->Der();
  const auto crl = der.ok() ? CrlView::Parse((*der)->bytes())
                            : absl::StatusOr<CrlView>(der.status());
  const absl::Status arrival =
      crl.ok() ? CheckArrival(*crl, job, at) : crl.status();
  if (!arrival.ok()) {
    answer.result.refusal = arrival;
    deliver_(std::move(answer));
    return;
  }
  auto taken = updater_->Take(std::move(job.staged), at, job.expected);
  if (!taken.ok()) {
    answer.status = taken.status();
    deliver_(std::move(answer));
    return;
  }
  answer.result = *std::move(taken);
  // The same as one that is not committed yet is no better than that.
  if (answer.result.outcome == TakeResult::Outcome::kRefused ||
      (answer.result.outcome == TakeResult::Outcome::kSameAsHeld &&
       uncommitted_.empty())) {
    deliver_(std::move(answer));
    return;
  }
  if (uncommitted_.empty()) first_uncommitted_ = Clock::now();
  uncommitted_.push_back(std::move(answer));
}

void IngestWorker::Commit() {
  if (uncommitted_.empty() && !has_certificates_) return;
  has_certificates_ = false;
  const auto generation = updater_->Commit(options_.now());
  if (!generation.ok()) {
    const std::lock_guard lock(updater_mutex_);
    updater_.reset();  // its lock goes first, so that Open can have it
  }
  std::vector<IngestAnswer> answers;
  answers.swap(uncommitted_);
  if (!generation.ok() && answers.empty()) answers.emplace_back();
  for (IngestAnswer& answer : answers) {
    answer.status = generation.status();
    if (generation.ok() &&
        answer.result.outcome == TakeResult::Outcome::kTaken) {
      answer.generation = *generation;
      answer.changes =
          CompareCrls(answer.result.before.get(), *answer.result.crl,
                      options_.max_first_changes);
    }
    deliver_(std::move(answer));
  }
}

}  // namespace revstat
