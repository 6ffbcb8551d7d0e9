// A watched store as a host holds it: by one pointer.
#include "engine/embed/watched_store.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <new>
#include <stdexcept>

#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

class WatchedStore : public testing::Test {
 protected:
  WatchedStore() { Commit(1, {}); }

  void Commit(uint32_t number, const std::vector<std::string_view>& serials) {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    MustTake(updater.get(), *ca_.Crl(NumberedCrl(number, serials)));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  static Status StatusIn(const SnapshotPublisher& snapshots) {
    const SnapshotPublisher::Reader snapshot(snapshots);
    return snapshot->Lookup(At(kDuring), Key("0123")).status;
  }
  static StoreWatcherOptions Watching() {
    StoreWatcherOptions watching;
    watching.interval = std::chrono::minutes(10);  // only a wake ends a wait
    watching.now = During;
    return watching;
  }

  const TestFolder folder_;
  const TestAuthority ca_;
};

TEST_F(WatchedStore, good_newest_generation_through_one_pointer) {
  std::mutex mutex;
  std::condition_variable published;
  int count = 0;
  StoreWatcherOptions watching = Watching();
  watching.notify = [&](const absl::StatusOr<StoreReader::Outcome>& outcome) {
    EXPECT_TRUE(outcome.ok()) << outcome.status();
  };
  const SnapshotPublisher* told = nullptr;
  const auto snapshots = *WatchStore(
      folder_.store(), {}, watching, [&](const SnapshotPublisher& publisher) {
        const std::lock_guard<std::mutex> lock(mutex);
        ++count;
        told = &publisher;
        published.notify_all();
      });
  EXPECT_EQ(StatusIn(*snapshots), Status::kActive);
  Commit(2, {"0123"});
  std::unique_lock<std::mutex> lock(mutex);
  published.wait(lock, [&] { return count > 0; });
  EXPECT_EQ(StatusIn(*snapshots), Status::kRevoked);
  EXPECT_EQ(told, snapshots.get());
}

TEST_F(WatchedStore, revoked_is_told_again_to_a_host_that_threw) {
  std::mutex mutex;
  std::condition_variable told;
  int published = 0;
  std::vector<std::string> errors;
  std::atomic<bool> has_clock = true;
  StoreWatcherOptions watching = Watching();
  watching.interval = std::chrono::milliseconds(1);  // to try again
  watching.now = [&] {
    if (!has_clock.load()) throw std::bad_alloc();
    return During();
  };
  watching.notify = [&](const absl::StatusOr<StoreReader::Outcome>& outcome) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (!outcome.ok()) errors.emplace_back(outcome.status().message());
    told.notify_all();
    if (errors.size() == 1) throw std::runtime_error("notify");
  };
  const auto snapshots =
      *WatchStore(folder_.store(), {}, watching, [&](const SnapshotPublisher&) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (++published < 3) throw std::runtime_error("on_published");
        told.notify_all();
      });
  Commit(2, {"0123"});
  {
    std::unique_lock<std::mutex> lock(mutex);
    told.wait(lock, [&] { return published == 3; });
    EXPECT_EQ(StatusIn(*snapshots), Status::kRevoked);
    EXPECT_EQ(errors,
              (std::vector<std::string>{"on_published", "on_published"}));
  }
  has_clock.store(false);
  std::unique_lock<std::mutex> lock(mutex);
  told.wait(lock, [&] { return errors.size() > 2; });
  EXPECT_EQ(errors.back(), "memory is not to be had");
  EXPECT_EQ(published, 3);
}

// Runs `body` in a child, which must come to its end.
void ExpectEndsInChild(const std::function<void()>& body) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);  // ends a child that waits for ever
    body();
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(WatchedStore, good_given_up_in_a_child_waits_for_no_thread) {
  auto snapshots = *WatchStore(folder_.store(), {}, Watching());
  ExpectEndsInChild([&] {
    if (StatusIn(*snapshots) != Status::kActive) _exit(1);
    snapshots.reset();
  });
  EXPECT_EQ(StatusIn(*snapshots), Status::kActive);
}

TEST_F(WatchedStore, good_watcher_ended_in_a_child_waits_for_no_thread) {
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  auto watcher = std::make_unique<StoreWatcher>(reader.get(), Watching());
  ExpectEndsInChild([&] { watcher.reset(); });
}

TEST_F(WatchedStore, invalid_no_store) {
  const TestFolder empty;
  EXPECT_EQ(CodeOf(WatchStore(empty.store())), ErrorCode::kNoSuchFile);
}

}  // namespace
}  // namespace revstat::test
