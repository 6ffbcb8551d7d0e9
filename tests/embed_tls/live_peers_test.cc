// The table of live peers alone.
#include "engine/embed/live_peers.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/embed_tls/tls_world.h"

namespace revstat::test {
namespace {

class LivePeersOfOneCa : public testing::Test {
 protected:
  using Tokens = std::vector<LivePeers::Token>;

  std::unique_ptr<const Snapshot> Listing(const std::vector<Octets>& entries) {
    return SnapshotOfAll({&ca_}, {ca_.CrlListing(entries)});
  }
  RevocationReport ReportOn(std::string_view serial) {
    const Octets certificate = ca_.Issue(serial);
    const ChainLink link{certificate, ca_.certificate()};
    const SnapshotPublisher::Reader snapshot(snapshots_);
    return JudgeChain(*snapshot, {}, At(kDuring).at, {&link, 1});
  }
  LivePeers::Added Add(LivePeers::Token token, std::string_view serial) {
    return peers_.Add(token, ReportOn(serial), snapshots_, At(kDuring).at);
  }
  Tokens Listed() {
    Tokens tokens;
    peers_.ForEachListed(snapshots_, At(kDuring).at,
                         [&](uint64_t token) { tokens.push_back(token); });
    std::sort(tokens.begin(), tokens.end());
    return tokens;
  }
  const TlsAuthority ca_{"CA"};
  SnapshotPublisher snapshots_{Listing({})};
  LivePeers peers_{1000};
};

TEST_F(LivePeersOfOneCa,
       revoked_now_or_later_and_on_hold_are_named_and_no_others) {
  for (int i = 1; i <= 9; ++i)
    EXPECT_EQ(Add(static_cast<uint64_t>(i), Concat({"0", std::to_string(i)})),
              LivePeers::Added::kLive);
  EXPECT_EQ(Listed(), Tokens{});
  snapshots_.Publish(
      Listing({Entry(IntegerOf("02")),
               Entry(IntegerOf("07"), UtcTime("260102030405Z"), {Reason(6)}),
               // From after the time asked about: nobody would be let in by it.
               Entry(IntegerOf("05"), UtcTime("260120000000Z"))}));
  EXPECT_EQ(Listed(), (Tokens{2, 5, 7}));
  EXPECT_EQ(Add(10, "05"), LivePeers::Added::kListed);
  peers_.Remove(2);
  EXPECT_EQ(Listed(), (Tokens{5, 7}));
  snapshots_.Publish(Listing({}));  // the hold is lifted
  EXPECT_EQ(Listed(), Tokens{});
  EXPECT_EQ(peers_.size(), 8u);
}

TEST_F(LivePeersOfOneCa, revoked_between_verification_and_entry) {
  const RevocationReport before = ReportOn("02");
  snapshots_.Publish(Listing({Entry(IntegerOf("02"))}));
  EXPECT_EQ(Listed(), Tokens{});
  EXPECT_EQ(peers_.Add(1, before, snapshots_, At(kDuring).at),
            LivePeers::Added::kListed);
  EXPECT_EQ(peers_.size(), 0u);
}

TEST_F(LivePeersOfOneCa, good_a_token_is_of_one_peer) {
  Add(1, "02");
  Add(1, "03");
  EXPECT_EQ(peers_.size(), 1u);
  snapshots_.Publish(Listing({Entry(IntegerOf("02"))}));
  EXPECT_EQ(Listed(), Tokens{});
}

TEST_F(LivePeersOfOneCa, good_an_issuer_that_is_gone_lists_nothing) {
  Add(1, "02");
  const TlsAuthority other("Other");
  snapshots_.Publish(
      SnapshotOfAll({&other}, {other.CrlListing({Entry(IntegerOf("02"))})}));
  EXPECT_EQ(Listed(), Tokens{});
}

TEST_F(LivePeersOfOneCa, invalid_more_than_it_may_hold) {
  const RevocationReport report = ReportOn("02");
  size_t added = 0;
  for (uint64_t token = 0; token < 5000; ++token)
    added += peers_.Add(token, report, snapshots_, At(kDuring).at) ==
             LivePeers::Added::kLive;
  EXPECT_EQ(added, peers_.size());
  EXPECT_GE(added, 900u);
  EXPECT_LE(added, 1064u);
}

}  // namespace
}  // namespace revstat::test
