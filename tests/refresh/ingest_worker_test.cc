// What the worker's thread makes of memory that is not to be had: the job
// fails, the host goes on, and so does the thread.
#include "engine/refresh/ingest_worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <thread>

#include "tests/store/faulty_file_system.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

// One worker on a store of its own, of which one call of the disk or the clock
// throws.
class Worker {
 public:
  // No call, until Arm.
  explicit Worker(const TestAuthority& ca) : ca_(ca) {
    files_.Watch([this](const std::string& call) {
      // Of a destructor, which may not throw.
      if (!call.starts_with("remove ")) Count();
    });
    auto updater = MustOpen(folder_.store(), {}, &files_);
    EXPECT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    EXPECT_TRUE(updater->Commit(During()).ok());
    IngestWorkerOptions options;
    options.store = folder_.store();
    options.files = &files_;
    options.now = [this] {
      Count();
      return During();
    };
    worker_ = std::make_unique<IngestWorker>(
        std::move(options), std::move(updater),
        [this](IngestAnswer answer) { Keep(std::move(answer)); });
  }

  // `times` calls after the next `number` throw; staged files are not counted.
  void Arm(int number, int times) {
    left_ = number;
    throwing_ = times;
  }
  bool has_thrown() const { return throwing_ == 0; }

  // Returns once something has been thrown since the last Arm.
  void AwaitThrow(int armed) {
    while (throwing_ == armed) std::this_thread::yield();
  }

  // Takes in a CRL; the answer to it.
  IngestAnswer Take(uint64_t ticket, const CrlText& text) {
    Add(ticket, text);
    std::unique_lock lock(mutex_);
    answered_.wait(lock, [&] { return answers_.contains(ticket); });
    return answers_.at(ticket);
  }
  void Add(uint64_t ticket, const CrlText& text) {
    const auto der = ca_.Crl(text);
    IngestJob job;
    job.ticket = ticket;
    job.allowed_issuers = {CanonicalName(
        CertificateView::Parse(ca_.Certificate()->bytes())->subject())};
    {
      const Unarmed unarmed(this);
      job.staged = *worker_->StageFile();
      EXPECT_TRUE(job.staged->Append(der->bytes()).ok());
    }
    worker_->Add(std::move(job));
  }
  Status StatusInStore(std::string_view serial) const {
    const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
    return StatusIn(*reader, serial);
  }

 private:
  struct Unarmed {
    explicit Unarmed(Worker* worker)
        : worker(worker), throwing(worker->throwing_.exchange(0)) {}
    ~Unarmed() { worker->throwing_ = throwing; }
    Worker* const worker;
    const int throwing;
  };

  void Count() {
    if (throwing_ == 0 || left_-- > 0) return;
    --throwing_;
    throw std::bad_alloc();
  }
  void Keep(IngestAnswer answer) {
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(answer.ticket == 0 || !answers_.contains(answer.ticket))
        << "answered twice";
    answers_[answer.ticket] = std::move(answer);
    answered_.notify_all();
  }

  const TestAuthority& ca_;
  const TestFolder folder_;
  std::atomic<int> left_ = 0;
  std::atomic<int> throwing_ = 0;
  FaultyFileSystem files_{~uint64_t{0}, Fault::kNoSpace};
  std::mutex mutex_;
  std::condition_variable answered_;
  std::map<uint64_t, IngestAnswer> answers_;
  std::unique_ptr<IngestWorker> worker_;  // ended first
};

TEST(IngestWorker, good_after_each_call_threw) {
  const TestAuthority ca;
  bool has_thrown = true;
  int failed = 0;
  int number = 0;
  for (; has_thrown && !testing::Test::HasFailure(); ++number) {
    SCOPED_TRACE(number);
    Worker worker(ca);
    worker.Arm(number, 1);
    const IngestAnswer first = worker.Take(1, NumberedCrl(1, {"01"}));
    if (!first.status.ok()) {
      EXPECT_EQ(MessageOf(first.status), "memory is not to be had");
      ++failed;
    }
    // What was thrown after the commit, or not at all, changes nothing.
    EXPECT_EQ(worker.StatusInStore("01"),
              first.status.ok() ? Status::kRevoked : Status::kUnknown);
    has_thrown = worker.has_thrown();
    worker.Arm(0, 0);
    const IngestAnswer second = worker.Take(2, NumberedCrl(2, {"01", "02"}));
    EXPECT_TRUE(second.status.ok()) << second.status;
    EXPECT_EQ(second.result.outcome, TakeResult::Outcome::kTaken);
    EXPECT_EQ(worker.StatusInStore("02"), Status::kRevoked);
  }
  EXPECT_GT(failed, 10);
}

// The commit may be durable before what fails.
TEST(IngestWorker, good_tells_what_has_vanished_after_each_call_threw) {
  const TestAuthority ca;
  CrlText keeping = NumberedCrl(2, {"02"});
  keeping.extensions.push_back(
      MakeExtension("2.5.29.60", GeneralizedTime("20200101000000Z")));
  bool has_thrown = true;
  for (int number = 0; has_thrown && !testing::Test::HasFailure(); ++number) {
    SCOPED_TRACE(number);
    Worker worker(ca);
    EXPECT_TRUE(worker.Take(1, NumberedCrl(1, {"01", "02"})).status.ok());
    worker.Arm(number, 1);
    const IngestAnswer answer = worker.Take(2, keeping);
    if (answer.status.ok()) {
      EXPECT_EQ(answer.changes.gone_too_early, 1u);
    }
    has_thrown = worker.has_thrown();
    worker.Arm(0, 0);
  }
}

TEST(IngestWorker, good_once_there_is_memory_to_open_the_store_again) {
  const TestAuthority ca;
  Worker worker(ca);
  worker.Arm(0, 4);
  const IngestAnswer first = worker.Take(1, NumberedCrl(1, {"01"}));
  EXPECT_EQ(MessageOf(first.status), "memory is not to be had");
  EXPECT_TRUE(worker.has_thrown());
  EXPECT_TRUE(worker.Take(2, NumberedCrl(2, {"01"})).status.ok());
  EXPECT_EQ(worker.StatusInStore("01"), Status::kRevoked);
}

TEST(IngestWorker, good_ends_where_there_is_no_memory) {
  const TestAuthority ca;
  auto worker = std::make_unique<Worker>(ca);
  EXPECT_TRUE(worker->Take(1, NumberedCrl(1, {"01"})).status.ok());
  constexpr int kForEver = 1 << 30;
  worker->Arm(0, kForEver);
  worker->Add(2, NumberedCrl(2, {"01"}));
  worker->AwaitThrow(kForEver);
  worker.reset();
}

}  // namespace
}  // namespace revstat::test
