// That nothing is relied on before a power cut could not take it away.
#include "tests/store/sync_order.h"

#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

class StoreSyncOrder : public testing::Test {
 protected:
  StoreSyncOrder() { order_.Watch(&files_); }

  static CrlText Partition(uint32_t number, uint8_t partition) {
    CrlText text = NumberedCrl(number, {"01", "02"});
    text.extensions.push_back(IssuingPoint({Nest(
        der::ContextConstructed(0),
        {Nest(der::ContextConstructed(0),
              {Tlv(der::ContextPrimitive(6), Octets{'p', partition})})})}));
    return text;
  }
  // More lists than are asked without a router.
  void CommitNumber(uint32_t number) {
    const auto updater = MustOpen(folder_.store(), {}, &files_);
    ASSERT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    for (uint8_t i = 0; i < 6; ++i)
      MustTake(updater.get(), *ca_.Crl(Partition(number, i)));
    ASSERT_EQ(*updater->Commit(During()), number);
    EXPECT_TRUE(order_.IsOnDisk(names_.Manifest()));
    EXPECT_TRUE(order_.IsOnDisk(names_.Segments()));
    EXPECT_TRUE(order_.IsOnDisk(names_.folder()));
    EXPECT_EQ(order_.faults(), std::vector<std::string>());
  }

  const TestFolder folder_;
  const StoreFiles names_{folder_.store()};
  const TestAuthority ca_;
  SyncOrder order_{folder_.store()};
  FaultyFileSystem files_{UINT64_MAX, Fault::kDead};
};

TEST_F(StoreSyncOrder, good_each_generation) {
  for (uint32_t number = 1; number <= 3; ++number) {
    CommitNumber(number);
    const auto contents = ReadStore(&FileSystem::System(), names_, nullptr);
    ASSERT_TRUE(contents.ok()) << contents.status();
    EXPECT_EQ(contents->crls.size(), 6u);
    EXPECT_FALSE(contents->routers.empty());
  }
}

// Of the recorder itself: each step that is left out is noticed.
TEST_F(StoreSyncOrder, invalid_manifest_renamed_before_its_sync) {
  CommitNumber(1);
  std::filesystem::copy_file(names_.Manifest(), names_.NewManifest());
  order_.Note("write " + names_.NewManifest());
  order_.Note("sync " + names_.NewManifest());
  order_.Note("write " + names_.NewManifest());
  order_.Note("rename " + names_.NewManifest() + " " + names_.Manifest());
  EXPECT_EQ(order_.faults().size(), 1u);
}

TEST_F(StoreSyncOrder, invalid_segment_renamed_and_never_synced) {
  CommitNumber(1);
  const std::string staged = names_.Incoming() + "/crl-1.part";
  order_.Note("write " + staged);
  order_.Note("rename " + staged + " " + names_.SegmentPath(1));
  order_.Note("sync " + names_.Segments());
  std::filesystem::copy_file(names_.Manifest(), names_.NewManifest());
  order_.Note("rename " + names_.NewManifest() + " " + names_.Manifest());
  EXPECT_EQ(order_.faults().size(), 1u);
}

TEST_F(StoreSyncOrder, invalid_manifest_that_names_what_may_go) {
  CommitNumber(1);
  const auto contents = ReadStore(&FileSystem::System(), names_, nullptr);
  ASSERT_TRUE(contents.ok());
  const std::string segment =
      names_.SegmentPath(contents->manifest.segments[0].id);
  std::filesystem::copy_file(names_.Manifest(), names_.NewManifest());
  const std::string commit =
      "rename " + names_.NewManifest() + " " + names_.Manifest();
  order_.Note("rename " + names_.Incoming() + "/crl-1.part " + segment);
  order_.Note(commit);
  EXPECT_EQ(order_.faults().size(), 1u) << "its folder";
  order_.Note("sync " + names_.Segments());
  order_.Note("write " + segment);
  order_.Note(commit);
  EXPECT_EQ(order_.faults().size(), 2u) << "its octets";
  order_.Note("sync " + segment);
  order_.Note(commit);
  EXPECT_EQ(order_.faults().size(), 2u);
  EXPECT_FALSE(order_.IsOnDisk(names_.Manifest()));
  order_.Note("remove " + names_.SegmentPath(99));
  EXPECT_EQ(order_.faults().size(), 3u) << "the last generation's";
  order_.Note("sync " + names_.folder());
  order_.Note("remove " + names_.SegmentPath(99));
  EXPECT_EQ(order_.faults().size(), 3u);
  order_.Note("remove " + segment);
  EXPECT_EQ(order_.faults().size(), 4u) << "it names it";
}

}  // namespace
}  // namespace revstat::test
