#include "engine/store/staged_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "tests/store/faulty_file_system.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

constexpr uint64_t kNoLimit = ~uint64_t{0};

std::vector<uint8_t> RandomOctets(size_t count) {
  std::mt19937_64 random(1);
  std::vector<uint8_t> octets(count);
  std::generate(octets.begin(), octets.end(),
                [&] { return static_cast<uint8_t>(random()); });
  return octets;
}

absl::Status AppendInPieces(StagedFile* file, Bytes octets, size_t piece) {
  absl::Status status;
  while (!octets.empty() && status.ok()) {
    const size_t count = std::min(piece, octets.size());
    status = file->Append(octets.first(count));
    octets = octets.subspan(count);
  }
  return status;
}

TEST(StagedFile, HoldsWhatWasAppendedInPiecesOfAnySize) {
  const TestFolder folder;
  const std::vector<uint8_t> octets = RandomOctets(3 * kHugePage + 12'345);
  for (const size_t piece :
       std::vector<size_t>{1000, 700'001, kHugePage - StagedFile::kDerOffset,
                           kHugePage - StagedFile::kDerOffset + 1, kHugePage,
                           2 * kHugePage + 3, octets.size()}) {
    SCOPED_TRACE(piece);
    auto file = *StagedFile::Create(&FileSystem::System(),
                                    folder.path() + "/file", kNoLimit);
    ASSERT_TRUE(AppendInPieces(file.get(), octets, piece).ok());
    EXPECT_EQ(file->der_bytes(), octets.size());
    const auto der = file->Der();
    ASSERT_TRUE(der.ok()) << der.status();
    EXPECT_TRUE(std::ranges::equal((*der)->bytes(), octets));
    EXPECT_EQ(std::filesystem::file_size(folder.path() + "/file"),
              StagedFile::kDerOffset + octets.size());
  }
}

// As it comes from the network and from memory: what is on huge pages then.
TEST(StagedFile, IsWrittenInHugePagesButForItsEnd) {
  const TestFolder folder;
  constexpr size_t kCount = 3 * kHugePage + 5000;
  const std::vector<uint8_t> octets = RandomOctets(kCount);
  for (const size_t piece : {size_t{16'384}, kCount}) {
    SCOPED_TRACE(piece);
    FaultyFileSystem files(~uint64_t{0}, Fault::kNoSpace);
    uint64_t end = 0;
    files.WatchWrites([&](uint64_t offset, size_t size) {
      EXPECT_EQ(offset, end);
      EXPECT_EQ(offset % kHugePage, 0u);
      end += size;
    });
    auto file = *StagedFile::Create(&files, folder.path() + "/file", kNoLimit);
    ASSERT_TRUE(AppendInPieces(file.get(), octets, piece).ok());
    EXPECT_EQ(end, 3 * kHugePage);
    ASSERT_TRUE(file->FinishAppending().ok());
    EXPECT_EQ(end, StagedFile::kDerOffset + kCount);
  }
}

TEST(StagedFile, ThatCouldNotBeWrittenStaysSo) {
  const TestFolder folder;
  const std::vector<uint8_t> octets = RandomOctets(2 * kHugePage + 5000);
  for (const size_t piece : {size_t{16'384}, octets.size()}) {
    // The opening is call 0; every write fails once.
    for (uint64_t call = 1; call <= 3; ++call) {
      SCOPED_TRACE(call);
      FaultyFileSystem files(call, Fault::kDead);
      auto file =
          *StagedFile::Create(&files, folder.path() + "/file", kNoLimit);
      absl::Status status = AppendInPieces(file.get(), octets, piece);
      const bool is_last = status.ok();
      if (is_last) status = file->FinishAppending();
      EXPECT_EQ(ErrorCodeOf(status), ErrorCode::kNotWritable);
      EXPECT_EQ(is_last, file->der_bytes() == octets.size());
      EXPECT_FALSE(file->WriteAt(0, Bytes(octets).first(8)).ok());
      EXPECT_FALSE(file->Der().ok());
    }
  }
}

TEST(StagedFile, OfNothingHasRoomForTheHeader) {
  const TestFolder folder;
  auto file = *StagedFile::Create(&FileSystem::System(),
                                  folder.path() + "/file", kNoLimit);
  const auto der = file->Der();
  ASSERT_TRUE(der.ok()) << der.status();
  EXPECT_TRUE((*der)->bytes().empty());
  EXPECT_EQ(std::filesystem::file_size(folder.path() + "/file"),
            StagedFile::kDerOffset);
}

TEST(StagedFile, RefusesWhatGoesAboveTheLimit) {
  const TestFolder folder;
  auto file =
      *StagedFile::Create(&FileSystem::System(), folder.path() + "/file", 1000);
  const std::vector<uint8_t> octets = RandomOctets(600);
  ASSERT_TRUE(file->Append(octets).ok());
  EXPECT_EQ(ErrorCodeOf(file->Append(octets)), ErrorCode::kTooLarge);
  EXPECT_TRUE(file->Append(Bytes(octets).first(400)).ok());
  EXPECT_EQ(file->der_bytes(), 1000u);
}

// Octets of the mapping of `path` that huge pages of the page cache hold.
uint64_t OnHugePages(const std::string& path) {
  std::ifstream maps("/proc/self/smaps");
  std::string line;
  bool is_inside = false;
  while (std::getline(maps, line)) {
    if (line.find('-') < line.find(' ')) is_inside = line.ends_with(path);
    constexpr std::string_view kField = "FilePmdMapped:";
    if (is_inside && line.starts_with(kField))
      return std::stoull(line.substr(kField.size())) * 1024;
  }
  return 0;
}

uint64_t OnHugePagesAfterReading(const std::string& path, Bytes mapping) {
  uint64_t sum = 0;
  for (size_t i = 0; i < mapping.size(); i += 4096) sum += mapping[i];
  return sum == 0 ? 0 : OnHugePages(path);
}

// Whether the system has huge pages for such a file, and one to spare.
bool HasHugePagesForFiles(const std::string& path) {
  auto file = *FileSystem::System().Open(path, FileSystem::OpenMode::kCreate);
  const std::vector<uint8_t> octets(kHugePage, 1);
  EXPECT_TRUE(WriteAll(file.get(), 0, octets).ok());
  const auto mapping = *file->Map(MapAccess::kRead);
  return OnHugePagesAfterReading(path, mapping->bytes()) > 0;
}

// Octets of a file appended in small pieces, as from the network, that are on
// huge pages.
uint64_t OnHugePagesOfFile(const std::string& path) {
  constexpr size_t kPages = 4;
  auto file = *StagedFile::Create(&FileSystem::System(), path, kNoLimit);
  const std::vector<uint8_t> octets(kPages * kHugePage, 1);
  EXPECT_TRUE(AppendInPieces(file.get(), octets, 16'384).ok());
  const auto der = file->Der();
  EXPECT_TRUE(der.ok()) << der.status();
  return der.ok() ? OnHugePagesAfterReading(path, (*der)->bytes()) : 0;
}

TEST(StagedFile, AppendedInSmallPiecesIsOnHugePagesWhereFilesCanBe) {
  std::string folder =
      (std::filesystem::temp_directory_path() / "revstat-pages-XXXXXX")
          .string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  // The system may have none to spare at the moment.
  bool can_be = false;
  bool is_huge = false;
  for (int attempt = 0; attempt < 5 && !is_huge; ++attempt) {
    can_be |= HasHugePagesForFiles(folder + "/probe");
    is_huge = OnHugePagesOfFile(folder + "/file") > 0;
  }
  std::filesystem::remove_all(folder);
  if (!can_be) GTEST_SKIP() << "no huge pages for files here";
  EXPECT_TRUE(is_huge);
}

}  // namespace
}  // namespace revstat::test
