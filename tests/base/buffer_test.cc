#include "engine/base/buffer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>

#include "engine/base/error.h"

namespace revstat {
namespace {

// A folder of its own for each test, removed with what is in it.
class BufferTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "revstat_buffer_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    unlink(path().c_str());
    rmdir(folder_.c_str());
  }
  std::string path() const { return folder_ + "/file"; }
  const std::string& folder() const { return folder_; }

  void Write(const std::string& content, off_t size = -1) const {
    const int file = open(path().c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ASSERT_GE(file, 0);
    ASSERT_EQ(write(file, content.data(), content.size()),
              static_cast<ssize_t>(content.size()));
    if (size >= 0) {
      ASSERT_EQ(ftruncate(file, size), 0);
    }
    close(file);
  }

 private:
  std::string folder_;
};

ErrorCode CodeOf(const absl::StatusOr<std::shared_ptr<const Buffer>>& buffer) {
  return ErrorCodeOf(buffer.status());
}

TEST_F(BufferTest, ReadsASmallFile) {
  Write("content");
  const auto buffer = Buffer::ReadFile(path());
  ASSERT_TRUE(buffer.ok()) << buffer.status();
  EXPECT_EQ(TextOf((*buffer)->bytes()), "content");
}

TEST_F(BufferTest, ReadsAnEmptyFile) {
  Write("");
  const auto buffer = Buffer::ReadFile(path());
  ASSERT_TRUE(buffer.ok()) << buffer.status();
  EXPECT_TRUE((*buffer)->bytes().empty());
}

TEST_F(BufferTest, MapsALargeFileAndReadsTheSame) {
  for (const uint64_t size :
       {Buffer::kMapFrom - 1, Buffer::kMapFrom, Buffer::kMapFrom + 1}) {
    std::string content(size, 'x');
    content.back() = 'y';
    Write(content);
    const auto buffer = Buffer::ReadFile(path());
    ASSERT_TRUE(buffer.ok()) << buffer.status();
    EXPECT_TRUE(TextOf((*buffer)->bytes()) == content) << size;
  }
}

TEST_F(BufferTest, OfAMappedFileSurvivesItsReplacementByRename) {
  Write(std::string(Buffer::kMapFrom, 'a'));
  const auto buffer = Buffer::ReadFile(path());
  ASSERT_TRUE(buffer.ok());
  unlink(path().c_str());
  Write("other");
  EXPECT_EQ((*buffer)->bytes().back(), 'a');
}

TEST_F(BufferTest, RefusesAFileAboveTheLimitBeforeReadingIt) {
  Write("123456789");
  EXPECT_TRUE(Buffer::ReadFile(path(), 9).ok());
  EXPECT_EQ(CodeOf(Buffer::ReadFile(path(), 8)), ErrorCode::kTooLarge);
  // More than any test machine has, but no octet of it is stored.
  Write("", off_t{5} << 30);
  const auto buffer = Buffer::ReadFile(path(), 0xffffffff);
  EXPECT_EQ(CodeOf(buffer), ErrorCode::kTooLarge);
  EXPECT_NE(std::string(MessageOf(buffer.status())).find(path()),
            std::string::npos);
}

TEST_F(BufferTest, ReadsAPipeToItsEnd) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const std::string content(300000, 'p');  // more than one block, and a pipe
  std::thread writer([&] {
    size_t done = 0;
    while (done < content.size()) {
      const ssize_t put =
          write(ends[1], content.data() + done, content.size() - done);
      if (put <= 0) break;
      done += static_cast<size_t>(put);
    }
    close(ends[1]);
  });
  const auto buffer = Buffer::ReadDescriptor(ends[0], "pipe");
  writer.join();
  close(ends[0]);
  ASSERT_TRUE(buffer.ok()) << buffer.status();
  EXPECT_TRUE(TextOf((*buffer)->bytes()) == content);
}

TEST_F(BufferTest, StopsReadingAnEndlessDeviceAtTheLimit) {
  EXPECT_EQ(CodeOf(Buffer::ReadFile("/dev/zero", 1000)), ErrorCode::kTooLarge);
}

TEST_F(BufferTest, RefusesADirectory) {
  const auto buffer = Buffer::ReadFile(folder());
  EXPECT_EQ(CodeOf(buffer), ErrorCode::kInputUnreadable);
  EXPECT_NE(std::string(MessageOf(buffer.status())).find(folder()),
            std::string::npos);
}

TEST_F(BufferTest, RefusesAMissingFileByName) {
  const auto buffer = Buffer::ReadFile(path());
  EXPECT_EQ(CodeOf(buffer), ErrorCode::kInputUnreadable);
  EXPECT_NE(std::string(MessageOf(buffer.status())).find(path()),
            std::string::npos);
}

TEST_F(BufferTest, RefusesAFileThatMayNotBeRead) {
  Write("secret");
  ASSERT_EQ(chmod(path().c_str(), 0), 0);
  // Root reads all, so somebody else does it.
  constexpr uid_t kNobody = 65534;
  const bool is_root = geteuid() == 0;
  ASSERT_EQ(chmod(folder().c_str(), 0755), 0);
  ASSERT_EQ(seteuid(is_root ? kNobody : geteuid()), 0);
  const ErrorCode code = CodeOf(Buffer::ReadFile(path()));
  ASSERT_EQ(seteuid(is_root ? 0 : geteuid()), 0);
  EXPECT_EQ(code, ErrorCode::kInputUnreadable);
}

TEST_F(BufferTest, RefusesAClosedDescriptor) {
  EXPECT_EQ(CodeOf(Buffer::ReadDescriptor(-1, "nothing")),
            ErrorCode::kInputUnreadable);
}

TEST(Buffer, FromVectorOwnsItsBytes) {
  const auto buffer = Buffer::FromVector({1, 2, 3});
  EXPECT_EQ(ToHex(buffer->bytes()), "010203");
  EXPECT_TRUE(Buffer::FromVector({})->bytes().empty());
}

}  // namespace
}  // namespace revstat
