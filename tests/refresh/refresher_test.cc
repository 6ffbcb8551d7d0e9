#include "engine/refresh/refresher.h"

#include <filesystem>

#include "engine/refresh/event_json.h"
#include "tests/refresh/refresher_fixture.h"

namespace revstat::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class RefresherTest : public RefresherFixture {
 protected:
  uint64_t Hits(const std::string& path) {
    uint64_t hits = ~uint64_t{0};
    const auto fetcher = Fetcher::Create();
    FetchRequest request;
    request.url = server_.Url("/hits" + path);
    request.addresses = AddressPolicy::kAny;
    (*fetcher)->Submit(request, [&](FetchResult result) {
      hits = std::stoull(std::string(TextOf(result.body)));
    });
    while ((*fetcher)->Poll(milliseconds(1000)) > 0) {
    }
    return hits;
  }
  // A certificate with these as its CRL distribution point.
  std::shared_ptr<const Buffer> LeafNaming(
      const std::vector<std::string>& urls) const {
    std::vector<Octets> names;
    for (const std::string& url : urls) {
      names.push_back(
          Tlv(der::ContextPrimitive(6), Octets(url.begin(), url.end())));
    }
    CertificateText leaf;
    leaf.issuer = ca_.name();
    leaf.extensions = {MakeExtension(
        "2.5.29.31",
        Seq({Seq({Nest(der::ContextConstructed(0),
                       {Nest(der::ContextConstructed(0), names)})})}))};
    return AsBuffer(ca_.key().Signed(leaf, Ed25519()));
  }
  void Move(seconds by) { now_ += by.count(); }

  const TestAuthority ca_;
};

TEST_F(RefresherTest, good_PublishesWhatChanged) {
  CrlText first = NumberedCrl(1, {"01", "03"});
  first.entries.push_back(
      Entry(IntegerOf("02"), UtcTime("260102030405Z"), {Reason(6)}));
  CrlText second = NumberedCrl(2, {"01", "04"});
  second.entries.push_back(
      Entry(IntegerOf("05"), UtcTime("260102030405Z"), {Reason(6)}));
  Serve("a", ca_.Crl(first));
  Start({SourceOf("ca", ca_, {"/ok/a"})});
  auto events = FirstRound();
  EXPECT_EQ(Summary(events), "fetched ca; published ca");
  EXPECT_EQ(events[0].bytes, ca_.Crl(first)->bytes().size());
  EXPECT_EQ(events[1].changes.revoked, 2u);
  EXPECT_EQ(events[1].changes.put_on_hold, 1u);
  EXPECT_EQ(events[1].generation, 2u);  // the first has the certificate alone
  Serve("a", ca_.Crl(second));
  events = Round();
  ASSERT_EQ(Summary(events), "fetched ca; published ca");
  const CrlChanges& changes = events[1].changes;
  EXPECT_EQ(changes.revoked, 1u);
  EXPECT_EQ(changes.put_on_hold, 1u);
  EXPECT_EQ(changes.lifted, 1u);
  EXPECT_EQ(changes.gone, 1u);
  ASSERT_EQ(changes.first.size(), 4u);
  EXPECT_EQ(changes.first[0].serial, "04");
  EXPECT_EQ(changes.first[1].serial, "05");
  EXPECT_EQ(changes.first[1].change, CrlChange::kPutOnHold);
  EXPECT_EQ(events[1].generation, 3u);
  EXPECT_EQ(events[1].crl_number, "02");
  EXPECT_EQ(events[1].entries, 3u);
  EXPECT_EQ(StatusOf("04"), Status::kRevoked);
  EXPECT_EQ(StatusOf("02"), Status::kActive);
}

TEST_F(RefresherTest, good_NotModifiedByTheServerOrByTheOctets) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  server_.Route("a", "/ok/a");
  Start({SourceOf("ca", ca_, {"/via/a"})});
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  EXPECT_EQ(Summary(Round()), "not_modified ca");
  server_.Route("a", "/gzip/a");
  EXPECT_EQ(Summary(Round()), "fetched ca; not_modified ca");
}

TEST_F(RefresherTest, good_FreshestMirrorWinsInAnyOrder) {
  Serve("old", ca_.Crl(NumberedCrl(1, {"01"})));
  Serve("new", ca_.Crl(NumberedCrl(2, {"01", "02"})));
  IssuerSource source = SourceOf(
      "ca", ca_, {"/plain/old", "/plain/new", "/status/404", "/hang/a"});
  source.limits.low_speed_time = seconds(1);
  Start({source});
  const auto events = FirstRound();
  EXPECT_EQ(Of(events, Kind::kRefused, "ca").size() +
                Of(events, Kind::kPublished, "ca").size(),
            4u)
      << Summary(events);
  EXPECT_EQ(StatusOf("02"), Status::kRevoked);
  const auto again = Round();
  EXPECT_EQ(Of(again, Kind::kNotModified, "ca").size(), 1u);
  EXPECT_EQ(Of(again, Kind::kRefused, "ca").size(), 3u);
  EXPECT_EQ(refresher_->Health()[0].failures, 0u);
}

TEST_F(RefresherTest, good_DeltaBesideItsBase) {
  Serve("a", ca_.Crl(NumberedCrl(5, {"01"})));
  Serve("d", ca_.Crl(DeltaCrl(5, 6, {"02"})));
  IssuerSource source = SourceOf("ca", ca_, {"/ok/a"});
  source.delta_urls = {server_.Url("/ok/d")};
  Start({source});
  FirstRound();
  EXPECT_EQ(StatusOf("01"), Status::kRevoked);
  EXPECT_EQ(StatusOf("02"), Status::kRevoked);
  EXPECT_EQ(StatusOf("03"), Status::kActive);
  ASSERT_EQ(refresher_->Health().size(), 2u);
  EXPECT_EQ(refresher_->Health()[1].kind, CrlKind::kDelta);
}

TEST_F(RefresherTest, good_FileSource) {
  const std::string path =
      folder_.Write("a.crl", TextOf(ca_.Crl(NumberedCrl(1, {"01"}))->bytes()));
  IssuerSource source = SourceOf("ca", ca_, {});
  source.crl_urls = {"file://" + path};
  Start({source});
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  EXPECT_EQ(Summary(Round()), "not_modified ca");
}

TEST_F(RefresherTest, good_DiscoveredPoints) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  IssuerSource source = SourceOf("ca", ca_, {});
  source.certificates = {
      LeafNaming({"ldap://a/b", "file:///etc/passwd", server_.Url("/ok/a")})};
  source.discovery = Discovery::kOn;
  source.addresses = AddressPolicy::kPublicOnly;
  Start({source});
  EXPECT_EQ(Summary(FirstRound()), "refused ca address_not_allowed");
  source.addresses = AddressPolicy::kAny;
  EXPECT_EQ(Summary(RoundOfAnother(source)), "fetched ca; published ca");
  ASSERT_EQ(refresher_->Health().size(), 1u);
  EXPECT_EQ(refresher_->Health()[0].urls,
            std::vector<std::string>{server_.Url("/ok/a")});
}

// A stranger's name, which only the proxy resolves: to what, nobody here sees.
TEST_F(RefresherTest, invalid_DiscoveredPointByProxyUnlessAllowed) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  IssuerSource source = SourceOf("ca", ca_, {});
  source.certificates = {LeafNaming({"http://intranet.example/ok/a"})};
  source.discovery = Discovery::kOn;
  source.addresses = AddressPolicy::kPublicOnly;
  source.proxy = server_.Url("/");
  Start({source});
  EXPECT_EQ(Summary(FirstRound()), "refused ca address_not_allowed");
  source.discovered_by_proxy = ProxyPolicy::kAllow;
  EXPECT_EQ(Summary(RoundOfAnother(source)), "fetched ca; published ca");
}

TEST_F(RefresherTest, good_StaleAndFreshAgain) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  IssuerSource source = SourceOf("ca", ca_, {"/ok/a"});
  source.grace = hours(1);
  Start({source});
  const auto first = FirstRound();
  // 2026-02-01 is nextUpdate.
  const Time stale_from = *ParseTime("2026-02-01T01:00:00Z");
  EXPECT_EQ(first.back().health.stale_from, stale_from);
  now_ = ToUnix(stale_from);
  EXPECT_TRUE(Of(Round(), Kind::kStale, "ca").empty());
  now_ = ToUnix(stale_from) + 1;
  const auto stale = Round();
  EXPECT_EQ(Of(stale, Kind::kStale, "ca").size(), 1u) << Summary(stale);
  EXPECT_EQ(refresher_->Health()[0].state, SourceHealth::State::kStale);
  EXPECT_TRUE(Of(Round(), Kind::kStale, "ca").empty()) << "told once";
  CrlText next = NumberedCrl(2, {});
  next.this_update = UtcTime("260201000000Z");
  next.next_update = UtcTime("260301000000Z");
  Serve("a", ca_.Crl(next));
  const auto fresh = Round();
  EXPECT_EQ(Of(fresh, Kind::kFreshAgain, "ca").size(), 1u) << Summary(fresh);
  EXPECT_EQ(refresher_->Health()[0].state, SourceHealth::State::kFresh);
}

// An expired CRL still proves what it lists: better than nothing.
TEST_F(RefresherTest, good_ExpiredWhereNothingIsHeld) {
  CrlText expired = NumberedCrl(1, {"01"});
  expired.next_update = UtcTime("260114000000Z");
  Serve("a", ca_.Crl(expired));
  Start({SourceOf("ca", ca_, {"/ok/a"})});
  const auto events = FirstRound();
  EXPECT_EQ(Summary(events), "fetched ca; published ca; stale ca");
  EXPECT_EQ(StatusOf("01"), Status::kRevoked);
  EXPECT_EQ(StatusOf("02"), Status::kUnknown);
}

TEST_F(RefresherTest, good_RetryAfterIsObeyedEvenByRefreshAll) {
  Start({SourceOf("ca", ca_, {"/status/503/7200"})});
  EXPECT_EQ(Summary(FirstRound()), "refused ca http_status");
  EXPECT_EQ(refresher_->Health()[0].next_attempt,
            FromUnix(now_) + seconds(7200));
  EXPECT_EQ(Summary(Round()), "");
  EXPECT_EQ(refresher_->Health()[0].failures, 1u);
  Move(seconds(7200));
  EXPECT_EQ(Summary(Round()), "refused ca http_status");
  EXPECT_EQ(Hits("/status/503/7200"), 2u);
}

TEST_F(RefresherTest, good_AsksByItselfWhenItIsTime) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  IssuerSource source = SourceOf("ca", ca_, {"/ok/a"});
  Start({source});
  FirstRound();
  Serve("a", ca_.Crl(NumberedCrl(2, {"02"})));
  const Time next = refresher_->Health()[0].next_attempt;
  EXPECT_GT(next, FromUnix(now_));
  EXPECT_LE(next, FromUnix(now_) + hours(24));
  now_ = ToUnix(next);
  while (StatusOf("02") != Status::kRevoked) std::this_thread::yield();
}

TEST_F(RefresherTest, good_StateSurvivesARestart) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  const std::vector<IssuerSource> sources = {SourceOf("ca", ca_, {"/ok/a"})};
  Start(sources);
  FirstRound();
  const Time next = refresher_->Health()[0].next_attempt;
  refresher_.reset();
  TakeEvents();
  Start(sources);
  while (refresher_->Health().empty()) std::this_thread::yield();
  EXPECT_EQ(refresher_->Health()[0].next_attempt, next);
  EXPECT_EQ(refresher_->Health()[0].state, SourceHealth::State::kFresh);
  EXPECT_EQ(Hits("/ok/a"), 1u);
  EXPECT_EQ(Summary(Round()), "not_modified ca");
}

// A validator of a CRL that the store has lost is not sent.
TEST_F(RefresherTest, good_LostStoreOrDamagedStateIsFetchedAgain) {
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  const std::vector<IssuerSource> sources = {SourceOf("ca", ca_, {"/ok/a"})};
  Start(sources);
  FirstRound();
  refresher_.reset();
  const std::string store = folder_.path() + "/store";
  const std::string state = store + "/refresh.toml";
  const std::string kept = folder_.path() + "/kept";
  std::filesystem::copy_file(state, kept);
  std::filesystem::remove_all(store);
  std::filesystem::create_directory(store);
  std::filesystem::copy_file(kept, state);
  TakeEvents();
  Start(sources);
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  refresher_.reset();
  TakeEvents();
  std::ofstream(state, std::ios::binary) << "\x00\xff[[source]] = ";
  Start(sources);
  EXPECT_EQ(Summary(FirstRound()), "fetched ca; not_modified ca");
}

TEST_F(RefresherTest, good_ReloadKeepsWhatStaysAndAddsWhatIsNew) {
  const TestAuthority second("Second CA");
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  Serve("b", second.Crl(NumberedCrl(1, {"02"})));
  Start({SourceOf("ca", ca_, {"/ok/a"})});
  FirstRound();
  refresher_->Reload(
      {SourceOf("ca", ca_, {"/ok/a"}), SourceOf("second", second, {"/ok/b"})});
  const auto events = Round();
  EXPECT_EQ(Of(events, Kind::kNotModified, "ca").size(), 1u) << Summary(events);
  EXPECT_EQ(Of(events, Kind::kPublished, "second").size(), 1u);
  EXPECT_EQ(StatusOf("02", 1), Status::kRevoked);
  refresher_->Reload({SourceOf("second", second, {"/ok/b"})});
  EXPECT_EQ(Summary(Round()), "not_modified second");
  EXPECT_EQ(StatusOf("01"), Status::kRevoked) << "still in the store";
}

// Where the sources are all that counts, what they no longer name goes.
TEST_F(RefresherTest, unknown_OnceTheSourcesNoLongerNameTheCa) {
  const TestAuthority second("Second CA");
  Serve("a", ca_.Crl(NumberedCrl(1, {"01"})));
  Serve("b", second.Crl(NumberedCrl(1, {"02"})));
  const IssuerSource first = SourceOf("ca", ca_, {"/ok/a"});
  const IssuerSource other = SourceOf("second", second, {"/ok/b"});
  RefresherOptions options = Options();
  options.other_trust = OtherTrust::kGoes;
  Start({first, other}, options);
  FirstRound();
  EXPECT_EQ(StatusOf("02", 1), Status::kRevoked);
  const auto reader =
      *StoreReader::Open(folder_.path() + "/store", PolicyAt(kDuring));
  refresher_->Reload({first});
  Serve("a", ca_.Crl(NumberedCrl(2, {"01", "03"})));
  EXPECT_EQ(Of(Round(), Kind::kPublished, "ca").size(), 1u);
  ASSERT_TRUE(reader->Update(During()).ok());
  {
    const SnapshotPublisher::Reader snapshot(reader->publisher());
    EXPECT_EQ(snapshot->issuers().size(), 1u);
    EXPECT_EQ(snapshot->sources().size(), 1u);
  }
  // At the start as well.
  refresher_.reset();
  Start({other}, options);
  FirstRound();
  EXPECT_EQ(StatusOf("02", 0), Status::kRevoked);
  EXPECT_EQ(StatusOf("01", 0), Status::kActive);
}

TEST_F(RefresherTest, good_ShrunkIsReportedOrRefused) {
  std::vector<std::string> many;
  for (int i = 0; i < 200; ++i) many.push_back(std::to_string(1000 + i));
  Serve("a", ca_.Crl(NumberedCrl(1, {many.begin(), many.end()})));
  const std::vector<IssuerSource> sources = {SourceOf("ca", ca_, {"/ok/a"})};
  RefresherOptions options = Options();
  options.updater.shrunk = OddCrl::kRefuse;
  Start(sources, options);
  FirstRound();
  Serve("a", ca_.Crl(NumberedCrl(2, {"01"})));
  EXPECT_EQ(Summary(Round()), "fetched ca; refused ca shrunk");
  refresher_.reset();
  TakeEvents();
  // The block's own word goes first.
  std::vector<IssuerSource> lenient = sources;
  lenient[0].odd.shrunk = OddCrl::kReport;
  Start(lenient, options);
  EXPECT_EQ(Summary(Round()), "fetched ca; odd ca shrunk; published ca");
}

TEST_F(RefresherTest, invalid_ShrunkBelowTheShareOfItsBlock) {
  std::vector<std::string> many;
  for (int i = 0; i < 200; ++i) many.push_back(std::to_string(1000 + i));
  Serve("a", ca_.Crl(NumberedCrl(1, {many.begin(), many.end()})));
  IssuerSource source = SourceOf("ca", ca_, {"/ok/a"});
  source.odd = {OddCrl::kRefuse, OddCrl::kRefuse, 0.9};
  Start({source});
  ASSERT_EQ(Summary(FirstRound()), "fetched ca; published ca");
  Serve("a", ca_.Crl(NumberedCrl(1, {many.begin(), many.end() - 1})));
  EXPECT_EQ(Summary(Round()), "fetched ca; refused ca conflicting_crl");
  Serve("a", ca_.Crl(NumberedCrl(2, {many.begin(), many.end() - 21})));
  EXPECT_EQ(Summary(Round()), "fetched ca; refused ca shrunk");
  Serve("a", ca_.Crl(NumberedCrl(2, {many.begin(), many.end() - 20})));
  EXPECT_EQ(Summary(Round()), "fetched ca; published ca");
}

// By the block's certificates, which are the operator's own.
TEST_F(RefresherTest, invalid_VanishedIsReportedOrRefused) {
  CertificateText leaf;
  leaf.serial = IntegerOf("01");
  leaf.issuer = ca_.name();
  Serve("a", ca_.Crl(NumberedCrl(1, {"01", "02"})));
  IssuerSource source = SourceOf("ca", ca_, {"/ok/a"});
  RefresherOptions options = Options();
  options.updater.vanished = OddCrl::kRefuse;
  Start({source}, options);
  FirstRound();
  // Nothing is known of 02, and nothing was of 01 until now.
  IssuerSource knowing = source;
  knowing.certificates = {AsBuffer(ca_.key().Signed(leaf, Ed25519()))};
  refresher_->Reload({knowing});
  Serve("a", ca_.Crl(NumberedCrl(2, {"02"})));
  EXPECT_EQ(Summary(Round()), "fetched ca; refused ca vanished");
  EXPECT_EQ(StatusOf("01"), Status::kRevoked);
  // The block's own word goes first.
  knowing.odd.vanished = OddCrl::kReport;
  refresher_->Reload({knowing});
  const auto events = Round();
  EXPECT_EQ(Summary(events), "fetched ca; odd ca vanished; published ca");
  EXPECT_EQ(events.back().changes.gone, 1u);
  EXPECT_EQ(events.back().changes.gone_too_early, 1u);
  EXPECT_NE(JsonOf(events.back()).find("\"gone\":1,\"gone_too_early\":1,"),
            std::string::npos);
  EXPECT_EQ(StatusOf("01"), Status::kActive);
}

TEST_F(RefresherTest, good_StopWhileServersHang) {
  std::vector<IssuerSource> sources;
  for (int i = 0; i < 20; ++i) {
    IssuerSource source =
        SourceOf("ca" + std::to_string(i), ca_,
                 {(i % 2 ? "/hang/" : "/trickle/") + std::to_string(i)});
    source.limits.low_speed_time = hours(1);
    sources.push_back(source);
  }
  Start(sources);
  refresher_->RefreshAll();
  EXPECT_FALSE(refresher_->WaitForRound(milliseconds(50)));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(refresher_->Stop(milliseconds(1000)));
  refresher_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(1));
}

TEST_F(RefresherTest, invalid_StoreIsLocked) {
  Start({SourceOf("ca", ca_, {"/ok/a"})});
  const auto second = Refresher::Start({}, Options());
  EXPECT_EQ(ErrorCodeOf(second.status()), ErrorCode::kStoreLocked);
}

}  // namespace
}  // namespace revstat::test
