// What an OcspClient makes of the answers that its cache has.
#include <atomic>

#include "tests/refresh/ocsp_asking.h"

namespace revstat::test {
namespace {

using std::chrono::hours;

TEST(OcspClient, good_out_of_the_cache_until_its_end) {
  const LoopbackServer server(ReplyGood);
  std::atomic<int64_t> now = ToUnix(kWorldTime);
  OcspClientOptions options = LoopbackOptions();
  options.now = [&] { return FromUnix(now); };
  Asker asker(options, {server.Url()});
  EXPECT_EQ(asker.Ask().requests, 1u);
  const OcspResult cached = asker.Ask();
  ASSERT_TRUE(cached.answer.has_value());
  EXPECT_EQ(cached.answer->status, OcspStatus::kGood);
  EXPECT_EQ(cached.requests, 0u);
  EXPECT_EQ(asker.Ask(OcspCacheUse::kBypassed).requests, 1u);
  EXPECT_EQ(server.requests(), 2u);
  EXPECT_EQ(asker.client->RefreshDue(10), 0u);
  now = ToUnix(*ParseTime("2026-01-19T23:00:00Z"));  // an hour to nextUpdate
  EXPECT_EQ(asker.client->RefreshDue(10), 1u);
  EXPECT_EQ(asker.client->RefreshDue(10), 0u);  // it is under way
  asker.PollAll();
  EXPECT_EQ(server.requests(), 3u);
  EXPECT_EQ(asker.client->RefreshDue(10), 0u);  // nothing new was to be had
  now = ToUnix(*ParseTime("2026-01-20T00:00:01Z"));
  EXPECT_EQ(CodeOf(asker.Ask()), "ocsp_stale");
  EXPECT_EQ(server.requests(), 5u);  // once more, past caches on the way
  EXPECT_EQ(asker.Lookup("0123", FromUnix(now)).cause, Cause::kStale);
}

// Answers of an issuer without a responder by configuration, and of one that
// this client does not know, are due as well, and earlier.
TEST(OcspClient, good_refresh_of_the_issuer_whose_responder_is_known) {
  const LoopbackServer server(ReplyGood);
  std::atomic<int64_t> now = ToUnix(kWorldTime);
  OcspClientOptions options = LoopbackOptions();
  options.now = [&] { return FromUnix(now); };
  Asker asker(options, {server.Url()});
  CertificateText other = OcspWorld().CaText();
  other.subject = CommonName("Without a responder");
  const auto silent = asker.client->AddIssuer(
      std::make_shared<const OcspIssuer>(*OcspIssuer::Create(
          BufferOf(OcspWorld().ca.key.Signed(other, OcspWorld().ca.form)))),
      {});
  const auto unknown = asker.cache.AddIssuer({1});
  OcspAnswer answer;
  answer.status = OcspStatus::kGood;
  answer.this_update = kWorldTime;
  answer.until = kWorldTime + hours(24);
  for (int i = 0; i < 50; ++i) {
    const auto serial = *SerialNumber::FromText(std::to_string(1000 + i));
    asker.cache.Put({serial, silent}, answer, kWorldTime);
    asker.cache.Put({serial, unknown}, answer, kWorldTime);
  }
  answer.this_update = *ParseTime("2026-01-09");
  asker.cache.Put(asker.Key(), answer, kWorldTime);
  now = ToUnix(kWorldTime + hours(24));
  EXPECT_EQ(asker.client->RefreshDue(10), 1u);
  asker.PollAll();
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_EQ(FormatTime(asker.cache.Explain(asker.Key())->this_update),
            "2026-01-10T00:00:00Z");
}

TEST(OcspClient, good_refresh_after_an_outage_past_next_update) {
  std::atomic<bool> is_down = false;
  const LoopbackServer server([&](const HttpRequest& request) {
    SingleText single;
    single.cert_id = ReadAsked(request)->cert_id;
    ResponseText text;
    text.responses = {single.Der()};
    HttpReply reply = ReplyWith(OcspWorld().ByCa(text));
    if (is_down) reply.status = 503;
    return reply;
  });
  std::atomic<int64_t> now = ToUnix(kWorldTime);
  OcspClientOptions options = LoopbackOptions();
  options.now = [&] { return FromUnix(now); };
  Asker asker(options, {server.Url()});
  OcspAnswer answer;
  answer.status = OcspStatus::kGood;
  answer.this_update = *ParseTime("2026-01-09");
  answer.until = kWorldTime + hours(1);
  asker.cache.Put(asker.Key(), answer, kWorldTime);
  is_down = true;
  now = ToUnix(kWorldTime + hours(2));  // past its end
  EXPECT_EQ(asker.client->RefreshDue(10), 1u);
  asker.PollAll();
  EXPECT_EQ(asker.client->RefreshDue(10), 0u) << "it failed just now";
  is_down = false;
  now = ToUnix(kWorldTime + hours(3));
  EXPECT_EQ(asker.client->RefreshDue(10), 1u);
  asker.PollAll();
  EXPECT_EQ(asker.Lookup("0123", FromUnix(now)).status, Status::kActive);
}

// With a thisUpdate before, at and after that of the one that does not know.
TEST(OcspClient, good_and_revoked_of_whichever_responder_knows) {
  const char* from = "";
  Octets status;
  const LoopbackServer aware([&](const HttpRequest& request) {
    SingleText single;
    single.cert_id = ReadAsked(request)->cert_id;
    single.this_update = GeneralizedTime(from);
    single.status = status;
    ResponseText text;
    text.responses = {single.Der()};
    return ReplyWith(OcspWorld().ByCa(text));
  });
  const LoopbackServer unaware([](const HttpRequest& request) {
    return ReplyWith(OcspWorld().ByCa(TextFor(request, Unknown())));
  });
  for (const char* time :
       {"20260109000000Z", "20260110000000Z", "20260111000000Z"}) {
    from = time;
    status = Good();
    Asker asker(LoopbackOptions(), {unaware.Url(), aware.Url()});
    EXPECT_EQ(asker.Ask().answer->status, OcspStatus::kGood);
    EXPECT_EQ(asker.Lookup().status, Status::kActive);
    // What is held does not keep the other from being asked again.
    from = "20260112000000Z";
    status = Revoked();
    EXPECT_EQ(asker.Ask(OcspCacheUse::kBypassed).answer->status,
              OcspStatus::kRevoked);
    EXPECT_EQ(asker.Lookup().status, Status::kRevoked);
  }
}

TEST(OcspClient, revoked_stays_when_an_older_good_is_replayed) {
  bool is_replaying = false;
  const LoopbackServer server([&](const HttpRequest& request) {
    SingleText single;
    single.cert_id = ReadAsked(request)->cert_id;
    single.status = is_replaying ? Good() : Revoked();
    single.this_update =
        GeneralizedTime(is_replaying ? "20260110000000Z" : "20260112000000Z");
    ResponseText text;
    text.produced_at = single.this_update;
    text.responses = {single.Der()};
    return ReplyWith(OcspWorld().ByCa(text));
  });
  Asker asker(LoopbackOptions(), {server.Url()});
  EXPECT_EQ(asker.Ask().answer->status, OcspStatus::kRevoked);
  is_replaying = true;
  EXPECT_EQ(asker.Ask(OcspCacheUse::kBypassed).answer->status,
            OcspStatus::kRevoked);
  EXPECT_EQ(asker.Lookup().status, Status::kRevoked);
}

}  // namespace
}  // namespace revstat::test
