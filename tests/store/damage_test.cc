// Damaged files: an error with file, octet and field; never a wrong answer that
// a checksum could have told, never a read outside.
#include <algorithm>
#include <cstring>

#include "engine/check/store_check.h"
#include "engine/store/segment_header.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

Octets ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return Octets(std::istreambuf_iterator<char>(in), {});
}
void WriteTo(const std::string& path, const Octets& octets) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(octets.data()),
            static_cast<std::streamsize>(octets.size()));
}

SegmentHeader HeaderOf(const Octets& segment) {
  SegmentHeader header;
  std::memcpy(&header, segment.data(), sizeof(header));
  return header;
}

class StoreDamage : public testing::Test {
 protected:
  void SetUp() override {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01", "02"})));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  absl::Status OpenStatus() const {
    return StoreReader::Open(folder_.store(), PolicyAt(kDuring)).status();
  }
  // Of `revstat store check`.
  absl::Status CheckStatus() const {
    const auto contents = ReadStore(&FileSystem::System(), names_, nullptr);
    if (!contents.ok()) return contents.status();
    return CheckStoredCrl(*contents, contents->crls.front(), names_);
  }

  const TestFolder folder_;
  const TestAuthority ca_;
  const StoreFiles names_{folder_.store()};
};

TEST_F(StoreDamage, good_undamaged) {
  EXPECT_TRUE(OpenStatus().ok());
  EXPECT_TRUE(CheckStatus().ok()) << CheckStatus();
}

TEST_F(StoreDamage, invalid_each_octet_of_the_manifest) {
  const Octets good = ReadAll(names_.Manifest());
  for (size_t i = 0; i < good.size(); ++i) {
    Octets bad = good;
    bad[i] ^= 0x10;
    WriteTo(names_.Manifest(), bad);
    const ErrorCode code = ErrorCodeOf(OpenStatus());
    EXPECT_TRUE(code == ErrorCode::kStoreDamaged ||
                code == ErrorCode::kStoreVersion)
        << "octet " << i << ": " << OpenStatus();
  }
  for (size_t size = 0; size < good.size(); size += 7) {
    WriteTo(names_.Manifest(),
            Octets(good.begin(), good.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_EQ(ErrorCodeOf(OpenStatus()), ErrorCode::kStoreDamaged) << size;
  }
}

TEST_F(StoreDamage, invalid_each_octet_of_the_segment) {
  const std::string path = names_.SegmentPath(1);
  const Octets good = ReadAll(path);
  const SegmentHeader header = HeaderOf(good);
  for (size_t i = 0; i < good.size(); ++i) {
    // The rest of the page, and what aligns the parts, is not looked at.
    const bool is_padding =
        (i >= sizeof(header) && i < StagedFile::kDerOffset) ||
        (i >= StagedFile::kDerOffset + header.der_bytes &&
         i < header.directory_offset) ||
        (i >= header.directory_offset + header.directory_bytes &&
         i < header.index_offset);
    if (is_padding) continue;
    Octets bad = good;
    bad[i] ^= 0x04;
    WriteTo(path, bad);
    EXPECT_FALSE(CheckStatus().ok()) << "octet " << i;
    if (i < sizeof(header)) {
      EXPECT_FALSE(OpenStatus().ok()) << "octet " << i;
    }
  }
  for (size_t size = 0; size < good.size(); size += 101) {
    WriteTo(path,
            Octets(good.begin(), good.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_EQ(ErrorCodeOf(OpenStatus()), ErrorCode::kStoreDamaged) << size;
  }
}

// What would hide every entry: readers do not compare index_checksum, but the
// head has one of its own.
TEST_F(StoreDamage, invalid_each_bit_of_the_head_of_an_index) {
  const std::string path = names_.SegmentPath(1);
  const Octets good = ReadAll(path);
  const size_t head = HeaderOf(good).index_offset;
  for (size_t bit = 0; bit < 8 * sizeof(SerialSetHeader); ++bit) {
    Octets bad = good;
    bad[head + bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    WriteTo(path, bad);
    EXPECT_EQ(ErrorCodeOf(OpenStatus()), ErrorCode::kStoreDamaged) << bit;
  }
}

TEST_F(StoreDamage, good_index_that_leaves_twins_out) {
  const auto updater = MustOpen(folder_.store());
  CrlText text = NumberedCrl(2, {"01", "02", "01", "01"});
  const TakeResult taken = MustTake(updater.get(), *ca_.Crl(text));
  EXPECT_EQ(taken.outcome, TakeResult::Outcome::kTaken) << taken.refusal;
  ASSERT_TRUE(updater->Commit(During()).ok());
  EXPECT_TRUE(OpenStatus().ok()) << OpenStatus();
  const auto empty = MustTake(updater.get(), *ca_.Crl(NumberedCrl(3, {})));
  EXPECT_EQ(empty.outcome, TakeResult::Outcome::kTaken) << empty.refusal;
  ASSERT_TRUE(updater->Commit(During()).ok());
  EXPECT_TRUE(OpenStatus().ok()) << OpenStatus();
}

TEST_F(StoreDamage, invalid_another_segment_in_its_place) {
  const TestFolder other;
  {
    const auto updater = MustOpen(other.store());
    ASSERT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    MustTake(updater.get(), *ca_.Crl(NumberedCrl(2, {"03"})));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  WriteTo(names_.SegmentPath(1),
          ReadAll(StoreFiles(other.store()).SegmentPath(1)));
  EXPECT_EQ(ErrorCodeOf(OpenStatus()), ErrorCode::kStoreDamaged);
}

TEST_F(StoreDamage, invalid_segment_that_is_gone) {
  std::filesystem::remove(names_.SegmentPath(1));
  const absl::Status status = OpenStatus();
  EXPECT_EQ(ErrorCodeOf(status), ErrorCode::kStoreDamaged);
  EXPECT_NE(MessageOf(status).find("0000000000000001.seg"),
            std::string_view::npos);
}

TEST_F(StoreDamage, invalid_other_version_is_named) {
  Octets bad = ReadAll(names_.Manifest());
  bad[8] = 9;
  WriteTo(names_.Manifest(), bad);
  EXPECT_EQ(ErrorCodeOf(OpenStatus()), ErrorCode::kStoreVersion);
  EXPECT_EQ(CodeOf(StoreUpdater::Open(folder_.store(), {})),
            ErrorCode::kStoreVersion);
}

TEST_F(StoreDamage, good_writer_mends_the_generation_word) {
  WriteTo(names_.Generation(), {1, 2, 3});
  EXPECT_EQ(ErrorCodeOf(OpenStatus()), ErrorCode::kStoreDamaged);
  MustOpen(folder_.store());
  EXPECT_TRUE(OpenStatus().ok());
}

// A reader that only looks at the word would go on with an older one.
TEST_F(StoreDamage, invalid_generation_word_that_does_not_tell_the_newest) {
  const auto status = [&] {
    const auto contents = ReadStore(&FileSystem::System(), names_, nullptr);
    EXPECT_TRUE(contents.ok()) << contents.status();
    return CheckStoredGeneration(&FileSystem::System(), *contents, names_);
  };
  EXPECT_TRUE(status().ok()) << status();
  GenerationWord::OpenForWriter(&FileSystem::System(), names_.Generation())
      ->Store(7);
  EXPECT_EQ(ErrorCodeOf(status()), ErrorCode::kStoreDamaged);
  EXPECT_NE(
      MessageOf(status()).find("says 7, and the manifest is of generation 1"),
      std::string_view::npos)
      << status();
  MustOpen(folder_.store());
  EXPECT_TRUE(status().ok()) << status();
  std::filesystem::remove(names_.Generation());
  EXPECT_EQ(ErrorCodeOf(status()), ErrorCode::kNoSuchFile);
}

TEST_F(StoreDamage, good_files_of_others_are_left_alone) {
  const std::string mine = names_.Incoming() + "/notes.txt";
  const std::string dead = names_.Incoming() + "/crl-7.part";
  const std::string orphan = names_.SegmentPath(77);
  for (const std::string& path : {mine, dead, orphan}) WriteTo(path, {1});
  MustOpen(folder_.store());
  EXPECT_TRUE(std::filesystem::exists(mine));
  EXPECT_FALSE(std::filesystem::exists(dead));
  EXPECT_FALSE(std::filesystem::exists(orphan));
}

// What one bad file costs: itself.
class StoreSalvage : public StoreDamage {
 protected:
  void SetUp() override {
    StoreDamage::SetUp();
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(other_.Certificate()).ok());
    MustTake(updater.get(), *other_.Crl(NumberedCrl(1, {"0a"})));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  // A writer finds this one lost.
  void ExpectLost(const std::string& path) {
    EXPECT_EQ(ErrorCodeOf(OpenStatus()), ErrorCode::kStoreDamaged);
    const auto updater = MustOpen(folder_.store());
    ASSERT_EQ(updater->lost().size(), 1u);
    EXPECT_EQ(updater->lost()[0].path, path);
    EXPECT_NE(MessageOf(updater->lost()[0].why).find(path),
              std::string_view::npos);
    EXPECT_EQ(*updater->Commit(During()), 3u);
    const auto reader = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_EQ(StatusIn(**reader, "01"), Status::kUnknown);
    const SnapshotPublisher::Reader snapshot((*reader)->publisher());
    EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0a", 1)).status,
              Status::kRevoked);
    // And it is mended by what lies at hand.
    EXPECT_EQ(MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"}))).outcome,
              TakeResult::Outcome::kTaken);
  }

  const TestAuthority other_{"Other CA"};
};

TEST_F(StoreSalvage, good_others_after_one_segment_is_damaged) {
  const std::string path = names_.SegmentPath(1);
  Octets bad = ReadAll(path);
  bad[20] ^= 1;
  WriteTo(path, bad);
  ExpectLost(path);
  EXPECT_EQ(ReadAll(path + ".damaged"), bad);
}

TEST_F(StoreSalvage, good_answer_again_after_an_index_was_damaged) {
  const std::string path = names_.SegmentPath(1);
  Octets bad = ReadAll(path);
  bad.back() ^= 1;  // behind the index, within its checksum: no reader sees it
  WriteTo(path, bad);
  EXPECT_EQ(ErrorCodeOf(OpenStatus()), ErrorCode::kOk);
  const auto updater = MustOpen(folder_.store());
  ASSERT_EQ(updater->lost().size(), 1u);
  EXPECT_EQ(updater->lost()[0].path, path);
  MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"})));
  ASSERT_TRUE(updater->Commit(During()).ok());
  const auto reader = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(StatusIn(**reader, "01"), Status::kRevoked);
}

TEST_F(StoreSalvage, good_others_after_one_segment_is_gone) {
  std::filesystem::remove(names_.SegmentPath(1));
  ExpectLost(names_.SegmentPath(1));
}

TEST_F(StoreSalvage, invalid_while_the_segment_cannot_be_read) {
  // The disk may be well again: nothing is set aside for that.
  const std::string path = names_.SegmentPath(1);
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  EXPECT_FALSE(StoreUpdater::Open(folder_.store(), {}).ok());
  EXPECT_TRUE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace revstat::test
