// Readers in threads and processes beside a writer that commits.
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/refresh/store_watcher.h"
#include "tests/store/faulty_file_system.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

class StoreWatching : public testing::Test {
 protected:
  void SetUp() override { CommitNumber(1); }
  // Generation n: serials 1 to n are revoked.
  void CommitNumber(uint32_t number) {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    CrlText text = NumberedCrl(number, {});
    for (uint32_t i = 1; i <= number; ++i)
      text.entries.push_back(Entry(Integer(i)));
    MustTake(updater.get(), *ca_.Crl(text));
    ASSERT_EQ(*updater->Commit(During()), number);
  }
  static uint32_t CountRevoked(const StoreReader& reader, uint32_t most) {
    const SnapshotPublisher::Reader snapshot(reader.publisher());
    uint32_t count = 0;
    for (uint32_t i = 1; i <= most; ++i) {
      const uint8_t octet = static_cast<uint8_t>(i);
      const LookupKey key{*SerialNumber::FromContent({&octet, 1}), 0, 0};
      count += snapshot->Lookup(At(kDuring), key).status == Status::kRevoked;
    }
    return count;
  }

  static constexpr uint32_t kGenerations = 12;
  const TestFolder folder_;
  const TestAuthority ca_;
};

TEST_F(StoreWatching, good_each_generation_reaches_the_snapshot) {
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  std::mutex mutex;
  std::condition_variable published;
  uint64_t newest = 1;
  StoreWatcherOptions options;
  // Longer than the test may take: only the writer's wake can end a wait.
  options.interval = std::chrono::minutes(10);
  options.now = During;
  options.notify = [&](const absl::StatusOr<StoreReader::Outcome>& outcome) {
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    const std::lock_guard<std::mutex> lock(mutex);
    newest = reader->generation();
    published.notify_all();
  };
  StoreWatcher watcher(reader.get(), options);
  std::atomic<bool> is_done = false;
  std::thread querying([&] {
    uint32_t seen = 0;
    while (!is_done.load()) {
      const uint32_t count = CountRevoked(*reader, kGenerations);
      EXPECT_GE(count, seen);  // a whole generation, and never an older one
      seen = count;
    }
  });
  for (uint32_t number = 2; number <= kGenerations; ++number) {
    CommitNumber(number);
    std::unique_lock<std::mutex> lock(mutex);
    EXPECT_TRUE(published.wait_for(lock, std::chrono::seconds(60),
                                   [&] { return newest >= number; }));
  }
  is_done.store(true);
  querying.join();
  EXPECT_EQ(CountRevoked(*reader, kGenerations), kGenerations);
}

// Counted anew from 1, the number is below the one that was served.
TEST_F(StoreWatching, good_store_that_was_made_anew) {
  CommitNumber(2);
  CommitNumber(3);
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 3u);
  std::filesystem::remove_all(folder_.store());
  EXPECT_FALSE(reader->Update(During()).ok()) << "there is none";
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 3u);
  CommitNumber(1);
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(reader->generation(), 1u);
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 1u);
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kUnchanged);
  CommitNumber(2);
  EXPECT_TRUE(reader->IsOutdated());
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 2u);
}

TEST_F(StoreWatching, good_store_that_was_restored_from_a_copy) {
  const std::string copy = folder_.path() + "/copy";
  std::filesystem::copy(folder_.store(), copy,
                        std::filesystem::copy_options::recursive);
  CommitNumber(2);
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 2u);
  std::filesystem::remove_all(folder_.store());
  std::filesystem::rename(copy, folder_.store());
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 1u);
  // What comes then has a number that was served before.
  CommitNumber(2);
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 2u);
}

// Its writer was killed between the manifest and the word.
TEST_F(StoreWatching, good_generation_that_the_word_does_not_tell) {
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  CommitNumber(2);
  FileSystem& files = FileSystem::System();
  const std::string word = StoreFiles(folder_.store()).Generation();
  GenerationWord::OpenForWriter(&files, word)->Store(1);
  EXPECT_FALSE(reader->IsOutdated());
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(reader->generation(), 2u);
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 2u);
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kUnchanged);
  CommitNumber(3);
  EXPECT_TRUE(reader->IsOutdated());
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 3u);
}

// New readers see it at once, whatever becomes of the sync: so do the others.
TEST_F(StoreWatching, good_generation_whose_folder_could_not_be_synced) {
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  const StoreFiles names(folder_.store());
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  bool is_renamed = false;
  files.Watch([&](const std::string& call) {
    if (is_renamed) files.Kill();
    is_renamed |= call.ends_with(names.NewManifest() + " " + names.Manifest());
  });
  const auto updater = MustOpen(folder_.store(), {}, &files);
  MustTake(updater.get(), *ca_.Crl(NumberedCrl(2, {"01", "02"})));
  EXPECT_EQ(CodeOf(updater->Commit(During())), ErrorCode::kNotWritable);
  EXPECT_TRUE(reader->IsOutdated());
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(CountRevoked(*reader, kGenerations), 2u);
}

TEST_F(StoreWatching, good_readers_in_other_processes) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      // Whole generations only, to the last; 0 is success.
      int failures = 0;
      const auto reader = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
      if (!reader.ok()) _exit(100);
      while ((*reader)->generation() < kGenerations) {
        (*reader)->generation_word().WaitWhile((*reader)->generation(),
                                               std::chrono::seconds(60));
        if (!(*reader)->Update(During()).ok()) ++failures;
        failures +=
            CountRevoked(**reader, kGenerations) != (*reader)->generation();
      }
      _exit(failures == 0 ? 0 : 1);
    }
    children.push_back(child);
  }
  for (uint32_t number = 2; number <= kGenerations; ++number)
    CommitNumber(number);
  for (pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
}

}  // namespace
}  // namespace revstat::test
