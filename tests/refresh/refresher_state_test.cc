// What a refresher remembers of its sources from run to run.
#include <chrono>
#include <filesystem>

#include "engine/refresh/refresh_state.h"
#include "engine/refresh/watched_source.h"
#include "tests/refresh/refresher_fixture.h"

namespace revstat::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class RefresherState : public RefresherFixture {
 protected:
  // Of the partition that a URL of one letter names.
  static CrlText ShardCrl(uint32_t number, char url) {
    CrlText shard = NumberedCrl(number, {"02"});
    shard.extensions.push_back(
        IssuingPoint({Nest(der::ContextConstructed(0),
                           {Nest(der::ContextConstructed(0),
                                 {Tlv(der::ContextPrimitive(6),
                                      Octets{static_cast<uint8_t>(url)})})})}));
    return shard;
  }
  void StartIn(const std::string& store) {
    RefresherOptions options = Options();
    options.store = store;
    Start({SourceOf("ca", ca_, {"/plain/a"})}, options);
  }
  // Of two mirrors, whose CRL is held, to 2026-02-01; without a thread.
  WatchedSource HoldingSource(Time next_attempt) {
    const auto updater = MustOpen(store_);
    EXPECT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    const auto held = MustTake(updater.get(), *ca_.Crl(ShardCrl(1, 'a'))).crl;
    WatchedCrl watched;
    watched.urls = {"http://a/", "http://b/"};
    watched.allowed_issuers = {held->canonical_issuer()};
    SourceState state;
    state.crl_sha256 = ToHex(held->sha256());
    state.next_attempt = next_attempt;
    return WatchedSource(watched, SourceOf("ca", ca_, {}), state,
                         HeldCrl(*held));
  }

  const TestAuthority ca_;
  const std::string store_ = folder_.path() + "/store";
};

// What a kill leaves is what is in the files at that moment.
TEST_F(RefresherState, invalid_OtherShardAfterAKillRightAfterTheFirstCrl) {
  Serve("a", ca_.Crl(ShardCrl(2, 'a')));
  StartIn(store_);
  ASSERT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  const std::string left = folder_.path() + "/left";
  std::filesystem::copy(store_, left, std::filesystem::copy_options::recursive);
  Serve("a", ca_.Crl(ShardCrl(3, 'b')));
  StartIn(left);
  EXPECT_EQ(Summary(Round()), "fetched ca; refused ca scope_changed");
  Serve("a", ca_.Crl(ShardCrl(3, 'a')));
  EXPECT_EQ(Summary(Round()), "fetched ca; published ca");
}

// The state was written before the store's last generation.
TEST_F(RefresherState, good_NewerCrlOfTheStoreIsFoundByItsScope) {
  Serve("a", ca_.Crl(ShardCrl(2, 'a')));
  StartIn(store_);
  ASSERT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  refresher_.reset();
  {
    const auto updater = MustOpen(store_);
    MustTake(updater.get(), *ca_.Crl(ShardCrl(3, 'a')));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  TakeEvents();
  Serve("a", ca_.Crl(ShardCrl(3, 'b')));
  StartIn(store_);
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; refused ca scope_changed");
  EXPECT_EQ(refresher_->Health()[0].state, SourceHealth::State::kFresh);
}

TEST_F(RefresherState, invalid_OtherShardWhereTheStoreHasLostItsCrl) {
  Serve("a", ca_.Crl(ShardCrl(2, 'a')));
  StartIn(store_);
  ASSERT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  refresher_.reset();
  for (const char* lost : {"manifest", "generation", "segments"})
    std::filesystem::remove_all(store_ + "/" + lost);
  TakeEvents();
  Serve("a", ca_.Crl(ShardCrl(3, 'b')));
  StartIn(store_);
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; refused ca scope_changed");
}

// The operator's word goes first: another CA is no change of scope.
TEST_F(RefresherState, good_OtherCaOnceTheOperatorNamesIt) {
  Serve("a", ca_.Crl(NumberedCrl(2, {"01"})));
  Start({SourceOf("ca", ca_, {"/plain/a"})});
  ASSERT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  const TestAuthority other("Other CA");
  Serve("a", other.Crl(NumberedCrl(1, {"02"})));
  EXPECT_EQ(Summary(RoundOfAnother(SourceOf("ca", other, {"/plain/a"}))),
            "fetched ca; published ca");
}

// Read-only commands could not mend it, nor could the refresher.
TEST_F(RefresherState, good_DamagedCrlIsToldAndFetchedAnew) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  Start({SourceOf("ca", ca_, {"/ok/a"})});
  ASSERT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  refresher_.reset();
  TakeEvents();
  std::filesystem::resize_file(StoreFiles(store_).SegmentPath(1), 100);
  Start({SourceOf("ca", ca_, {"/ok/a"})});
  const auto events = FirstRound();
  ASSERT_EQ(events.size(), 3u) << Summary(events);
  EXPECT_EQ(Of(events, Kind::kPublished, "ca").size(), 1u) << Summary(events);
  const auto damaged = Of(events, Kind::kDamaged, "");
  ASSERT_EQ(damaged.size(), 1u) << Summary(events);
  EXPECT_EQ(ErrorCodeOf(damaged[0].why), ErrorCode::kStoreDamaged);
  EXPECT_EQ(StatusOf("01"), Status::kRevoked);
}

// A mirror that says so for ever, with the validators that it gave.
TEST_F(RefresherState, invalid_NotModifiedOfAnExpiredCrl) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  server_.Route("a", "/ok/a");
  Start({SourceOf("ca", ca_, {"/via/a"})});
  ASSERT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  server_.Route("a", "/notmodified");
  EXPECT_EQ(Summary(Round()), "not_modified ca");
  now_ = ToUnix(*ParseTime("2026-02-01T00:00:00Z"));  // nextUpdate
  EXPECT_EQ(Summary(Round()), "refused ca unexpected_not_modified");
  EXPECT_EQ(refresher_->Health()[0].failures, 1u);
  // What the server has after all is the same, and seen.
  server_.Route("a", "/ok/a");
  EXPECT_EQ(Summary(Round()), "fetched ca; not_modified ca");
}

TEST_F(RefresherState, good_LostInTheMiddleOfARound) {
  WatchedSource source = HoldingSource(Time());
  ASSERT_EQ(source.BeginRound(During()).size(), 2u);
  source.FinishNotModified("http://a/", {}, During());
  source.Lose();
  source.FinishNotModified("http://b/", {}, During());
  ASSERT_FALSE(source.is_in_round());
  source.EndRound(During());
  EXPECT_EQ(source.state().failures, 1u);
  EXPECT_EQ(source.StateAt(During()), SourceHealth::State::kMissing);
}

// No schedule goes so far: the clock was set back.
TEST_F(RefresherState, good_DueOnceTheClockWasSetBack) {
  const WatchedSource source = HoldingSource(During() + hours(24));
  EXPECT_FALSE(source.IsDue(During()));
  EXPECT_FALSE(source.IsDue(During() + hours(24) - seconds(1)));
  EXPECT_TRUE(source.IsDue(During() + hours(24)));
  for (const seconds back :
       {seconds(1), seconds(hours(23)), seconds(hours(47))})
    EXPECT_TRUE(source.IsDue(During() - back)) << back.count();
}

// Whatever the schedule says; and from then on what it says.
TEST_F(RefresherState, good_DueOnceWhenItBecomesStale) {
  const Time stale = *ParseTime("2026-02-01T00:00:01Z");
  WatchedSource source = HoldingSource(stale + hours(6));
  EXPECT_EQ(source.Judge(stale - seconds(1)), SourceHealth::State::kFresh);
  EXPECT_FALSE(source.IsDue(stale - seconds(1)));
  EXPECT_EQ(source.Judge(stale), SourceHealth::State::kFresh);
  EXPECT_EQ(source.StateAt(stale), SourceHealth::State::kStale);
  EXPECT_TRUE(source.IsDue(stale));
  ASSERT_EQ(source.BeginRound(stale).size(), 2u);
  FetchResult failed;
  failed.status = MakeError(ErrorCode::kTimedOut, "");
  source.FinishFailed("http://a/", failed, stale);
  source.Judge(stale);
  source.FinishFailed("http://b/", failed, stale);
  source.EndRound(stale);
  EXPECT_EQ(source.Judge(stale), SourceHealth::State::kStale);
  EXPECT_FALSE(source.IsDue(stale + seconds(10)));
  source.Judge(stale + seconds(10));
  EXPECT_FALSE(source.IsDue(stale + seconds(10)));
}

TEST_F(RefresherState, good_DueOnceWhereItBecameStaleWhileNobodyLooked) {
  const Time late = *ParseTime("2026-02-03T00:00:00Z");
  WatchedSource source = HoldingSource(late + hours(6));
  source.Judge(late);
  EXPECT_TRUE(source.IsDue(late));
}

// What was just asked for and is stale all the same is not asked for at once.
TEST_F(RefresherState, good_NotDueWhereTheAnswerIsStale) {
  const Time late = *ParseTime("2026-02-03T00:00:00Z");
  WatchedSource source = HoldingSource(Time());
  ASSERT_EQ(source.BeginRound(late).size(), 2u);
  source.FinishTaken("http://a/", {}, *source.held());
  source.FinishTaken("http://b/", {}, *source.held());
  source.EndRound(late);
  EXPECT_EQ(source.Judge(late), SourceHealth::State::kFresh);
  EXPECT_EQ(source.StateAt(late), SourceHealth::State::kStale);
  EXPECT_FALSE(source.IsDue(late));
}

class RefresherTrust : public RefresherState {
 protected:
  // Serves number 1, with validators, to a refresher of the sources alone.
  void SetUp() override {
    Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
    RefresherOptions options = Options();
    options.other_trust = OtherTrust::kGoes;
    Start({SourceOf("ca", ca_, {"/ok/a"})}, options);
    ASSERT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  }
};

TEST_F(RefresherTrust, revoked_OnceTheCertificateIsRenewed) {
  IssuerSource renewed = SourceOf("ca", ca_, {"/ok/a"});
  renewed.trusted = {ca_.Certificate("55")};
  refresher_->Reload({renewed});
  EXPECT_EQ(Summary(Round()), "not_modified ca");
  const auto is_renewed = [&] {
    const auto contents =
        ReadStore(&FileSystem::System(), StoreFiles(store_), nullptr);
    return contents.ok() && contents->manifest.certificates.size() == 1 &&
           Equal(contents->manifest.certificates[0].der->bytes(),
                 renewed.trusted[0]->bytes());
  };
  while (!is_renewed()) std::this_thread::yield();
  EXPECT_EQ(StatusOf("01"), Status::kRevoked);
  EXPECT_EQ(StatusOf("02"), Status::kActive);
}

// The server could answer 304 for ever to what the store has lost.
TEST_F(RefresherTrust, unknown_AndFetchedAnewOnceTheKeyIsAnother) {
  const TestAuthority other;  // of the same name
  refresher_->Reload({SourceOf("ca", other, {"/ok/a"})});
  const auto is_lost = [this] {
    return refresher_->Health()[0].state == SourceHealth::State::kMissing;
  };
  // The thread that takes in yields to whatever else the machine does.
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + seconds(30);
  while (!is_lost() && Clock::now() < end) Round();
  ASSERT_TRUE(is_lost());
  Round();  // the one that the reload began may still have been under way
  EXPECT_EQ(Summary(Round()), "fetched ca; refused ca bad_signature");
  EXPECT_EQ(StatusOf("01"), Status::kUnknown);
  Serve("a", other.Crl(NumberedCrl(1, {"02"})));
  EXPECT_EQ(Summary(Round()), "fetched ca; published ca");
  EXPECT_EQ(StatusOf("02"), Status::kRevoked);
}

TEST(RefreshStateFile, good_ReadsWhatItWrote) {
  RefreshState state;
  state["a\nb"] = {FromUnix(5),
                   3,
                   "ab",
                   "\xc3\xa9",
                   std::string(2, 0),
                   {{"http://x/", {"\"e\"", "d", FromUnix(9)}}}};
  state["\"quoted\" \u00e9"] = {};
  EXPECT_EQ(DecodeRefreshState(EncodeRefreshState(state)), state);
}

TEST(RefreshStateFile, invalid_DamageIsLeftOut) {
  RefreshState state;
  state["a"] = {FromUnix(5), 3,  "ab",
                "",          "", {{"u", {"bad\x01", "\xff", FromUnix(9)}}}};
  const RefreshState read = DecodeRefreshState(EncodeRefreshState(state));
  EXPECT_EQ(read.at("a").urls.at("u").etag, "");
  EXPECT_EQ(read.at("a").urls.at("u").not_before, FromUnix(9));
  EXPECT_TRUE(DecodeRefreshState("source = 7").empty());
  EXPECT_TRUE(DecodeRefreshState("[[source]]\nname = 1").empty());
  EXPECT_EQ(DecodeRefreshState("[[source]]\nid = \"x\"\nfailures = -5\n")
                .at("x")
                .failures,
            0u);
}

}  // namespace
}  // namespace revstat::test
