#include <atomic>

#include "engine/refresh/ocsp_http_request.h"
#include "engine/x509/authority_info_access.h"
#include "tests/refresh/ocsp_asking.h"

namespace revstat::test {
namespace {

using std::chrono::seconds;

TEST(OcspRequestUrl, good_encoding) {
  EXPECT_EQ(OcspGetUrl("http://r/ocsp", BytesOf("abc")), "http://r/ocsp/YWJj");
  EXPECT_EQ(OcspGetUrl("http://r/", BytesOf("ab")), "http://r/YWI%3D");
  EXPECT_EQ(OcspGetUrl("http://r", BytesOf("a")), "http://r/YQ%3D%3D");
  EXPECT_EQ(OcspGetUrl("http://r", Hex("fbff bf")), "http://r/%2B%2F%2B%2F");
  EXPECT_TRUE(IsOcspResponseType("application/ocsp-response"));
  EXPECT_TRUE(IsOcspResponseType("Application/OCSP-Response; charset=x"));
  EXPECT_FALSE(IsOcspResponseType("application/ocsp-request"));
  EXPECT_FALSE(IsOcspResponseType(""));
  EXPECT_EQ(OriginOf("HTTP://Host:80/Path?x"), "http://host:80");
  EXPECT_EQ(OriginOf("http://host"), "http://host");
  EXPECT_EQ(OriginOf("nonsense"), "nonsense");
}

Octets AccessOf(std::string_view method, const Octets& location) {
  return Seq({Oid(method), location});
}
std::vector<std::string_view> UrlsIn(const Octets& value) {
  static Octets der;  // borrowed by the result
  CertificateText text;
  text.extensions = {MakeExtension("1.3.6.1.5.5.7.1.1", value)};
  der = text.Der();
  return OcspUrlsOf(*CertificateView::Parse(der));
}

TEST(AuthorityInfoAccess, good_urls_of_responders_alone) {
  const auto url = [](std::string_view text) {
    return Text(der::ContextPrimitive(6), text);
  };
  const char* kOcsp = "1.3.6.1.5.5.7.48.1";
  const Octets two = Seq(
      {AccessOf("1.3.6.1.5.5.7.48.2", url("http://ca/")),
       AccessOf(kOcsp, url("http://a/")),
       AccessOf(kOcsp, Text(der::ContextPrimitive(2), "dns")),
       AccessOf(kOcsp, url("http://b/ c")), AccessOf(kOcsp, url("http://d/"))});
  EXPECT_EQ(UrlsIn(two),
            (std::vector<std::string_view>{"http://a/", "http://d/"}));
  EXPECT_EQ(UrlsIn(Seq({Seq({Oid(kOcsp)})})).size(), 0u);  // malformed
  EXPECT_EQ(UrlsIn(Octets{1, 2, 3}).size(), 0u);
  EXPECT_EQ(
      UrlsIn(Seq(std::vector<Octets>(50, AccessOf(kOcsp, url("http://a/")))))
          .size(),
      kMaxOcspUrls);
  const Octets plain = CertificateText().Der();
  EXPECT_TRUE(OcspUrlsOf(*CertificateView::Parse(plain)).empty());
}

// What was asked for last.
struct Seen {
  HttpRequest request;
  Octets nonce;
};

TEST(OcspClient, good_get_post_and_nonce) {
  struct Case {
    OcspMethod method;
    OcspNonceUse nonce;
    size_t octets;
    CertIdHash hash;
    const char* expected_method;
  };
  for (const Case& c :
       std::initializer_list<Case>{{OcspMethod::kAuto, OcspNonceUse::kOff, 32,
                                    CertIdHash::kSha1, "GET"},
                                   {OcspMethod::kAuto, OcspNonceUse::kOn, 32,
                                    CertIdHash::kSha1, "POST"},
                                   {OcspMethod::kGet, OcspNonceUse::kRequired,
                                    1, CertIdHash::kSha1, "GET"},
                                   {OcspMethod::kPost, OcspNonceUse::kRequired,
                                    128, CertIdHash::kSha256, "POST"},
                                   {OcspMethod::kAuto, OcspNonceUse::kOff, 32,
                                    CertIdHash::kSha512, "POST"}}) {
    Seen seen;
    const LoopbackServer server([&](const HttpRequest& request) {
      seen = {request, ReadAsked(request)->nonce};
      return ReplyGood(request);
    });
    OcspClientOptions options = LoopbackOptions();
    options.method = c.method;
    options.nonce = c.nonce;
    options.nonce_octets = c.octets;
    options.cert_id_hash = c.hash;
    Asker asker(options, {server.Url()});
    const OcspResult result = asker.Ask();
    ASSERT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.answer->status, OcspStatus::kGood);
    EXPECT_EQ(result.url, server.Url());
    EXPECT_EQ(result.requests, 1u);
    EXPECT_EQ(seen.request.method, c.expected_method);
    EXPECT_EQ(seen.nonce.size(), c.nonce == OcspNonceUse::kOff ? 0 : c.octets);
    if (seen.request.method == "POST") {
      EXPECT_EQ(seen.request.content_type, "application/ocsp-request");
    } else if (c.method == OcspMethod::kAuto) {
      EXPECT_LE(seen.request.path.size(), kMaxOcspGetUrl);
    }
  }
  OcspCache cache;
  OcspClientOptions options = LoopbackOptions();
  options.nonce = OcspNonceUse::kOn;
  for (const size_t octets : {0u, 129u}) {
    options.nonce_octets = octets;
    EXPECT_EQ(NameOf(ErrorCodeOf(OcspClient::Create(options, &cache).status())),
              "bad_nonce");
  }
}

// RFC 9919 6.2: a cache on the way that has kept a response for too long is
// bypassed; and asked as ever where it has not.
TEST(OcspClient, good_past_a_cache_that_sends_what_is_stale) {
  std::vector<std::string> seen;
  const LoopbackServer server([&](const HttpRequest& request) {
    const bool is_fresh = request.cache_control == "no-cache";
    seen.push_back(request.cache_control);
    SingleText single;
    single.cert_id = ReadAsked(request)->cert_id;
    if (!is_fresh) {
      single.this_update = GeneralizedTime("20260101000000Z");
      single.next_update = GeneralizedTime("20260105000000Z");
    }
    ResponseText text;
    text.responses = {single.Der()};
    return ReplyWith(OcspWorld().ByCa(text));
  });
  Asker asker(LoopbackOptions(), {server.Url()});
  const OcspResult result = asker.Ask();
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.requests, 2u);
  EXPECT_EQ(seen, (std::vector<std::string>{"", "no-cache"}));
  // A POST is not answered by caches.
  OcspClientOptions options = LoopbackOptions();
  options.method = OcspMethod::kPost;
  Asker post(options, {server.Url()});
  EXPECT_EQ(CodeOf(post.Ask()), "ocsp_stale");
  EXPECT_EQ(seen.size(), 3u);
}

TEST(OcspClient, good_asked_once_for_all_who_want_it) {
  const LoopbackServer server(ReplyGood);
  Asker asker(LoopbackOptions(), {server.Url()});
  int answers = 0;
  for (int i = 0; i < 5; ++i) {
    asker.client->Ask(asker.Key(), {}, OcspCacheUse::kFirst,
                      [&](const OcspResult& result) {
                        answers += result.status.ok() ? 1 : 0;
                      });
  }
  asker.PollAll();
  EXPECT_EQ(answers, 5);
  EXPECT_EQ(server.requests(), 1u);
}

TEST(OcspClient, good_after_a_failure_that_passes) {
  int requests = 0;
  const LoopbackServer server([&](const HttpRequest& request) {
    if (++requests % 2 == 0) return ReplyGood(request);
    HttpReply busy;
    busy.status = 503;
    busy.headers = {"Retry-After: 0"};
    return busy;
  });
  OcspClientOptions options = LoopbackOptions();
  options.max_rounds = 2;
  Asker asker(options, {server.Url()});
  const OcspResult result = asker.Ask();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.requests, 2u);
}

TEST(OcspClient, unknown_within_the_deadline_whatever_retry_after_says) {
  const LoopbackServer server([](const HttpRequest&) {
    HttpReply busy;
    busy.status = 503;
    busy.headers = {"Retry-After: 3600"};
    return busy;
  });
  OcspClientOptions options = LoopbackOptions();
  options.max_rounds = 5;
  Asker asker(options, {server.Url()});
  EXPECT_EQ(CodeOf(asker.Ask()), "http_status");
  EXPECT_EQ(server.requests(), 1u);
}

TEST(OcspClient, good_of_another_responder_where_one_does_not_know) {
  const LoopbackServer unaware([](const HttpRequest& request) {
    return ReplyWith(OcspWorld().ByCa(TextFor(request, Unknown())));
  });
  const LoopbackServer aware([](const HttpRequest& request) {
    ResponseText text = TextFor(request);
    SingleText single;
    single.cert_id = ReadAsked(request)->cert_id;
    single.this_update = GeneralizedTime("20260111000000Z");
    text.produced_at = single.this_update;
    text.responses = {single.Der()};
    return ReplyWith(OcspWorld().ByCa(text));
  });
  Asker both(LoopbackOptions(), {unaware.Url(), aware.Url()});
  EXPECT_EQ(both.Ask().answer->status, OcspStatus::kGood);
  EXPECT_EQ(both.Lookup().status, Status::kActive);
  Asker one(LoopbackOptions(), {unaware.Url()});
  const OcspResult result = one.Ask();
  ASSERT_TRUE(result.status.ok());
  EXPECT_EQ(result.answer->status, OcspStatus::kUnknown);
  EXPECT_EQ(result.cause, Cause::kResponderUnknown);
  EXPECT_EQ(one.Lookup().cause, Cause::kResponderUnknown);
}

TEST(OcspClient, unknown_and_unasked_at_addresses_that_are_not_allowed) {
  const LoopbackServer server(ReplyGood);
  OcspClientOptions options = LoopbackOptions();
  options.addresses = AddressPolicy::kPublicOnly;
  Asker configured(options, {server.Url()});
  EXPECT_EQ(CodeOf(configured.Ask()), "address_not_allowed");
  // A certificate's own URLs: not asked at all unless policy says so, and then
  // not at such addresses, even where configured ones may have them.
  options.addresses = AddressPolicy::kAny;
  Asker ignored(options, {});
  EXPECT_EQ(CodeOf(ignored.Ask(OcspCacheUse::kFirst, {server.Url()})),
            "bad_url");
  EXPECT_EQ(ignored.Lookup().cause, Cause::kNoSource);
  options.certificate_urls = CertificateUrls::kAsked;
  Asker refused(options, {});
  EXPECT_EQ(CodeOf(refused.Ask(OcspCacheUse::kFirst, {server.Url()})),
            "address_not_allowed");
  EXPECT_EQ(server.requests(), 0u);
  // Nor of a proxy, which connects to wherever it likes.
  OcspClientOptions by_proxy = options;
  by_proxy.proxy = server.Url();
  Asker proxied(by_proxy, {});
  EXPECT_EQ(CodeOf(proxied.Ask(OcspCacheUse::kFirst, {"http://intranet/"})),
            "address_not_allowed");
  EXPECT_EQ(server.requests(), 0u);
  options.certificate_addresses = AddressPolicy::kAny;
  Asker asked(options, {});
  EXPECT_TRUE(asked.Ask(OcspCacheUse::kFirst, {server.Url()}).status.ok());
  EXPECT_EQ(server.requests(), 1u);
}

TEST(OcspClient, good_without_next_update_for_a_set_time) {
  const LoopbackServer server([](const HttpRequest& request) {
    SingleText single;
    single.cert_id = ReadAsked(request)->cert_id;
    single.this_update = GeneralizedTime("20260114235900Z");
    single.next_update = {};
    ResponseText text;
    text.responses = {single.Der()};
    return ReplyWith(OcspWorld().ByCa(text));
  });
  OcspClientOptions options = LoopbackOptions();
  options.lifetime_without_next_update = seconds(300);
  Asker asker(options, {server.Url()});
  const OcspResult result = asker.Ask();
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.answer->end, OcspAnswer::End::kSetByCaller);
  EXPECT_EQ(asker.Lookup("0123", kWorldTime + seconds(240)).status,
            Status::kActive);
  EXPECT_EQ(asker.Lookup("0123", kWorldTime + seconds(241)).cause,
            Cause::kStale);
  options.lifetime_without_next_update = seconds(59);
  Asker strict(options, {server.Url()});
  EXPECT_EQ(CodeOf(strict.Ask()), "ocsp_too_old");
}

TEST(OcspClient, good_connections_bounded_and_used_again) {
  const LoopbackServer server(ReplyGood);
  OcspClientOptions options = LoopbackOptions();
  options.queue.max_per_host = 3;
  Asker asker(options, {server.Url()});
  size_t answers = 0;
  for (int i = 0; i < 200; ++i) {
    asker.client->Ask(asker.Key("1" + std::to_string(1000 + i)), {},
                      OcspCacheUse::kFirst, [&](const OcspResult& result) {
                        answers += result.status.ok() ? 1u : 0u;
                      });
  }
  asker.PollAll();
  EXPECT_EQ(answers, 200u);
  EXPECT_EQ(server.requests(), 200u);
  EXPECT_LE(server.most_connections(), 3u);
}

TEST(OcspQueue, good_turns_limits_and_pauses) {
  const auto start = OcspQueue::Clock::now();
  OcspQueue queue({.max_active = 3,
                   .max_per_host = 2,
                   .failures_to_stop = 2,
                   .stop_time = seconds(10)});
  for (OcspQueue::Job job = 0; job < 4; ++job) queue.Add("a", job);
  queue.Add("b", 10);
  std::vector<OcspQueue::Job> started;
  while (const auto turn = queue.Next(start)) started.push_back(turn->job);
  EXPECT_EQ(started, (std::vector<OcspQueue::Job>{0, 10, 1}));
  const absl::Status failure = MakeError(ErrorCode::kTimedOut, "");
  queue.Done("a", failure, start);
  queue.Done("a", failure, start);
  const auto stopped = queue.Next(start + seconds(9));
  ASSERT_TRUE(stopped.has_value());
  EXPECT_EQ(stopped->stopped, failure);
  const auto tried = queue.Next(start + seconds(10));
  ASSERT_TRUE(tried.has_value());
  EXPECT_TRUE(tried->stopped.ok());
  EXPECT_EQ(queue.active(), 2u);
  queue.Done("a", absl::OkStatus(), start);
  queue.Done("b", absl::OkStatus(), start);
  EXPECT_EQ(queue.active(), 0u);
  EXPECT_FALSE(queue.Next(start).has_value());
}

// Names that strangers' certificates have, and that nobody can resolve.
TEST(OcspQueue, bounded_memory_of_hosts_that_fail) {
  const auto start = OcspQueue::Clock::now();
  OcspQueue queue({});
  for (OcspQueue::Job job = 0; job < 20'000; ++job) {
    const std::string origin = std::to_string(job);
    queue.Add(origin, job);
    ASSERT_TRUE(queue.Next(start).has_value());
    queue.Done(origin, MakeError(ErrorCode::kHostNotFound, ""), start);
  }
  EXPECT_LT(queue.hosts(), 2000u);
}

}  // namespace
}  // namespace revstat::test
