#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "engine/base/huge_memory.h"
#include "engine/base/parallel.h"
#include "engine/base/shared_huge_pages.h"

namespace revstat {
namespace {

TEST(HugeMemory, IsZeroedAndAlignedToACacheLine) {
  for (size_t size :
       std::vector<size_t>{size_t{1}, size_t{64}, size_t{1000},
                           (size_t{2} << 20) - 1, (size_t{2} << 20) + 5}) {
    HugeMemory memory(size);
    ASSERT_EQ(memory.size(), size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.data()) % 64, 0u);
    const Bytes bytes = memory.bytes();
    EXPECT_TRUE(std::all_of(bytes.begin(), bytes.end(),
                            [](uint8_t octet) { return octet == 0; }));
    memory.data()[size - 1] = 1;
  }
}

TEST(HugeMemory, OfNothingIsEmpty) {
  EXPECT_TRUE(HugeMemory().bytes().empty());
  EXPECT_TRUE(HugeMemory(0).bytes().empty());
}

// More of them than stay in the heap.
TEST(HugeMemory, OfManySmallOnesEachIsItsOwn) {
  constexpr size_t kCount = 1000;
  constexpr size_t kSize = 23'456;
  std::vector<HugeMemory> tables;
  for (size_t i = 0; i < kCount; ++i) {
    HugeMemory& table = tables.emplace_back(kSize);
    const Bytes bytes = table.bytes();
    ASSERT_TRUE(std::all_of(bytes.begin(), bytes.end(),
                            [](uint8_t octet) { return octet == 0; }));
    std::fill_n(table.data(), kSize, static_cast<uint8_t>(i));
    if (i % 3 == 2) tables[i / 3] = HugeMemory(kSize);
  }
  for (size_t i = kCount / 3 + 1; i < kCount; ++i) {
    const Bytes bytes = tables[i].bytes();
    ASSERT_TRUE(std::all_of(bytes.begin(), bytes.end(), [&](uint8_t octet) {
      return octet == static_cast<uint8_t>(i);
    }));
  }
}

TEST(SharedHugePages, GivesPagesBackThatNoTableIsOn) {
  SharedHugePages pages;
  constexpr size_t kSize = 1 << 16;
  constexpr size_t kInAPage = kHugePage / kSize;
  std::vector<uint8_t*> tables;
  for (size_t i = 0; i < 10 * kInAPage; ++i)
    tables.push_back(pages.Allocate(kSize));
  const size_t held = pages.pages();
  EXPECT_GE(held, 10u);
  // One table in each page stays.
  for (size_t i = 0; i < tables.size(); ++i) {
    if (i % kInAPage != 0) pages.Free(tables[i], kSize);
  }
  EXPECT_EQ(pages.pages(), held);
  for (size_t i = 0; i < tables.size(); i += kInAPage) {
    tables[i][0] = 1;
    pages.Free(tables[i], kSize);
  }
  EXPECT_LT(pages.pages(), 4u);  // what is still to be cut up
}

TEST(SharedHugePages, LetsATableLieOnTwoPages) {
  SharedHugePages pages;
  constexpr size_t kSize = kHugePage / 2 + 4096;
  uint8_t* const first = pages.Allocate(kSize);
  uint8_t* const second = pages.Allocate(kSize);
  pages.Free(first, kSize);
  std::fill_n(second, kSize, uint8_t{1});
  pages.Free(second, kSize);
  uint8_t* const third = pages.Allocate(kSize);
  EXPECT_EQ(third[kSize - 1], 0);
  pages.Free(third, kSize);
}

// Tables of a thread: each is written to, read back, and given up in turn.
void UseTables(uint8_t mark) {
  constexpr size_t kTables = 400;
  std::vector<HugeMemory> tables(16);
  for (size_t i = 0; i < kTables; ++i) {
    HugeMemory& table = tables[i % tables.size()];
    table = HugeMemory(4096 + 4096 * (i % 40));
    std::fill_n(table.data(), table.size(), mark);
    const Bytes other = tables[i * 7 % tables.size()].bytes();
    ASSERT_TRUE(std::all_of(other.begin(), other.end(),
                            [&](uint8_t octet) { return octet == mark; }));
  }
}

TEST(HugeMemory, IsSharedByThreads) {
  const HugeMemory many[] = {HugeMemory(2'000'000), HugeMemory(2'000'000),
                             HugeMemory(2'000'000)};  // more than the heap's
  RunBeside(
      Threads::kTwo, [] { UseTables(1); }, [] { UseTables(2); });
}

TEST(HugeMemory, IsToBeHadInAChildForkedBesideAThread) {
  const HugeMemory many[] = {HugeMemory(2'000'000), HugeMemory(2'000'000),
                             HugeMemory(2'000'000)};
  std::atomic<bool> is_done = false;  // relaxed: carries nothing
  const auto fork_often = [&] {
    for (int i = 0; i < 20; ++i) {
      const pid_t child = fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        alarm(60);  // ends a child that waits for ever
        HugeMemory table(8192);
        table.data()[8191] = 1;
        _exit(0);
      }
      int status = -1;
      EXPECT_EQ(waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
  };
  RunBeside(
      Threads::kTwo,
      [&] {
        fork_often();
        is_done.store(true, std::memory_order_relaxed);
      },
      [&] {
        while (!is_done.load(std::memory_order_relaxed)) UseTables(3);
      });
}

TEST(HugeMemory, MovesItsRegion) {
  HugeMemory from(10);
  from.data()[3] = 7;
  const uint8_t* region = from.data();
  HugeMemory to(std::move(from));
  EXPECT_EQ(to.data(), region);
  HugeMemory assigned(5);
  assigned = std::move(to);
  EXPECT_EQ(assigned.data(), region);
  EXPECT_EQ(assigned.bytes()[3], 7);
}

TEST(RunBeside, RunsBothPiecesOnceHoweverManyThreads) {
  for (Threads threads : {Threads::kOne, Threads::kTwo}) {
    int here = 0, beside = 0;
    RunBeside(
        threads, [&] { ++here; }, [&] { ++beside; });
    EXPECT_EQ(here, 1);
    EXPECT_EQ(beside, 1);
  }
}

TEST(RunBeside, WithOneThreadStaysOnIt) {
  std::thread::id beside;
  RunBeside(
      Threads::kOne, [] {}, [&] { beside = std::this_thread::get_id(); });
  EXPECT_EQ(beside, std::this_thread::get_id());
}

}  // namespace
}  // namespace revstat
