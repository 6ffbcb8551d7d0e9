// The lock: who may take it, of which folder it is, and what it guards.
#include <sys/stat.h>
#include <unistd.h>

#include "tests/store/faulty_file_system.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

namespace fs = std::filesystem;

class StoreFolder : public testing::Test {
 protected:
  void SetUp() override {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"})));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  // As an operator restores a store, whoever has the old folder open.
  void Replace() const {
    const std::string old = folder_.path() + "/old";
    fs::rename(folder_.store(), old);
    fs::copy(old, folder_.store(), fs::copy_options::recursive);
  }
  size_t FilesIn(const std::string& folder) const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder),
                                             fs::directory_iterator()));
  }

  const TestFolder folder_;
  const StoreFiles names_{folder_.store()};
  const TestAuthority ca_;
};

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

// A lock takes no permission to write: who may read the file could keep the
// writer out for ever.
TEST_F(StoreFolder, good_lock_is_for_its_owner_alone) {
  EXPECT_EQ(ModeOf(names_.Lock()), mode_t{0600});
  // As an earlier version made it.
  ASSERT_EQ(chmod(names_.Lock().c_str(), 0644), 0);
  MustOpen(folder_.store());
  EXPECT_EQ(ModeOf(names_.Lock()), mode_t{0600});
}

TEST_F(StoreFolder, invalid_commit_into_another_folder) {
  const auto first = MustOpen(folder_.store());
  MustTake(first.get(), *ca_.Crl(NumberedCrl(2, {"01", "02"})));
  EXPECT_FALSE(first->IsReplaced());
  Replace();
  EXPECT_TRUE(first->IsReplaced());
  // Another process has that one by now.
  const auto second = MustOpen(folder_.store());
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(CodeOf(first->Commit(During())), ErrorCode::kNotWritable);
  EXPECT_EQ(CodeOf(first->StageFile()), ErrorCode::kNotWritable);
  MustTake(second.get(), *ca_.Crl(NumberedCrl(3, {"01", "03"})));
  EXPECT_EQ(*second->Commit(During()), 2u);
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(StatusIn(*reader, "02"), Status::kActive);
  EXPECT_EQ(StatusIn(*reader, "03"), Status::kRevoked);
}

TEST_F(StoreFolder, invalid_commit_once_the_folder_is_gone) {
  const auto updater = MustOpen(folder_.store());
  MustTake(updater.get(), *ca_.Crl(NumberedCrl(2, {"01", "02"})));
  fs::rename(folder_.store(), folder_.path() + "/old");
  EXPECT_TRUE(updater->IsReplaced());
  const auto committed = updater->Commit(During());
  EXPECT_EQ(CodeOf(committed), ErrorCode::kNotWritable);
  EXPECT_NE(MessageOf(committed.status()).find("was replaced"),
            std::string_view::npos)
      << committed.status();
}

// Replaced between the opening of its lock and the locking.
TEST_F(StoreFolder, good_lock_of_the_folder_that_stands_there) {
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  bool is_replaced = false;
  files.Watch([&](const std::string& call) {
    if (is_replaced || call != "lock " + names_.Lock()) return;
    is_replaced = true;
    Replace();
  });
  const auto updater = MustOpen(folder_.store(), {}, &files);
  ASSERT_TRUE(is_replaced);
  ASSERT_NE(updater, nullptr);
  EXPECT_FALSE(updater->IsReplaced());
  EXPECT_EQ(CodeOf(StoreUpdater::Open(folder_.store(), {})),
            ErrorCode::kStoreLocked);
}

// Somebody is about to put a store there, or is copying one.
TEST_F(StoreFolder, invalid_open_anew_where_no_store_is_any_more) {
  const auto code = [this] {
    return CodeOf(StoreUpdater::OpenExisting(folder_.store(), {}));
  };
  EXPECT_EQ(code(), ErrorCode::kOk);
  const StoreFiles old(folder_.path() + "/old");
  fs::rename(folder_.store(), old.folder());
  EXPECT_EQ(code(), ErrorCode::kNoSuchFile);
  EXPECT_FALSE(fs::exists(folder_.store()));
  fs::create_directory(folder_.store());
  EXPECT_EQ(code(), ErrorCode::kNoSuchFile);
  EXPECT_EQ(FilesIn(folder_.store()), 0u);
  fs::copy_file(old.Generation(), names_.Generation());
  fs::copy_file(old.Lock(), names_.Lock());
  EXPECT_EQ(code(), ErrorCode::kNoSuchFile);
  EXPECT_EQ(FilesIn(folder_.store()), 2u);
  fs::copy(old.Segments(), names_.Segments());
  fs::copy_file(old.Manifest(), names_.Manifest());
  const auto updater = StoreUpdater::OpenExisting(folder_.store(), {});
  ASSERT_TRUE(updater.ok()) << updater.status();
  EXPECT_EQ((*updater)->crls().size(), 1u);
}

TEST_F(StoreFolder, good_open_anew_before_the_first_generation) {
  const std::string fresh = folder_.path() + "/fresh";
  MustOpen(fresh);
  EXPECT_TRUE(StoreUpdater::OpenExisting(fresh, {}).ok());
}

// As a refresher does after a commit that failed, while downloads go on.
TEST_F(StoreFolder, good_download_over_a_writer_that_opens_the_store_anew) {
  const auto crl = ca_.Crl(NumberedCrl(2, {"01", "02"}));
  auto updater = MustOpen(folder_.store());
  auto staged = updater->StageFile();
  ASSERT_TRUE(staged.ok()) << staged.status();
  ASSERT_TRUE((*staged)->Append(crl->bytes().first(100)).ok());
  ASSERT_TRUE(updater->StageFile().ok());  // and gone: none is left
  const std::string dead = names_.Incoming() + "/crl-1-0123456789abcdef-1.part";
  std::ofstream(dead) << "of a process that died";
  updater.reset();
  updater = MustOpen(folder_.store());
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_EQ(FilesIn(names_.Incoming()), 1u);
  ASSERT_TRUE((*staged)->Append(crl->bytes().subspan(100)).ok());
  const auto taken = updater->Take(*std::move(staged), During());
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->outcome, TakeResult::Outcome::kTaken) << taken->refusal;
  ASSERT_TRUE(updater->Commit(During()).ok());
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(StatusIn(*reader, "02"), Status::kRevoked);
  EXPECT_EQ(FilesIn(names_.Incoming()), 0u);
}

// In the name, so that no other process's file is taken for it or removed in
// its place.
TEST_F(StoreFolder, good_staged_file_is_named_for_its_process) {
  const auto updater = MustOpen(folder_.store());
  const auto staged = updater->StageFile();
  ASSERT_TRUE(staged.ok()) << staged.status();
  const fs::path path = fs::directory_iterator(names_.Incoming())->path();
  EXPECT_TRUE(path.filename().string().starts_with(
      Concat({"crl-", std::to_string(getpid()), "-"})))
      << path;
  EXPECT_TRUE(StagedFile::IsStaged(path.string()));
  EXPECT_FALSE(StagedFile::IsStaged(path.string() + "x"));
}

}  // namespace
}  // namespace revstat::test
