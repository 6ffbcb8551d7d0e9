// A watched store as a host holds it: by one pointer.
#include "engine/embed/watched_store.h"

#include <condition_variable>
#include <mutex>

#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

TEST(WatchedStore, good_newest_generation_through_one_pointer) {
  const TestFolder folder;
  const TestAuthority ca;
  const auto commit = [&](uint32_t number,
                          const std::vector<std::string_view>& serials) {
    const auto updater = MustOpen(folder.store());
    ASSERT_TRUE(updater->AddTrusted(ca.Certificate()).ok());
    MustTake(updater.get(), *ca.Crl(NumberedCrl(number, serials)));
    ASSERT_TRUE(updater->Commit(During()).ok());
  };
  commit(1, {});

  std::mutex mutex;
  std::condition_variable published;
  int count = 0;
  StoreWatcherOptions watching;
  watching.interval = std::chrono::minutes(10);  // only a wake ends a wait
  watching.now = During;
  watching.notify = [&](const absl::StatusOr<StoreReader::Outcome>& outcome) {
    EXPECT_TRUE(outcome.ok()) << outcome.status();
  };
  const SnapshotPublisher* told = nullptr;
  const auto snapshots = *WatchStore(
      folder.store(), {}, watching, [&](const SnapshotPublisher& publisher) {
        const std::lock_guard<std::mutex> lock(mutex);
        ++count;
        told = &publisher;
        published.notify_all();
      });
  const auto status = [&] {
    const SnapshotPublisher::Reader snapshot(*snapshots);
    return snapshot->Lookup(At(kDuring), Key("0123")).status;
  };
  EXPECT_EQ(status(), Status::kActive);
  commit(2, {"0123"});
  std::unique_lock<std::mutex> lock(mutex);
  published.wait(lock, [&] { return count > 0; });
  EXPECT_EQ(status(), Status::kRevoked);
  EXPECT_EQ(told, snapshots.get());
}

TEST(WatchedStore, invalid_no_store) {
  const TestFolder folder;
  EXPECT_EQ(CodeOf(WatchStore(folder.store())), ErrorCode::kNoSuchFile);
}

}  // namespace
}  // namespace revstat::test
