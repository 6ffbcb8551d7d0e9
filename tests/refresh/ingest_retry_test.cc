// What the worker makes good by itself, though no source has anything new: a
// commit that failed, and a folder that was replaced or is being restored.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <thread>

#include "engine/refresh/ingest_worker.h"
#include "tests/store/faulty_file_system.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

namespace fs = std::filesystem;

class IngestRetry : public testing::Test {
 protected:
  IngestRetry() {
    files_.FailIf([this](const std::string& call) {
      return is_full_ && call == "open " + names_.NewManifest();
    });
    options_.store = folder_.store();
    options_.files = &files_;
    options_.now = During;
    options_.look_interval = std::chrono::hours(1);
  }

  // On a disk that is dead from files_.Kill() until files_.Heal(), and has no
  // room for a manifest while is_full_.
  void Start(std::chrono::milliseconds first_retry) {
    auto updater = MustOpen(folder_.store(), {}, &files_);
    options_.first_retry = first_retry;
    worker_ = std::make_unique<IngestWorker>(
        options_, std::move(updater),
        [this](IngestAnswer answer) { Keep(std::move(answer)); });
  }
  void AddCertificates(const std::vector<const TestAuthority*>& authorities) {
    std::vector<std::shared_ptr<const Buffer>> trusted;
    for (const TestAuthority* authority : authorities)
      trusted.push_back(authority->Certificate());
    worker_->AddCertificates(std::move(trusted), {}, OtherTrust::kGoes);
  }
  // Takes in a CRL, once the store has a file for it; the answer.
  IngestAnswer Take(uint64_t ticket, const TestAuthority& ca,
                    const CrlText& text) {
    IngestJob job;
    job.ticket = ticket;
    job.allowed_issuers = {CanonicalName(
        CertificateView::Parse(ca.Certificate()->bytes())->subject())};
    auto staged = worker_->StageFile();
    while (!staged.ok()) {
      std::this_thread::yield();
      staged = worker_->StageFile();
    }
    job.staged = *std::move(staged);
    EXPECT_TRUE(job.staged->Append(ca.Crl(text)->bytes()).ok());
    worker_->Add(std::move(job));
    return Await([&] { return answers_.contains(ticket); }, ticket);
  }
  template <class Until>
  IngestAnswer Await(Until until, uint64_t ticket) {
    std::unique_lock lock(mutex_);
    answered_.wait(lock, until);
    return answers_[ticket];
  }
  // Of the store, by its answers with ticket 0.
  template <class IsIt>
  void AwaitNews(IsIt is_it) {
    std::unique_lock lock(mutex_);
    answered_.wait(lock, [&] { return std::ranges::any_of(news_, is_it); });
  }

  // Asks for a file until the worker has begun to open the store, and failed,
  // after this call.
  void AwaitFailedRetry() {
    const auto failures = [this] {
      const std::lock_guard lock(mutex_);
      return std::ranges::count_if(
          news_, [](const IngestAnswer& news) { return !news.status.ok(); });
    };
    // One may be under way.
    for (const auto enough = failures() + 2; failures() < enough;) {
      EXPECT_EQ(CodeOf(worker_->StageFile()), ErrorCode::kNotWritable);
      std::this_thread::yield();
    }
  }
  // So that whoever has it mapped keeps what it has.
  void Damage(const std::string& path) const {
    std::ofstream(path + ".new") << "bad";
    fs::rename(path + ".new", path);
  }

  bool IsReadable() const {
    return StoreReader::Open(folder_.store(), PolicyAt(kDuring)).ok();
  }
  size_t CertificatesInStore() const {
    const auto contents = ReadStore(&FileSystem::System(), names_, nullptr);
    return contents.ok() ? contents->manifest.certificates.size() : 0;
  }

  const TestAuthority first_{"First CA"};
  const TestAuthority second_{"Second CA"};
  const TestFolder folder_;
  const StoreFiles names_{folder_.store()};
  FaultyFileSystem files_{~uint64_t{0}, Fault::kDead};
  std::atomic<bool> is_full_ = false;
  IngestWorkerOptions options_;
  std::mutex mutex_;  // guards these
  std::condition_variable answered_;
  std::map<uint64_t, IngestAnswer> answers_;
  std::vector<IngestAnswer> news_;
  std::unique_ptr<IngestWorker> worker_;  // ended first

 private:
  void Keep(IngestAnswer answer) {
    const std::lock_guard lock(mutex_);
    if (answer.ticket == 0) news_.push_back(answer);
    answers_[answer.ticket] = std::move(answer);
    answered_.notify_all();
  }
};

// A CA that is trusted no longer must not go on serving until some source has
// something new.
TEST_F(IngestRetry, good_commit_of_certificates_is_tried_again_by_itself) {
  Start(std::chrono::milliseconds(1));
  AddCertificates({&first_, &second_});
  EXPECT_TRUE(Take(1, second_, NumberedCrl(1, {"0a"})).status.ok());
  ASSERT_EQ(CertificatesInStore(), 2u);
  files_.Kill();
  AddCertificates({&first_});
  AwaitNews([](const IngestAnswer& news) { return !news.status.ok(); });
  EXPECT_EQ(CertificatesInStore(), 2u);
  files_.Heal();
  // Nothing is fetched, nobody asks for a file.
  while (CertificatesInStore() != 1) std::this_thread::yield();
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(StatusIn(*reader, "0a"), Status::kUnknown);
}

TEST_F(IngestRetry, good_ends_while_it_waits_to_try_again) {
  Start(std::chrono::hours(1));
  files_.Kill();
  AddCertificates({&first_});
  AwaitNews([](const IngestAnswer& news) { return !news.status.ok(); });
  worker_.reset();
}

// An operator puts another store in the place of the one that is open.
TEST_F(IngestRetry, good_in_the_folder_that_took_the_place_of_the_first) {
  Start(std::chrono::hours(1));
  AddCertificates({&first_});
  const IngestAnswer before = Take(1, first_, NumberedCrl(5, {"01"}));
  ASSERT_TRUE(before.status.ok()) << before.status;
  fs::rename(folder_.store(), folder_.path() + "/old");
  {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(second_.Certificate()).ok());
    ASSERT_EQ(*updater->Commit(During()), 1u);
  }
  EXPECT_EQ(CodeOf(worker_->StageFile()), ErrorCode::kNotWritable);
  // The sources that had it must not ask for what is newer than it.
  AwaitNews([&](const IngestAnswer& news) {
    return news.gone.contains(before.result.crl->sha256());
  });
  // Of the sources' CA, which the new folder did not have.
  const IngestAnswer after = Take(2, first_, NumberedCrl(4, {"02"}));
  ASSERT_TRUE(after.status.ok()) << after.status;
  EXPECT_EQ(after.result.outcome, TakeResult::Outcome::kTaken)
      << after.result.refusal;
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(StatusIn(*reader, "02"), Status::kRevoked);
  EXPECT_EQ(StatusIn(*reader, "01"), Status::kActive);
  // The old one is as it was left, and open to another writer.
  const auto old = MustOpen(folder_.path() + "/old");
  EXPECT_EQ(old->crls().size(), 1u);
}

// Servers that answer 304 ask for no file.
TEST_F(IngestRetry, good_replaced_folder_is_found_though_nothing_comes) {
  options_.look_interval = std::chrono::milliseconds(1);
  const std::string other = folder_.path() + "/other";
  {
    const auto updater = MustOpen(other);
    ASSERT_TRUE(updater->AddTrusted(first_.Certificate()).ok());
    ASSERT_TRUE(updater->AddTrusted(second_.Certificate()).ok());
    MustTake(updater.get(), *second_.Crl(NumberedCrl(1, {"0a"})));
    ASSERT_EQ(*updater->Commit(During()), 1u);
  }
  Start(std::chrono::milliseconds(1));
  AddCertificates({&first_});
  const IngestAnswer before = Take(1, first_, NumberedCrl(5, {"01"}));
  ASSERT_TRUE(before.status.ok()) << before.status;
  EXPECT_TRUE(worker_->IsInPlace());
  fs::rename(folder_.store(), folder_.path() + "/old");
  EXPECT_FALSE(worker_->IsInPlace());
  fs::rename(other, folder_.store());
  AwaitNews([&](const IngestAnswer& news) {
    return news.gone.contains(before.result.crl->sha256());
  });
  EXPECT_TRUE(worker_->IsInPlace());
  // The sources' certificates alone.
  while (CertificatesInStore() != 1) std::this_thread::yield();
  EXPECT_EQ(MustOpen(folder_.path() + "/old")->crls().size(), 1u);
}

// `mv store old; cp -a backup store`, while CRLs come in.
TEST_F(IngestRetry, revoked_as_in_the_store_that_is_being_restored) {
  Start(std::chrono::hours(1));
  AddCertificates({&first_});
  ASSERT_TRUE(Take(1, first_, NumberedCrl(1, {"01"})).status.ok());
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  const StoreFiles backup(folder_.path() + "/backup");
  fs::copy(folder_.store(), backup.folder(), fs::copy_options::recursive);

  fs::rename(folder_.store(), folder_.path() + "/old");
  EXPECT_EQ(CodeOf(worker_->StageFile()), ErrorCode::kNotWritable);
  AwaitFailedRetry();
  EXPECT_FALSE(fs::exists(folder_.store()));
  EXPECT_FALSE(worker_->IsInPlace());
  fs::create_directory(folder_.store());
  AwaitFailedRetry();
  EXPECT_TRUE(fs::is_empty(folder_.store()));
  EXPECT_FALSE(worker_->IsInPlace());
  fs::copy_file(backup.Generation(), names_.Generation());
  AwaitFailedRetry();
  EXPECT_FALSE(fs::exists(names_.Lock()));
  EXPECT_FALSE(reader->Update(During()).ok());
  EXPECT_EQ(StatusIn(*reader, "01"), Status::kRevoked);
  fs::copy(backup.Segments(), names_.Segments());
  fs::copy_file(backup.Manifest(), names_.Manifest());

  const IngestAnswer after = Take(2, first_, NumberedCrl(2, {"01", "02"}));
  ASSERT_TRUE(after.status.ok()) << after.status;
  ASSERT_NE(after.result.before, nullptr) << "number 1 is known";
  EXPECT_TRUE(worker_->IsInPlace());
  EXPECT_TRUE(reader->Update(During()).ok());
  EXPECT_EQ(StatusIn(*reader, "02"), Status::kRevoked);
}

// The manifest names a file that was set aside, and the disk has no room for
// another manifest.
TEST_F(IngestRetry, good_store_with_damage_opens_once_the_disk_has_room) {
  Start(std::chrono::milliseconds(1));
  AddCertificates({&first_, &second_});
  const IngestAnswer first = Take(1, first_, NumberedCrl(1, {"01"}));
  ASSERT_TRUE(first.status.ok()) << first.status;
  const StoreContents contents =
      *ReadStore(&FileSystem::System(), names_, nullptr);
  ASSERT_EQ(contents.manifest.segments.size(), 1u);
  const std::string path = names_.SegmentPath(contents.manifest.segments[0].id);
  Damage(path);
  is_full_ = true;
  EXPECT_FALSE(Take(2, second_, NumberedCrl(1, {"0a"})).status.ok());
  AwaitNews([](const IngestAnswer& news) { return !news.lost.empty(); });
  AwaitNews([](const IngestAnswer& news) { return !news.status.ok(); });
  EXPECT_TRUE(fs::exists(path + ".damaged"));
  EXPECT_FALSE(IsReadable());
  is_full_ = false;
  // Nothing is fetched, nobody asks for a file.
  while (!IsReadable()) std::this_thread::yield();
  AwaitNews([&](const IngestAnswer& news) {
    return news.gone.contains(first.result.crl->sha256());
  });
  EXPECT_TRUE(Take(3, first_, NumberedCrl(1, {"01"})).status.ok());
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(StatusIn(*reader, "01"), Status::kRevoked);
}

TEST_F(IngestRetry, good_waits_where_the_first_thing_it_does_fails) {
  {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(first_.Certificate()).ok());
    MustTake(updater.get(), *first_.Crl(NumberedCrl(1, {"01"})));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  Damage(names_.SegmentPath(1));
  options_.now = [this]() -> Time {
    files_.Kill();
    throw std::bad_alloc();
  };
  Start(std::chrono::hours(1));
  AwaitNews([](const IngestAnswer& news) { return !news.status.ok(); });
  // If it went on at once, there would be more by now.
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  worker_.reset();
  EXPECT_EQ(news_.size(), 1u);
}

// Between the download and the commit.
TEST_F(IngestRetry, invalid_download_into_the_folder_that_was_replaced) {
  Start(std::chrono::hours(1));
  AddCertificates({&first_});
  ASSERT_TRUE(Take(1, first_, NumberedCrl(1, {"01"})).status.ok());
  IngestJob job;
  job.ticket = 2;
  job.allowed_issuers = {CanonicalName(
      CertificateView::Parse(first_.Certificate()->bytes())->subject())};
  job.staged = *worker_->StageFile();
  ASSERT_TRUE(
      job.staged->Append(first_.Crl(NumberedCrl(2, {"02"}))->bytes()).ok());
  fs::rename(folder_.store(), folder_.path() + "/old");
  fs::copy(folder_.path() + "/old", folder_.store(),
           fs::copy_options::recursive);
  fs::remove_all(StoreFiles(folder_.store()).Incoming());
  fs::create_directory(StoreFiles(folder_.store()).Incoming());
  worker_->Add(std::move(job));
  EXPECT_FALSE(Await([&] { return answers_.contains(2); }, 2).status.ok());
  EXPECT_TRUE(Take(3, first_, NumberedCrl(3, {"03"})).status.ok());
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(StatusIn(*reader, "03"), Status::kRevoked);
}

}  // namespace
}  // namespace revstat::test
