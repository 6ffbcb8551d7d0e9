// Small CRLs of many CAs, put together into packs: the same answers, by who
// opens the store and who has it open.
#include "engine/check/store_check.h"
#include "tests/store/faulty_file_system.h"
#include "tests/store/pack_fixture.h"
#include "tests/store/sync_order.h"

namespace revstat::test {
namespace {

TEST_F(StorePacks, revoked_by_crls_in_a_pack) {
  ASSERT_TRUE(Commit(1, 0, kCas));
  EXPECT_EQ(Files(".pck"), 1u);
  EXPECT_EQ(Files(".seg"), 0u);
  EXPECT_EQ(Numbers(), FirstOf(kCas, 1, 0));
  const StoreContents contents = Contents();
  for (const StoredCrl& crl : contents.crls)
    EXPECT_TRUE(CheckStoredCrl(contents, crl, names_).ok());
}

TEST_F(StorePacks, revoked_by_few_crls_in_files) {
  ASSERT_TRUE(Commit(1, 0, kFewest - 1));
  EXPECT_EQ(Files(".pck"), 0u);
  EXPECT_EQ(Files(".seg"), kFewest - 1);
  EXPECT_EQ(Numbers(), FirstOf(kFewest - 1, 1, 0));
}

// Out of the same packs, at once.
TEST_F(StorePacks, revoked_by_more_crls_than_one_thread_opens) {
  while (cas_.size() < 300)
    cas_.emplace_back(Concat({"CA ", std::to_string(cas_.size())}));
  ASSERT_TRUE(Commit(1, 0, cas_.size()));
  EXPECT_EQ(Files(".seg"), 0u);
  EXPECT_EQ(Numbers(), std::vector<uint32_t>(cas_.size(), 1));
}

TEST_F(StorePacks, revoked_in_a_reader_that_had_the_files_open) {
  ASSERT_TRUE(Commit(1, 0, kFewest - 1));
  const auto reader = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  ASSERT_TRUE(reader.ok()) << reader.status();
  ASSERT_TRUE(Commit(1, kFewest - 1, kCas));
  EXPECT_EQ(Files(".seg"), 0u);
  EXPECT_EQ(Numbers(**reader), FirstOf(kFewest - 1, 1, 0));
  EXPECT_EQ(*(*reader)->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(Numbers(**reader), FirstOf(kCas, 1, 0));
}

TEST_F(StorePacks, revoked_while_crls_are_replaced) {
  ASSERT_TRUE(Commit(1, 0, kCas));
  const std::string pack = names_.PackPath(Contents().packs.at(0).record.id);
  ASSERT_TRUE(Commit(2, 0, 30));  // more than half of the pack is still used
  EXPECT_EQ(Files(".pck"), 1u);
  EXPECT_EQ(Files(".seg"), 30u);
  EXPECT_EQ(Numbers(), FirstOf(30, 2, 1));
  ASSERT_TRUE(Commit(2, 30, 40));
  EXPECT_EQ(Files(".pck"), 1u);
  EXPECT_EQ(Files(".seg"), 0u);
  EXPECT_FALSE(std::filesystem::exists(pack));
  EXPECT_EQ(Numbers(), FirstOf(40, 2, 1));
  ASSERT_TRUE(Commit(3, 0, kCas));
  EXPECT_EQ(Files(".pck"), 1u);
  EXPECT_EQ(Numbers(), FirstOf(kCas, 3, 0));
}

// What is mapped stays on the disk: nobody may keep what was moved.
TEST_F(StorePacks, good_moved_files_are_let_go) {
  ASSERT_TRUE(Commit(1, 0, kFewest - 1));
  StoreContents held = Contents();
  const auto opened_before = held.crls.front().source->id();
  ASSERT_TRUE(Commit(1, kFewest - 1, kCas));
  EXPECT_GT(MappedAndGone(), 0u);
  held = Contents(&held);
  EXPECT_EQ(MappedAndGone(), 0u);
  EXPECT_NE(held.crls.front().source->id(), opened_before);
  // What has not moved is not opened again.
  const auto opened = held.crls.back().source->id();
  ASSERT_TRUE(Commit(2, 0, 10));
  held = Contents(&held);
  EXPECT_EQ(held.crls[kCas - 11].source->id(), opened);
  ASSERT_TRUE(Commit(2, 10, kCas));
  held = Contents(&held);
  EXPECT_EQ(MappedAndGone(), 0u);
}

TEST_F(StorePacks, good_each_step_is_on_the_disk_before_the_next) {
  SyncOrder order(folder_.store());
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  order.Watch(&files);
  for (uint32_t number = 1; number <= 4; ++number) {
    ASSERT_TRUE(Commit(number, 0, kCas, &files));
    EXPECT_TRUE(order.IsOnDisk(names_.Manifest()));
    EXPECT_TRUE(order.IsOnDisk(names_.Segments()));
    EXPECT_EQ(order.faults(), std::vector<std::string>());
    EXPECT_EQ(Contents().packs.size(), 1u);
  }
}

// A store that was made anew has a pack of the same number and size, and other
// segments in it: here by their order, else by their hash key as well.
TEST_F(StorePacks, revoked_in_a_reader_whose_folder_was_replaced) {
  ASSERT_TRUE(Commit(1, 0, kCas));
  const auto reader = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  ASSERT_TRUE(reader.ok()) << reader.status();
  StoreContents held = Contents();
  std::filesystem::rename(folder_.store(), folder_.path() + "/old");
  std::reverse(cas_.begin(), cas_.end());
  ASSERT_TRUE(Commit(1, 0, kCas));
  const ManifestPack made = Contents(&held).packs.at(0).record;
  EXPECT_EQ(made.id, held.packs.at(0).record.id);
  EXPECT_EQ(made.file_bytes, held.packs.at(0).record.file_bytes);
  EXPECT_EQ(*(*reader)->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(Numbers(**reader), FirstOf(kCas, 1, 0));
  ASSERT_TRUE(Commit(2, 0, 1));
  EXPECT_EQ(*(*reader)->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(Numbers(**reader), FirstOf(1, 2, 1));
}

// The generation that it has begun to read loses its files meanwhile.
TEST_F(StorePacks, revoked_where_all_is_moved_while_it_is_read) {
  ASSERT_TRUE(Commit(1, 0, kFewest - 1));
  const std::string first = names_.SegmentPath(1);
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  bool is_moved = false;
  files.Watch([&](const std::string& call) {
    if (call != "map " + first || is_moved) return;
    is_moved = true;
    EXPECT_TRUE(Commit(1, kFewest - 1, kCas));
  });
  const auto contents = ReadStore(&files, names_, nullptr);
  ASSERT_TRUE(contents.ok()) << contents.status();
  EXPECT_TRUE(is_moved);
  EXPECT_EQ(contents->manifest.generation, 2u);
  EXPECT_EQ(contents->crls.size(), kCas);
}

TEST_F(StorePacks, revoked_by_a_packed_crl_of_another_certificate) {
  ASSERT_TRUE(Commit(1, 0, kCas));
  const auto old = cas_[3].Certificate();
  const auto anew = cas_[3].Certificate("0124");
  {
    const auto updater = MustOpen(folder_.store(), options_);
    ASSERT_TRUE(updater->AddTrusted(anew).ok());
    EXPECT_TRUE(*updater->Withdraw(Sha256(old->bytes())));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  EXPECT_EQ(Files(".seg"), 1u);
  const auto reader = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  ASSERT_TRUE(reader.ok()) << reader.status();
  const SnapshotPublisher::Reader snapshot((*reader)->publisher());
  const IssuerId issuer =
      snapshot->IssuerWithCertificate(Sha256(anew->bytes()));
  EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("01", issuer)).status,
            Status::kRevoked);
}

TEST_F(StoreManyPacks, revoked_by_crls_packed_while_they_are_taken_in) {
  std::vector<std::string> packs;
  std::vector<std::string> removed;
  FaultyFileSystem files(UINT64_MAX, Fault::kDead);
  SyncOrder order(folder_.store());
  files.Watch([&](const std::string& call) {
    order.Note(call);
    if (call.starts_with("rename") && call.ends_with(".pck"))
      packs.push_back(call);
    if (call.starts_with("remove " + names_.Segments()) && Manifests() == 0)
      removed.push_back(call);
  });
  ASSERT_TRUE(Commit(1, 0, kCas, &files));
  EXPECT_GT(packs.size(), 3u);
  EXPECT_GT(removed.size(), kCas / 2);  // which no manifest has named
  EXPECT_EQ(order.faults(), std::vector<std::string>());
  EXPECT_LE(Files(".seg"), 4u);
  EXPECT_EQ(Files(".pck"), Contents().packs.size());
  EXPECT_EQ(Numbers(), FirstOf(kCas, 1, 0));
  for (uint32_t number = 2; number <= 4; ++number) {
    for (size_t first = 0; first < kCas; first += 7) {
      ASSERT_TRUE(Commit(number, first, first + 7, &files));
      EXPECT_EQ(Numbers(), FirstOf(first + 7, number, number - 1));
      EXPECT_EQ(Files(".pck"), Contents().packs.size());
    }
  }
  EXPECT_EQ(order.faults(), std::vector<std::string>());
}

}  // namespace
}  // namespace revstat::test
