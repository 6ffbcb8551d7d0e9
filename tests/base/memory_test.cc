#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/huge_memory.h"
#include "engine/base/parallel.h"

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
