// IngestWorker: what it does once the disk, memory or the folder has failed it.
#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/ingest_worker.h"

namespace revstat {

void IngestWorker::AwaitMemory() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(100),
                    [this] { return is_stopping_; });
}

absl::Status IngestWorker::Open() {
  if (updater_ != nullptr) return absl::OkStatus();
  auto opened = StoreUpdater::OpenExisting(options_.store, options_.updater,
                                           options_.files);
  {
    const std::lock_guard lock(mutex_);
    has_failed_ = !opened.ok() || !certificates_.empty();
  }
  if (!opened.ok()) return opened.status();
  {
    const std::lock_guard lock(updater_mutex_);
    updater_ = *std::move(opened);
  }
  NoteGone();
  const absl::Status told = TellLost();
  TellGone();
  return told;
}

// Lets the store go, so that Open can have its lock.
void IngestWorker::Close() {
  if (updater_ == nullptr) return;
  before_ = Held();
  // Another folder, a copy from last month say, may not have them. Only these
  // are sure to be wanted: the rest of what the old one had may be why it was
  // replaced.
  if (updater_->IsReplaced() && certificates_.empty() && !newest_.empty()) {
    certificates_.push_back(newest_);
    const std::lock_guard lock(mutex_);
    is_to_retry_ = true;
  }
  const std::lock_guard lock(updater_mutex_);
  updater_.reset();
}

// Readers can open the store again at once. Where the commit fails they cannot,
// for the manifest names what was set aside: that is no open store either, so
// that it is tried again after a while.
absl::Status IngestWorker::TellLost() {
  if (updater_ == nullptr || updater_->lost().empty()) return absl::OkStatus();
  IngestAnswer answer;
  answer.lost.assign(updater_->lost().begin(), updater_->lost().end());
  const absl::Status committed = updater_->Commit(options_.now()).status();
  if (!committed.ok()) {
    Close();
    const std::lock_guard lock(mutex_);
    has_failed_ = true;
  }
  deliver_(std::move(answer));
  return committed;
}

// What was held before the store was closed, and is not any more: files were
// damaged, or the folder is another.
void IngestWorker::NoteGone() {
  const std::set<Sha256Digest> after = Held();
  std::ranges::set_difference(before_, after,
                              std::inserter(gone_, gone_.end()));
  before_.clear();
}

void IngestWorker::TellGone() {
  if (updater_ == nullptr) return;  // they may be there
  const std::set<Sha256Digest> held = Held();
  std::erase_if(gone_, [&](const auto& crl) { return held.contains(crl); });
  if (gone_.empty()) return;
  IngestAnswer answer;
  answer.gone = gone_;
  deliver_(std::move(answer));
  gone_.clear();
}

// Servers that have nothing new would let it go unnoticed: no file is asked for
// then, and nothing is committed.
void IngestWorker::LookAtFolder() {
  if (updater_ == nullptr || !updater_->IsReplaced()) return;
  const absl::Status replaced = updater_->CheckFolder();
  const std::lock_guard lock(mutex_);
  replaced_ = replaced;
}

// What the fetching thread or a look has found of the folder.
absl::Status IngestWorker::TakeReplaced() {
  const std::lock_guard lock(mutex_);
  return std::exchange(replaced_, absl::OkStatus());
}

// Opens the store again after a failure, and tells those that it concerns.
void IngestWorker::StartAnew(const absl::Status& why) {
  Close();
  are_added_ = false;
  Open().IgnoreError();  // the answers say why there is a need
  AnswerFailed(why);
}

void IngestWorker::AnswerFailed(const absl::Status& why) {
  if (untold_.size() > kMostUntold) untold_.clear();
  if (uncommitted_.empty() && !ticket_.has_value()) TellStopped(why);
  const std::set<Sha256Digest> held = Held();
  while (!uncommitted_.empty()) {
    IngestAnswer& answer = uncommitted_.front();
    const bool is_taken = answer.result.outcome == TakeResult::Outcome::kTaken;
    // What a commit that failed at its last step has left, opening the store
    // has made durable.
    if (!held.contains(answer.result.crl->sha256())) {
      answer.status = why;
      if (is_taken) untold_[answer.result.crl->sha256()] = answer.result.before;
    } else if (is_taken) {
      SetChanges(&answer);
    }
    deliver_(answer);
    uncommitted_.pop_front();
  }
  TellGone();
  if (!ticket_.has_value()) return;
  IngestAnswer answer;
  answer.ticket = *ticket_;
  answer.status = why;
  Answer(std::move(answer));
}

}  // namespace revstat
