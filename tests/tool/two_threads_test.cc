// Long inputs are worked on by two threads: results stay in order.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <string>
#include <vector>

#include "tests/snapshot/test_authority.h"
#include "tools/revstat/check/answer_session.h"
#include "tools/revstat/check/ordered_work.h"

namespace revstat::tool {
namespace {

TEST(WorkInOrder, PutsInTheOrderOfTake) {
  struct Worker {
    int block = 0;
  };
  for (Threads threads : {Threads::kOne, Threads::kTwo}) {
    Worker first;
    Worker second;
    int taken = 0;
    std::vector<int> put;
    WorkInOrder<int>(
        threads, first, second,
        [&](Worker& worker) {
          worker.block = taken;
          return taken++ < 10000;
        },
        [](Worker& worker, int& product) { product = 2 * worker.block; },
        [&](int& product) { put.push_back(product); });
    ASSERT_EQ(put.size(), 10000u);
    for (int i = 0; i < 10000; ++i)
      ASSERT_EQ(put[static_cast<size_t>(i)], 2 * i);
  }
}

TEST(WorkInOrder, EndsWhereOneOfThemThrows) {
  struct Worker {
    int block = 0;
  };
  enum { kTake, kWork, kPut };
  for (Threads threads : {Threads::kOne, Threads::kTwo}) {
    for (int thrower : {kTake, kWork, kPut}) {
      Worker first;
      Worker second;
      int taken = 0;
      const auto maybe_throw = [&](int who, int block) {
        if (who == thrower && block == 1000) throw std::bad_alloc();
      };
      EXPECT_THROW(WorkInOrder<int>(
                       threads, first, second,
                       [&](Worker& worker) {
                         worker.block = taken++;
                         maybe_throw(kTake, worker.block);
                         return worker.block < 100000;
                       },
                       [&](Worker& worker, int& product) {
                         maybe_throw(kWork, worker.block);
                         product = worker.block;
                       },
                       [&](int& product) { maybe_throw(kPut, product); }),
                   std::bad_alloc);
      // No more than what the other thread can have ahead.
      EXPECT_LE(taken, 1000 + 10);
      EXPECT_TRUE(thrower != kTake || taken == 1001) << taken;
    }
  }
}

// A file that goes with the test.
class TemporaryFile {
 public:
  TemporaryFile() : descriptor_(mkstemp(path_.data())) {}
  ~TemporaryFile() {
    close(descriptor_);
    unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }
  std::string Text() const {
    return std::string(TextOf((*Buffer::ReadFile(path_))->bytes()));
  }

 private:
  std::string path_ = testing::TempDir() + "revstat_tool_test_XXXXXX";
  int descriptor_;
};

// Certificates whose serials count up from 0x10000, with a broken one in
// between, in more than a block and than two threads are used for.
TEST(AnswerSession, GivesABundlesResultsInItsOrder) {
  constexpr int kCount = 5000;
  constexpr int kBroken = 1234;
  const auto snapshot =
      test::SnapshotOf(test::TestAuthority(), {test::CrlText()});
  std::string bundle;
  for (int i = 0; i < kCount; ++i) {
    test::CertificateText text;
    text.issuer = test::CommonName("Test CA");
    text.serial = test::Integer(0x10000u + static_cast<uint32_t>(i));
    const auto der = text.Der();
    bundle += TextOf(der);
    if (i == kBroken) bundle += std::string("\x30\x02\x05\x00", 4);
  }
  const TemporaryFile input;
  ASSERT_EQ(write(input.descriptor(), bundle.data(), bundle.size()),
            static_cast<ssize_t>(bundle.size()));
  ASSERT_GT(bundle.size(), size_t{1} << 19);

  const TemporaryFile results;
  Output output(results.descriptor());
  AnswerSession session(*snapshot, test::At(test::kDuring), Format::kCsv,
                        &output);
  session.Answer(input.path());
  output.Flush();
  EXPECT_EQ(session.tally().total(), uint64_t{kCount + 1});
  EXPECT_EQ(session.tally().unreadable, 1u);

  const std::string all = results.Text();
  std::string_view rest = all;
  for (int i = 0, position = 1; i < kCount; ++i, ++position) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    const std::string wanted = input.path() + ":" + std::to_string(position);
    ASSERT_TRUE(line.starts_with(wanted + ",CN=Test CA,01")) << line;
    char serial[16];
    std::snprintf(serial, sizeof(serial), ",%06x,", 0x10000 + i);
    ASSERT_NE(line.find(serial), std::string_view::npos) << line;
    if (i == kBroken) {
      line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      ++position;
      ASSERT_NE(line.find("bad_input"), std::string_view::npos) << line;
    }
  }
  EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace revstat::tool
