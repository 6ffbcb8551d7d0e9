// A disk that fails at any call beneath a refresher: what was served goes on
// being served, an event says why, and once the disk is well the CRLs get in.
#include <condition_variable>
#include <mutex>

#include "tests/refresh/refresher_fixture.h"
#include "tests/store/faulty_file_system.h"
#include "tests/store/sync_order.h"

namespace revstat::test {
namespace {

class RefresherOnDisk : public RefresherFixture {
 protected:
  static bool IsPublished(const std::vector<RefreshEvent>& events,
                          std::string_view issuer) {
    return !Of(events, Kind::kPublished, issuer).empty();
  }
  // Rounds, one after the other: the store may be opened again meanwhile.
  void GoOnUntilPublished(const std::vector<std::string_view>& issuers,
                          std::vector<RefreshEvent>* events) {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto is_published = [&](std::string_view issuer) {
      return IsPublished(*events, issuer);
    };
    while (!std::ranges::all_of(issuers, is_published)) {
      if (std::chrono::steady_clock::now() > deadline)
        FAIL() << Summary(*events);
      const std::vector<RefreshEvent> more = Round();
      events->insert(events->end(), more.begin(), more.end());
    }
  }
};

class RefresherDisk : public RefresherOnDisk,
                      public testing::WithParamInterface<Fault> {
 protected:
  void SetUp() override {
    Serve("first", first_.Crl(NumberedCrl(2, {"01", "02"})));
    Serve("second", second_.Crl(NumberedCrl(1, {"0a"})));
  }

  std::vector<IssuerSource> Sources() const {
    std::vector<IssuerSource> sources = {
        SourceOf("first", first_, {"/ok/first"}),
        SourceOf("second", second_, {"/ok/second"})};
    for (IssuerSource& source : sources)
      source.schedule.first_backoff = std::chrono::seconds(1);
    return sources;
  }

  // The first CA's CRL number 1; and not a word of the second.
  std::unique_ptr<StoreReader> MakeStore() {
    const std::string store = folder_.path() + "/store";
    std::filesystem::remove_all(store);
    const auto updater = MustOpen(store);
    EXPECT_TRUE(updater->AddTrusted(first_.Certificate()).ok());
    MustTake(updater.get(), *first_.Crl(NumberedCrl(1, {"01"})));
    EXPECT_TRUE(updater->Commit(During()).ok());
    return *StoreReader::Open(store, PolicyAt(kDuring));
  }

  // Why a source has nothing new, told with the source or of the store.
  static bool IsExplained(const std::vector<RefreshEvent>& events) {
    return std::ranges::any_of(events, [](const RefreshEvent& event) {
      return (event.kind == Kind::kRefused || event.kind == Kind::kStopped) &&
             !event.why.ok();
    });
  }

  // One run with a disk of which that call fails. False where there were fewer
  // calls.
  bool RunWithFault(uint64_t number) {
    const auto reader = MakeStore();
    FaultyFileSystem files(number, GetParam());
    RefresherOptions options = Options();
    options.files = &files;
    TakeEvents();
    auto started = Refresher::Start(Sources(), options);
    if (!started.ok()) {
      // A service manager starts it again.
      SCOPED_TRACE(files.failed());
      EXPECT_EQ(StatusIn(*reader, "01"), Status::kRevoked);
      EXPECT_EQ(StatusOf("01"), Status::kRevoked);
      return true;
    }
    refresher_ = *std::move(started);
    std::vector<RefreshEvent> events = Round();
    const bool is_met = files.calls() > number;
    SCOPED_TRACE(files.failed());
    EXPECT_TRUE(reader->Update(During()).ok());
    EXPECT_EQ(StatusIn(*reader, "01"), Status::kRevoked);
    EXPECT_EQ(StatusIn(*reader, "02"), IsPublished(events, "first")
                                           ? Status::kRevoked
                                           : StatusIn(*reader, "02"));
    EXPECT_TRUE(
        (IsPublished(events, "first") && IsPublished(events, "second")) ||
        IsExplained(events))
        << Summary(events);
    files.Heal();
    GoOnUntilPublished({"first", "second"}, &events);
    refresher_.reset();
    EXPECT_EQ(StatusOf("02", 0), Status::kRevoked) << Summary(events);
    EXPECT_EQ(StatusOf("0a", 1), Status::kRevoked) << Summary(events);
    EXPECT_TRUE(reader->Update(During()).ok());
    EXPECT_EQ(StatusIn(*reader, "02"), Status::kRevoked);
    return is_met;
  }

  const TestAuthority first_{"First CA"};
  const TestAuthority second_{"Second CA"};
};

TEST_P(RefresherDisk, good_after_each_call_failed) {
  uint64_t number = 0;
  while (RunWithFault(number) && !HasFailure()) ++number;
  EXPECT_GT(number, 30u);
}

INSTANTIATE_TEST_SUITE_P(Faults, RefresherDisk,
                         testing::Values(Fault::kNoSpace, Fault::kShortWrite,
                                         Fault::kDead));

// Certificates that a failed commit took with it are added again by themselves.
TEST_F(RefresherOnDisk, good_certificates_of_a_reload_after_a_failed_commit) {
  const TestAuthority first("First CA");
  const TestAuthority second("Second CA");
  Serve("first", first.Crl(NumberedCrl(1, {"01"})));
  Serve("second", second.Crl(NumberedCrl(1, {"0a"})));
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  RefresherOptions options = Options();
  options.files = &files;
  Start({SourceOf("first", first, {"/ok/first"})}, options);
  ASSERT_EQ(Of(FirstRound(), Kind::kPublished, "first").size(), 1u);
  files.Kill();
  refresher_->Reload({SourceOf("first", first, {"/ok/first"}),
                      SourceOf("second", second, {"/ok/second"})});
  EXPECT_TRUE(Of(Round(), Kind::kPublished, "second").empty());
  files.Heal();
  std::vector<RefreshEvent> events;
  GoOnUntilPublished({"second"}, &events);
  refresher_.reset();  // before the disk that it writes to
  EXPECT_EQ(StatusOf("0a", 1), Status::kRevoked);
}

// A disk whose writes of downloads wait until Open.
class Gate {
 public:
  void Pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
  }
  void WaitForOne() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return arrived_ > 0; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  uint64_t arrived() {
    const std::lock_guard lock(mutex_);
    return arrived_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t arrived_ = 0;
  bool is_open_ = false;
};

// Of all that a refresher writes, its own state included.
TEST_F(RefresherOnDisk, good_nothing_is_relied_on_before_it_is_synced) {
  const TestAuthority ca;
  SyncOrder order(folder_.path() + "/store");
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  order.Watch(&files);
  RefresherOptions options = Options();
  options.files = &files;
  Serve("a", ca.Crl(NumberedCrl(1, {"01"})));
  Start({SourceOf("ca", ca, {"/ok/a"})}, options);
  ASSERT_TRUE(IsPublished(FirstRound(), "ca"));
  EXPECT_TRUE(order.IsOnDisk(folder_.path() + "/store/refresh.toml"));
  Serve("a", ca.Crl(NumberedCrl(2, {"01"})));
  EXPECT_TRUE(IsPublished(Round(), "ca"));
  refresher_.reset();  // before the disk that it writes to
  EXPECT_EQ(order.faults(), std::vector<std::string>());
}

// A large download is not begun again for a change that is not its own.
TEST_F(RefresherOnDisk, good_fetches_go_on_over_a_reload) {
  const TestAuthority ca;
  const TestAuthority second("Second CA");
  Serve("a", ca.Crl(NumberedCrl(1, {"01"})));
  Serve("b", second.Crl(NumberedCrl(1, {"02"})));
  Gate gate;
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  files.Watch([&gate](const std::string& call) {
    if (call.starts_with("write ") && call.ends_with(".part")) gate.Pass();
  });
  RefresherOptions options = Options();
  options.files = &files;
  const IssuerSource source = SourceOf("ca", ca, {"/ok/a"});
  Start({source}, options);
  gate.WaitForOne();  // within the body
  refresher_->Reload({SourceOf("second", second, {"/ok/b"}), source});
  gate.Open();
  EXPECT_TRUE(refresher_->WaitForRound(std::chrono::seconds(60)));
  std::vector<RefreshEvent> events;
  GoOnUntilPublished({"ca", "second"}, &events);
  EXPECT_EQ(Of(events, Kind::kFetched, "ca").size(), 1u) << Summary(events);
  refresher_.reset();  // before the disk that it writes to
}

// Neither a disk that hangs nor the rest of what a buffer unpacks to is waited
// for.
TEST_F(RefresherOnDisk, good_stop_within_a_bomb_and_while_the_disk_hangs) {
  const TestAuthority ca;
  Gate gate;
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  files.Watch([&gate](const std::string& call) {
    if (call.starts_with("write ") && call.ends_with(".part")) gate.Pass();
  });
  RefresherOptions options = Options();
  options.files = &files;
  IssuerSource source = SourceOf("ca", ca, {"/bomb/64"});
  source.limits.max_bytes = 1 << 30;
  Start({source}, options);
  gate.WaitForOne();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(refresher_->Stop(std::chrono::milliseconds(50)));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  gate.Open();
  EXPECT_TRUE(refresher_->Stop(std::chrono::seconds(60)));
  EXPECT_EQ(gate.arrived(), 1u) << "pieces of the bomb";
  refresher_.reset();  // before the disk that it writes to
}

}  // namespace
}  // namespace revstat::test
