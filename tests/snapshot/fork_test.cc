// A child of fork has none of its parent's threads, and must not wait for what
// they were reading.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <latch>
#include <thread>

#include "engine/snapshot/publisher.h"
#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

TEST(Fork, AChildPublishesThoughItsParentsThreadWasReading) {
  const TestAuthority authority;
  CrlText empty;
  empty.entries.clear();
  SnapshotPublisher publisher(SnapshotOf(authority, {empty}));
  auto next = SnapshotOf(authority, {CrlText{}});
  std::latch is_reading(1);
  std::latch may_end(1);
  std::thread reader([&] {
    const SnapshotPublisher::Reader snapshot(publisher);
    is_reading.count_down();
    may_end.wait();
  });
  is_reading.wait();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);  // ends a child that waits for ever
    publisher.Publish(std::move(next));
    const SnapshotPublisher::Reader snapshot(publisher);
    _exit(snapshot->Lookup(At(kDuring), Key("0123")).status == Status::kRevoked
              ? 0
              : 1);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  may_end.count_down();
  reader.join();
}

}  // namespace
}  // namespace revstat::test
