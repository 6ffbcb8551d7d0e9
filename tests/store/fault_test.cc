// Every call to the system fails once: the store stays one whole generation,
// and holds what was acknowledged.
#include <unistd.h>

#include <set>

#include "tests/store/faulty_file_system.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

struct Attempt {
  bool is_acknowledged = false;
  uint64_t calls = 0;
  std::string failed;
};

class StoreFaults : public testing::TestWithParam<Fault> {
 protected:
  // From the first generation to the second: an issuer more, one CRL replaced,
  // one new. The files are those of `files`.
  bool Update(FileSystem* files) const {
    const auto updater = StoreUpdater::Open(folder_.store(), options_, files);
    if (!updater.ok()) return false;
    if (!(*updater)->AddTrusted(other_.Certificate()).ok()) return false;
    for (const auto& crl : {ca_.Crl(NumberedCrl(2, {"01", "02"})),
                            other_.Crl(NumberedCrl(1, {"0a"}))}) {
      const auto taken = (*updater)->Take(*crl, During());
      if (!taken.ok() || taken->outcome == TakeResult::Outcome::kRefused)
        return false;
    }
    return (*updater)->Commit(During()).ok();
  }

  Attempt TryWithFault(uint64_t number) const {
    std::filesystem::remove_all(folder_.store());
    {
      const auto updater = MustOpen(folder_.store(), options_);
      EXPECT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
      MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"})));
      EXPECT_TRUE(updater->Commit(During()).ok());
    }
    FaultyFileSystem files(number, GetParam());
    Attempt attempt;
    attempt.is_acknowledged = Update(&files);
    attempt.calls = files.calls();
    attempt.failed = files.failed();
    return attempt;
  }

  // Which whole generation the store answers as: 1 or 2.
  uint64_t ReadGeneration() const {
    const auto reader = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
    EXPECT_TRUE(reader.ok()) << reader.status();
    if (!reader.ok()) return 0;
    const uint64_t generation = (*reader)->generation();
    EXPECT_EQ(StatusIn(**reader, "01"), Status::kRevoked);
    EXPECT_EQ(StatusIn(**reader, "02"),
              generation == 1 ? Status::kActive : Status::kRevoked);
    const SnapshotPublisher::Reader snapshot((*reader)->publisher());
    EXPECT_EQ(snapshot->issuers().size(), generation);
    EXPECT_EQ(snapshot->sources().size(), generation);
    if (generation == 2) {
      EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0a", 1)).status,
                Status::kRevoked);
    }
    return generation;
  }

  const TestFolder folder_;
  const TestAuthority ca_{"First CA"};
  const TestAuthority other_{"Second CA"};
  const StoreUpdaterOptions options_{};
};

TEST_P(StoreFaults, good_generation_after_each_call_failed) {
  std::set<std::string> kinds;
  uint64_t number = 0;
  for (;; ++number) {
    const Attempt attempt = TryWithFault(number);
    if (attempt.calls <= number) break;  // none failed: that was the last
    SCOPED_TRACE(
        Concat({"call ", std::to_string(number), ": ", attempt.failed}));
    kinds.insert(attempt.failed.substr(0, attempt.failed.find(' ')));
    const uint64_t generation = ReadGeneration();
    EXPECT_TRUE(generation == 1 || generation == 2);
    EXPECT_TRUE(generation == 2 || !attempt.is_acknowledged);
    // The next writer goes on from there, and cleans up.
    EXPECT_TRUE(Update(&FileSystem::System()));
    EXPECT_GE(ReadGeneration(), 2u);
    size_t files = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder_.store()))
      files += entry.is_regular_file();
    EXPECT_EQ(files, 5u);  // manifest, generation, lock, two segments
  }
  // The store asks for all of these.
  EXPECT_EQ(kinds, (std::set<std::string>{"identify", "list", "lock", "make",
                                          "map", "open", "remove", "rename",
                                          "sync", "truncate", "write"}));
  EXPECT_GT(number, 40u);
}

// Of a process that reads: what it served goes on, and the next look succeeds.
TEST_P(StoreFaults, good_old_generation_while_the_new_one_cannot_be_read) {
  uint64_t number = 0;
  for (;; ++number) {
    std::filesystem::remove_all(folder_.store());
    {
      const auto updater = MustOpen(folder_.store(), options_);
      EXPECT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
      MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"})));
      EXPECT_TRUE(updater->Commit(During()).ok());
    }
    FaultyFileSystem files(number, GetParam());
    const auto reader =
        StoreReader::Open(folder_.store(), PolicyAt(kDuring), &files);
    if (!reader.ok()) continue;  // nothing was served yet
    ASSERT_TRUE(Update(&FileSystem::System()));
    const auto outcome = (*reader)->Update(During());
    if (files.calls() <= number) {
      EXPECT_TRUE(outcome.ok()) << outcome.status();
      break;
    }
    SCOPED_TRACE(files.failed());
    // The word that is mapped already tells it as well.
    if (outcome.ok()) {
      EXPECT_EQ(files.failed(),
                "identify " + StoreFiles(folder_.store()).Generation());
      EXPECT_EQ(StatusIn(**reader, "02"), Status::kRevoked);
      continue;
    }
    EXPECT_EQ((*reader)->generation(), 1u);
    EXPECT_TRUE((*reader)->IsOutdated());
    EXPECT_EQ(StatusIn(**reader, "01"), Status::kRevoked);
    EXPECT_EQ(StatusIn(**reader, "02"), Status::kActive);
    files.Heal();
    EXPECT_EQ(*(*reader)->Update(During()), StoreReader::Outcome::kPublished);
    EXPECT_EQ(StatusIn(**reader, "02"), Status::kRevoked);
  }
  EXPECT_GE(number, 5u);  // word, manifest, segment; manifest, two segments
}

INSTANTIATE_TEST_SUITE_P(Faults, StoreFaults,
                         testing::Values(Fault::kNoSpace, Fault::kInputOutput,
                                         Fault::kShortWrite, Fault::kDead));

// What may stand only in the system's memory is not called held.
TEST(StoreSync, good_folder_is_synced_before_anything_is_held) {
  const TestFolder folder;
  const TestAuthority ca;
  const auto crl = ca.Crl(NumberedCrl(1, {"01"}));
  const auto take = [&](FileSystem* files) {
    const auto updater = StoreUpdater::Open(folder.store(), {}, files);
    if (!updater.ok()) return false;
    EXPECT_TRUE((*updater)->AddTrusted(ca.Certificate()).ok());
    const auto taken = (*updater)->Take(*crl, During());
    return taken.ok() && (*updater)->Commit(During()).ok();
  };
  // The last call of a commit but one: the sync of the folder that the rename
  // of the manifest is in.
  const auto is_that = [&](const std::string& failed) {
    return failed == "sync " + folder.store();
  };
  bool is_met = false;
  for (uint64_t number = 0; !is_met; ++number) {
    ASSERT_LT(number, 200u);
    std::filesystem::remove_all(folder.store());
    FaultyFileSystem files(number, Fault::kInputOutput);
    const bool is_taken = take(&files);
    is_met = is_that(files.failed()) &&
             std::filesystem::exists(StoreFiles(folder.store()).Manifest());
    EXPECT_FALSE(is_met && is_taken);
  }
  // The manifest is there; whether it survives a power cut is not known.
  for (uint64_t number = 0;; ++number) {
    ASSERT_LT(number, 200u);
    FaultyFileSystem files(number, Fault::kDead);
    const bool is_held = take(&files);
    if (!is_that(files.failed())) continue;
    EXPECT_FALSE(is_held);
    break;
  }
}

// To map it would kill: its holder writes it at any moment.
TEST(StoreLock, invalid_second_writer_while_the_holder_empties_the_lock) {
  const TestFolder folder;
  const auto holder = MustOpen(folder.store());
  const std::string lock = StoreFiles(folder.store()).Lock();
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  std::set<std::string> calls;
  files.Watch([&](const std::string& call) {
    calls.insert(call);
    if (call == "read " + lock) std::filesystem::resize_file(lock, 0);
  });
  EXPECT_EQ(CodeOf(StoreUpdater::Open(folder.store(), {}, &files)),
            ErrorCode::kStoreLocked);
  EXPECT_TRUE(calls.contains("read " + lock));
  EXPECT_FALSE(calls.contains("map " + lock));
}

TEST(StoreLock, good_holder_is_there_whenever_the_lock_is_read) {
  const TestFolder folder;
  MustOpen(folder.store());
  const std::string lock = StoreFiles(folder.store()).Lock();
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  bool is_written = false;
  files.Watch([&](const std::string& call) {
    is_written |= call == "truncate " + lock;
    EXPECT_GT(std::filesystem::file_size(lock), 0u) << call;
  });
  StoreUpdaterOptions options;
  options.holder = "x";
  MustOpen(folder.store(), options, &files);
  EXPECT_TRUE(is_written);
  std::ifstream in(lock);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(text, Concat({"process ", std::to_string(getpid()), " (x)"}));
}

}  // namespace
}  // namespace revstat::test
