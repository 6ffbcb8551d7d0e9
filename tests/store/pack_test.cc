// Small CRLs of many CAs, put together into packs: the same answers, by who
// opens the store and who has it open, and no more damage than there is.
#include <algorithm>

#include "engine/check/store_check.h"
#include "engine/store/pack_file.h"
#include "tests/store/faulty_file_system.h"
#include "tests/store/store_fixture.h"
#include "tests/store/sync_order.h"

namespace revstat::test {
namespace {

constexpr size_t kFewest = PackLimits().fewest;
constexpr size_t kCas = kFewest + 6;

Octets ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return Octets(std::istreambuf_iterator<char>(in), {});
}
void WriteTo(const std::string& path, const Octets& octets) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(octets.data()),
            static_cast<std::streamsize>(octets.size()));
}

// The CRL of number n of each CA lists 01 to n.
class StorePacks : public testing::Test {
 protected:
  StorePacks() {
    for (size_t i = 0; i < kCas; ++i)
      cas_.emplace_back(Concat({"CA ", std::to_string(i)}));
  }

  // Those of the CAs from `first` to `end`.
  bool Commit(uint32_t number, size_t first, size_t end,
              FileSystem* files = &FileSystem::System()) {
    const auto updater = StoreUpdater::Open(folder_.store(), options_, files);
    if (!updater.ok()) return false;
    const std::vector<std::string_view> serials = {"01", "02", "03", "04"};
    for (size_t i = first; i < end; ++i) {
      if (!(*updater)->AddTrusted(cas_[i].Certificate()).ok()) return false;
      const auto taken = (*updater)->Take(
          *cas_[i].Crl(
              NumberedCrl(number, {serials.begin(), serials.begin() + number})),
          During());
      if (!taken.ok() || taken->outcome == TakeResult::Outcome::kRefused)
        return false;
    }
    return (*updater)->Commit(During()).ok();
  }

  StoreContents Contents(const StoreContents* held = nullptr) const {
    auto contents = ReadStore(&FileSystem::System(), names_, held);
    EXPECT_TRUE(contents.ok()) << contents.status();
    return contents.ok() ? *std::move(contents) : StoreContents();
  }

  // The number of each CA's CRL that answers; 0 for none.
  std::vector<uint32_t> Numbers(const StoreReader& reader) const {
    const SnapshotPublisher::Reader snapshot(reader.publisher());
    std::vector<uint32_t> numbers;
    for (const TestAuthority& ca : cas_) {
      const IssuerId issuer =
          snapshot->IssuerWithCertificate(Sha256(ca.Certificate()->bytes()));
      uint32_t number = 0;
      for (const char* serial : {"01", "02", "03", "04", "05"}) {
        const Status status =
            snapshot->Lookup(At(kDuring), Key(serial, issuer)).status;
        if (status == Status::kRevoked) ++number;
        if (status == Status::kActive) break;
      }
      numbers.push_back(number);
    }
    return numbers;
  }
  std::vector<uint32_t> Numbers() const {
    const auto reader = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
    EXPECT_TRUE(reader.ok()) << reader.status();
    return reader.ok() ? Numbers(**reader) : std::vector<uint32_t>();
  }
  absl::Status OpenStatus() const {
    return StoreReader::Open(folder_.store(), PolicyAt(kDuring)).status();
  }

  size_t Files(std::string_view extension) const {
    size_t files = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder_.store()))
      files += entry.path().extension() == extension;
    return files;
  }
  int Manifests() const { return std::filesystem::exists(names_.Manifest()); }
  // Of this store, that are gone and still mapped by this process.
  size_t MappedAndGone() const {
    std::ifstream maps("/proc/self/maps");
    size_t count = 0;
    for (std::string line; std::getline(maps, line);) {
      count += line.find(folder_.path()) != std::string::npos &&
               line.find("(deleted)") != std::string::npos;
    }
    return count;
  }

  const TestFolder folder_;
  const StoreFiles names_{folder_.store()};
  StoreUpdaterOptions options_;
  std::vector<TestAuthority> cas_;
};

// `first` of them have this number, the others that.
std::vector<uint32_t> FirstOf(size_t first, uint32_t number, uint32_t others) {
  std::vector<uint32_t> numbers(kCas, others);
  std::fill_n(numbers.begin(), first, number);
  return numbers;
}

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

// Packs of a few segments, made before there is a commit.
class StoreManyPacks : public StorePacks {
 protected:
  StoreManyPacks() { options_.packing = {4, 4000}; }
};

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
