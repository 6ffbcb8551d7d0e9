// Exceptions on the refresher's threads, as for want of memory: the host goes
// on, and so does the refresher.
#include <new>

#include "tests/refresh/refresher_fixture.h"

namespace revstat::test {
namespace {

class RefresherThrownTest : public RefresherFixture {
 protected:
  void TearDown() override { refresher_.reset(); }  // it uses what is below

  const TestAuthority ca_{"CA"};
  std::atomic<int> left_ = 0;  // exceptions to come
  std::atomic<unsigned> calls_ = 0;
};

// At every fifth look at the clock, so at many places of rounds, of the loop
// and of the worker.
TEST_F(RefresherThrownTest, good_RoundsGoOnAfterEachException) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  RefresherOptions options = Options();
  options.now = [this, now = options.now] {
    if (left_ > 0 && ++calls_ % 5 == 0) {
      --left_;
      throw std::bad_alloc();
    }
    return now();
  };
  Start({SourceOf("ca", ca_, {"/ok/a"})}, std::move(options));
  FirstRound();
  left_ = 12;
  Serve("a", ca_.Crl(NumberedCrl(2, {"01", "02"})));
  std::vector<RefreshEvent> events = Round();
  for (int round = 0; left_ > 0 && round < 200; ++round) {
    const auto more = Round();
    events.insert(events.end(), more.begin(), more.end());
  }
  EXPECT_EQ(left_, 0);
  EXPECT_EQ(StatusOf("02"), Status::kRevoked);
  const auto stopped = Of(events, Kind::kStopped, "");
  ASSERT_FALSE(stopped.empty()) << Summary(events);
  EXPECT_EQ(stopped.front().why.message(), "memory is not to be had");
  Round();
  EXPECT_EQ(Summary(Round()), "not_modified ca");
}

// A host whose log is full, say.
TEST_F(RefresherThrownTest, good_WhateverTheHostThrows) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  RefresherOptions options = Options();
  options.on_event = [tell = options.on_event](const RefreshEvent& event) {
    tell(event);
    throw std::bad_alloc();
  };
  Start({SourceOf("ca", ca_, {"/ok/a"})}, std::move(options));
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  EXPECT_EQ(StatusOf("01"), Status::kRevoked);
}

}  // namespace
}  // namespace revstat::test
