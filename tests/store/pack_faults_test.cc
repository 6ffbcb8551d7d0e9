// Packs that are damaged, gone, or cannot be written: no more is lost than
// there is, and nothing that is acknowledged.
#include "tests/store/faulty_file_system.h"
#include "tests/store/pack_fixture.h"

namespace revstat::test {
namespace {

TEST_F(StorePacks, invalid_pack_that_is_another) {
  ASSERT_TRUE(Commit(1, 0, kCas));
  const std::string path = names_.PackPath(Contents().packs.at(0).record.id);
  const Octets good = ReadAll(path);
  const auto expect = [&](const Octets& octets, ErrorCode code) {
    WriteTo(path, octets);
    EXPECT_EQ(ErrorCodeOf(OpenStatus()), code) << OpenStatus();
    EXPECT_NE(MessageOf(OpenStatus()).find(path), std::string_view::npos);
  };
  for (size_t i = 0; i < 32; ++i) {
    Octets bad = good;
    bad[i] ^= 0x10;
    expect(bad, ErrorCode::kStoreDamaged);
  }
  for (const size_t size :
       {size_t{0}, size_t{31}, size_t{32}, size_t{600}, good.size() - 1}) {
    Octets bad = good;
    bad.resize(size);
    expect(bad, ErrorCode::kStoreDamaged);
  }
  Octets longer = good;
  longer.push_back(0);
  expect(longer, ErrorCode::kStoreDamaged);
}

TEST_F(StorePacks, good_others_after_one_in_the_pack_is_damaged) {
  ASSERT_TRUE(Commit(1, 0, kCas));
  const StoreContents contents = Contents();
  const std::string path = names_.PackPath(contents.packs.at(0).record.id);
  const ManifestSegment lost = contents.crls[7].record;
  // In the header, and where only a writer looks: in the index.
  for (const uint64_t at : {uint64_t{20}, lost.file_bytes - 1}) {
    SCOPED_TRACE(at);
    Octets bad = ReadAll(path);
    bad[lost.offset + at] ^= 1;
    WriteTo(path, bad);
    EXPECT_EQ(OpenStatus().ok(), at != 20);
    if (at == 20) {
      EXPECT_NE(MessageOf(OpenStatus()).find(NameOf(names_, lost)),
                std::string_view::npos);
    }
    const auto updater = MustOpen(folder_.store());
    ASSERT_EQ(updater->lost().size(), 1u);
    EXPECT_EQ(updater->lost()[0].path, path);
    EXPECT_NE(MessageOf(updater->lost()[0].why).find(NameOf(names_, lost)),
              std::string_view::npos);
    EXPECT_TRUE(std::filesystem::exists(path));
    // As it was before the writer looked.
    bad[lost.offset + at] ^= 1;
    WriteTo(path, bad);
  }
  Octets bad = ReadAll(path);
  bad[lost.offset + 20] ^= 1;
  WriteTo(path, bad);
  ASSERT_TRUE(Commit(1, 0, 0));
  std::vector<uint32_t> expected = FirstOf(kCas, 1, 0);
  expected[7] = 0;
  EXPECT_EQ(Numbers(), expected);
  ASSERT_TRUE(Commit(1, 7, 8));
  EXPECT_EQ(Numbers(), FirstOf(kCas, 1, 0));
}

// All but one in the pack, and that one, too.
TEST_F(StorePacks, good_damaged_pack_is_set_aside_when_nothing_of_it_is_used) {
  ASSERT_TRUE(Commit(1, 0, kCas));
  const StoreContents contents = Contents();
  const std::string path = names_.PackPath(contents.packs.at(0).record.id);
  Octets bad = ReadAll(path);
  for (size_t i = 1; i < kCas; ++i) bad[contents.crls[i].record.offset] ^= 1;
  WriteTo(path, bad);
  EXPECT_EQ(MustOpen(folder_.store())->lost().size(), kCas - 1);
  EXPECT_TRUE(std::filesystem::exists(path));
  bad[contents.crls[0].record.offset] ^= 1;
  WriteTo(path, bad);
  {
    const auto updater = MustOpen(folder_.store());
    EXPECT_EQ(updater->lost().size(), kCas);
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(ReadAll(path + ".damaged"), bad);
  EXPECT_EQ(Numbers(), FirstOf(kCas, 0, 0));
}

TEST_F(StorePacks, good_others_after_a_pack_is_gone) {
  ASSERT_TRUE(Commit(1, 0, kFewest));
  ASSERT_TRUE(Commit(1, kFewest, kCas));
  const std::string path = names_.PackPath(Contents().packs.at(0).record.id);
  std::filesystem::remove(path);
  EXPECT_EQ(ErrorCodeOf(OpenStatus()), ErrorCode::kStoreDamaged);
  EXPECT_NE(MessageOf(OpenStatus()).find(path), std::string_view::npos);
  {
    const auto updater = MustOpen(folder_.store());
    ASSERT_EQ(updater->lost().size(), 1u);
    EXPECT_EQ(updater->lost()[0].path, path);
  }
  ASSERT_TRUE(Commit(1, 0, 0));
  EXPECT_EQ(Numbers(), FirstOf(kFewest, 0, 1));
  ASSERT_TRUE(Commit(1, 0, kFewest));
  EXPECT_EQ(Numbers(), FirstOf(kCas, 1, 0));
}

TEST_F(StorePacks, good_damaged_pack_is_set_aside) {
  ASSERT_TRUE(Commit(1, 0, kCas));
  const std::string path = names_.PackPath(Contents().packs.at(0).record.id);
  Octets bad = ReadAll(path);
  bad.pop_back();
  WriteTo(path, bad);
  ASSERT_TRUE(Commit(2, 0, 5));
  EXPECT_EQ(Numbers(), FirstOf(5, 2, 0));
  EXPECT_EQ(ReadAll(path + ".damaged"), bad);
}

// The segments are held without it, and it is tried again an hour later.
TEST_F(StorePacks, good_where_there_is_no_room_for_a_pack) {
  ASSERT_TRUE(Commit(1, 0, kFewest - 1));
  FaultyFileSystem files(UINT64_MAX, Fault::kNoSpace);
  int tries = 0;
  files.FailIf([&](const std::string& call) {
    const bool is_pack = call.starts_with("rename") && call.ends_with(".pck");
    return is_pack && ++tries == 1;
  });
  const auto updater = MustOpen(folder_.store(), options_, &files);
  const auto commit = [&](uint32_t number, Time at) {
    ASSERT_TRUE(updater->AddTrusted(cas_.back().Certificate()).ok());
    MustTake(updater.get(), *cas_.back().Crl(NumberedCrl(number, {"01"})));
    ASSERT_TRUE(updater->Commit(at).ok());
  };
  commit(1, During());
  EXPECT_EQ(tries, 1);
  EXPECT_EQ(Files(".part"), 0u);
  EXPECT_EQ(Files(".seg"), kFewest);
  std::vector<uint32_t> expected = FirstOf(kFewest - 1, 1, 0);
  expected.back() = 1;
  EXPECT_EQ(Numbers(), expected);
  commit(2, During() + std::chrono::minutes(59));
  EXPECT_EQ(Files(".seg"), kFewest);
  EXPECT_EQ(tries, 1);
  commit(3, During() + std::chrono::hours(1));
  EXPECT_EQ(tries, 2);
  EXPECT_EQ(Files(".seg"), 0u);
  EXPECT_EQ(Numbers(), expected);
}

// What has been damaged since it was opened is not copied, and costs the others
// nothing.
TEST_F(StorePacks, good_commit_where_a_segment_is_damaged_meanwhile) {
  ASSERT_TRUE(Commit(1, 0, kFewest - 1));
  {
    const auto updater = MustOpen(folder_.store(), options_);
    const std::string path = names_.SegmentPath(5);
    const Octets good = ReadAll(path);
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(good.size()) - 1);
    file.put(static_cast<char>(good.back() ^ 1));
    file.close();
    ASSERT_TRUE(updater->AddTrusted(cas_.back().Certificate()).ok());
    MustTake(updater.get(), *cas_.back().Crl(NumberedCrl(1, {"01"})));
    EXPECT_TRUE(updater->Commit(During()).ok());
  }
  EXPECT_EQ(Files(".pck"), 0u);
  const auto updater = MustOpen(folder_.store(), options_);
  ASSERT_EQ(updater->lost().size(), 1u);
  EXPECT_EQ(updater->lost()[0].path, names_.SegmentPath(5));
}

// Another store stands at the path: nothing of it is touched.
TEST_F(StorePacks, invalid_packing_in_a_folder_that_was_replaced) {
  options_.packing = {4, 4000};
  const auto updater = MustOpen(folder_.store(), options_);
  for (size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(updater->AddTrusted(cas_[i].Certificate()).ok());
    MustTake(updater.get(), *cas_[i].Crl(NumberedCrl(1, {"01"})));
  }
  std::filesystem::rename(folder_.store(), folder_.path() + "/old");
  options_.packing = {};
  ASSERT_TRUE(Commit(1, 0, 5));
  // Drops CRLs whose numbers are those of others there.
  EXPECT_TRUE(updater->KeepOnly({}, {}).ok());
  EXPECT_EQ(ErrorCodeOf(updater->Commit(During()).status()),
            ErrorCode::kNotWritable);
  EXPECT_EQ(Files(".seg"), 5u);
  EXPECT_EQ(Numbers(), FirstOf(5, 1, 0));
}

// The second of several packs fails: the first stays, and all answer.
TEST_F(StoreManyPacks, revoked_where_one_pack_of_several_fails) {
  options_.packing = {1000, 4000};
  ASSERT_TRUE(Commit(1, 0, kCas));
  EXPECT_EQ(Files(".seg"), kCas);
  options_.packing = {4, 4000};
  FaultyFileSystem files(UINT64_MAX, Fault::kNoSpace);
  int packs = 0;
  files.FailIf([&](const std::string& call) {
    return call.starts_with("rename") && call.ends_with(".pck") && ++packs == 2;
  });
  ASSERT_TRUE(Commit(2, 0, 1, &files));
  EXPECT_EQ(packs, 2);
  EXPECT_EQ(Files(".pck"), 1u);
  EXPECT_GT(Files(".seg"), kCas / 2);
  EXPECT_EQ(Numbers(), FirstOf(1, 2, 1));
}

class StorePackFaults : public StorePacks,
                        public testing::WithParamInterface<Fault> {};

// From the generation before the pack to that with it.
TEST_P(StorePackFaults, good_generation_after_each_call_failed) {
  ASSERT_TRUE(Commit(1, 0, kFewest - 1));
  const std::string before = folder_.path() + "/before";
  std::filesystem::copy(folder_.store(), before,
                        std::filesystem::copy_options::recursive);
  for (uint64_t number = 0;; ++number) {
    std::filesystem::remove_all(folder_.store());
    std::filesystem::copy(before, folder_.store(),
                          std::filesystem::copy_options::recursive);
    FaultyFileSystem files(number, GetParam());
    // The first calls, of opening the store, are those of other tests, too.
    const bool is_acknowledged =
        Commit(2, 0, 1, &files) && Commit(1, kFewest - 1, kFewest, &files);
    if (files.calls() <= number) break;
    SCOPED_TRACE(
        Concat({"call ", std::to_string(number), ": ", files.failed()}));
    const std::vector<uint32_t> numbers = Numbers();
    ASSERT_EQ(numbers.size(), kCas);
    for (size_t i = 1; i + 1 < kFewest; ++i) EXPECT_EQ(numbers[i], 1u);
    EXPECT_GE(numbers[0], is_acknowledged ? 2u : 1u);
    EXPECT_GE(numbers[kFewest - 1], is_acknowledged ? 1u : 0u);
    // The next writer goes on from there, and cleans up.
    ASSERT_TRUE(Commit(3, 0, 2));
    ASSERT_TRUE(Commit(3, kFewest - 1, kFewest));
    EXPECT_EQ(Files(".pck"), 1u);
    EXPECT_EQ(Files(".part"), 0u);
    EXPECT_LE(Files(".seg"), 3u);
  }
}

INSTANTIATE_TEST_SUITE_P(EachFault, StorePackFaults,
                         testing::Values(Fault::kNoSpace, Fault::kDead),
                         [](const auto& info) {
                           return "fault_" +
                                  std::to_string(static_cast<int>(info.param));
                         });

}  // namespace
}  // namespace revstat::test
