// Fetcher against servers and files that behave.
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/refresh/fetching.h"

namespace revstat::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class FetcherTest : public testing::Test {
 protected:
  FetcherTest() { Age(server_.folder().Write("a", body_)); }

  // As if the file had been there for so long.
  static void Age(const std::string& path,
                  std::chrono::hours by = std::chrono::hours(1)) {
    std::filesystem::last_write_time(
        path, std::filesystem::last_write_time(path) - by);
  }

  uint64_t Hits(const std::string& path) {
    return std::stoull(BodyOf(Fetch(RequestOf(server_.Url("/hits" + path)))));
  }

  const FaultServer server_;
  const std::string body_ = SampleBody();
};

TEST_F(FetcherTest, good_Get) {
  const FetchResult result = Fetch(RequestOf(server_.Url("/ok/a")));
  ASSERT_EQ(result.outcome, FetchOutcome::kFetched) << result.status;
  EXPECT_EQ(BodyOf(result), body_);
  EXPECT_EQ(result.bytes, body_.size());
  EXPECT_EQ(result.http_status, 200);
  EXPECT_EQ(result.address, "127.0.0.1");
  EXPECT_EQ(result.final_url, server_.Url("/ok/a"));
  EXPECT_EQ(result.etag.size(), 18u);
  EXPECT_FALSE(result.last_modified.empty());
  EXPECT_EQ(result.fresh_for, std::nullopt);
}

TEST_F(FetcherTest, good_SinkGetsTheBodyInPieces) {
  FetchRequest request = RequestOf(server_.Url("/ok/a"));
  std::string taken;
  request.sink = [&](Bytes piece) {
    taken += TextOf(piece);
    return absl::OkStatus();
  };
  const FetchResult result = Fetch(std::move(request));
  EXPECT_EQ(result.outcome, FetchOutcome::kFetched) << result.status;
  EXPECT_EQ(taken, body_);
  EXPECT_TRUE(result.body.empty());
}

TEST_F(FetcherTest, invalid_SinkRefuses) {
  FetchRequest request = RequestOf(server_.Url("/ok/a"));
  request.sink = [](Bytes) { return MakeError(ErrorCode::kTooMany, "full"); };
  EXPECT_EQ(CodeOf(Fetch(std::move(request))), "too_many");
}

TEST_F(FetcherTest, good_CompressedAndChunked) {
  for (const char* path : {"/gzip/a", "/chunked/a"}) {
    const FetchResult result = Fetch(RequestOf(server_.Url(path)));
    EXPECT_EQ(result.outcome, FetchOutcome::kFetched) << result.status;
    EXPECT_EQ(BodyOf(result), body_) << path;
  }
}

TEST_F(FetcherTest, good_PostCarriesBodyTypeAndHeaders) {
  FetchRequest request = RequestOf(server_.Url("/echo"));
  request.method = HttpMethod::kPost;
  request.body = "question";
  request.content_type = "application/ocsp-request";
  request.headers = {"X-Test: here"};
  EXPECT_EQ(BodyOf(Fetch(std::move(request))),
            "POST\napplication/ocsp-request\nhere\nquestion");
}

TEST_F(FetcherTest, good_NotModifiedByEtagOrDate) {
  const FetchResult first = Fetch(RequestOf(server_.Url("/ok/a")));
  FetchRequest by_tag = RequestOf(server_.Url("/ok/a"));
  by_tag.etag = first.etag;
  FetchRequest by_date = RequestOf(server_.Url("/ok/a"));
  by_date.last_modified = first.last_modified;
  for (const FetchRequest& request : {by_tag, by_date}) {
    const FetchResult result = Fetch(request);
    EXPECT_EQ(result.outcome, FetchOutcome::kNotModified) << result.status;
    EXPECT_EQ(result.http_status, 304);
    EXPECT_EQ(result.bytes, 0u);
  }
  by_tag.etag = "\"old\"";
  EXPECT_EQ(Fetch(by_tag).outcome, FetchOutcome::kFetched);
}

// A copy that is fetched in the second in which it was written: another may be
// written in the same second, and have the same date (RFC 9110 8.8.2.2).
TEST_F(FetcherTest, good_NoDateOfAFileThatIsStillWarm) {
  // As if just written, however long the answer takes.
  Age(server_.folder().Write("warm", body_), -std::chrono::hours(1));
  const FetchResult warm = Fetch(RequestOf(server_.Url("/dateonly/warm")));
  EXPECT_EQ(warm.outcome, FetchOutcome::kFetched);
  EXPECT_EQ(warm.last_modified, "");
  FetchRequest request = RequestOf(server_.Url("/dateonly/a"));
  request.last_modified = Fetch(request).last_modified;
  EXPECT_NE(request.last_modified, "");
  EXPECT_EQ(Fetch(request).outcome, FetchOutcome::kNotModified);
}

TEST_F(FetcherTest, good_CacheHeadersAndRetryAfter) {
  EXPECT_EQ(Fetch(RequestOf(server_.Url("/fresh/77/a"))).fresh_for,
            seconds(77));
  const FetchResult busy = Fetch(RequestOf(server_.Url("/status/503/30")));
  EXPECT_EQ(CodeOf(busy), "http_status");
  EXPECT_EQ(busy.http_status, 503);
  EXPECT_EQ(busy.retry_after, seconds(30));
}

TEST_F(FetcherTest, good_RedirectWithALongBody) {
  const FetchResult result =
      Fetch(RequestOf(server_.Url("/longredirect/302/self%2Fok%2Fa")));
  EXPECT_EQ(result.outcome, FetchOutcome::kFetched) << result.status;
  EXPECT_EQ(BodyOf(result), body_);
}

TEST_F(FetcherTest, good_RedirectIsFollowed) {
  for (const char* code : {"301", "302", "303", "307", "308"}) {
    const FetchResult result = Fetch(RequestOf(
        server_.Url(std::string("/redirect/") + code + "/self%2Fok%2Fa")));
    EXPECT_EQ(result.outcome, FetchOutcome::kFetched) << result.status;
    EXPECT_EQ(BodyOf(result), body_);
    EXPECT_EQ(result.redirects, 1u);
    EXPECT_EQ(result.final_url, server_.Url("/ok/a"));
  }
}

TEST_F(FetcherTest, good_RedirectElsewhereGoesWithoutOurHeaders) {
  const FaultServer other;
  FetchRequest request = RequestOf(server_.Url("/redirect/302/self%2Fecho"));
  request.headers = {"X-Test: secret"};
  EXPECT_EQ(BodyOf(Fetch(request)), "GET\n\nsecret\n");
  std::string elsewhere = other.Url("/echo");
  request.url = server_.Url("/redirect/302/" + elsewhere);
  const FetchResult result = Fetch(request);
  EXPECT_EQ(BodyOf(result), "GET\n\n\n") << result.status;
}

TEST_F(FetcherTest, good_ManyAtOnceOneConnectionAHostIsEnough) {
  const auto fetcher = NewFetcher({.max_active = 8, .max_per_host = 1});
  size_t fetched = 0;
  for (int i = 0; i < 50; ++i) {
    fetcher->Submit(RequestOf(server_.Url("/ok/a")), [&](FetchResult result) {
      fetched += result.outcome == FetchOutcome::kFetched;
    });
  }
  EXPECT_EQ(fetcher->pending(), 50u);
  PollAll(*fetcher);
  EXPECT_EQ(fetched, 50u);
  EXPECT_EQ(Hits("/ok/a"), 50u);
}

TEST_F(FetcherTest, good_SlowHostDelaysNoOther) {
  const FaultServer other;
  other.folder().Write("b", "b");
  const auto fetcher = NewFetcher({.max_active = 4, .max_per_host = 2});
  for (int i = 0; i < 10; ++i)
    fetcher->Submit(RequestOf(server_.Url("/hang/a")), nullptr);
  bool is_fetched = false;
  fetcher->Submit(RequestOf(other.Url("/ok/b")), [&](FetchResult result) {
    is_fetched = result.outcome == FetchOutcome::kFetched;
  });
  while (!is_fetched) fetcher->Poll(milliseconds(1000));
  EXPECT_EQ(fetcher->pending(), 10u);
}

TEST_F(FetcherTest, good_CancelledFetchesAreNotHeardOfAgain) {
  const auto fetcher = NewFetcher({.max_active = 1});
  int calls = 0;
  const auto count = [&](FetchResult) { ++calls; };
  const FetchId active =
      fetcher->Submit(RequestOf(server_.Url("/hang/a")), count);
  const FetchId queued =
      fetcher->Submit(RequestOf(server_.Url("/ok/a")), count);
  const FetchId failed = fetcher->Submit(RequestOf("nonsense"), count);
  fetcher->Cancel(failed);
  fetcher->Poll(milliseconds(0));
  fetcher->Cancel(queued);
  fetcher->Cancel(active);
  EXPECT_EQ(fetcher->pending(), 0u);
  for (int i = 0; i < 5; ++i)
    fetcher->Submit(RequestOf(server_.Url("/hang/a")), count);
  fetcher->Poll(milliseconds(0));
  fetcher->CancelAll();
  EXPECT_EQ(fetcher->Poll(milliseconds(0)), 0u);
  EXPECT_EQ(calls, 0);
}

TEST_F(FetcherTest, good_CallbackMaySubmitAndCancel) {
  const auto fetcher = NewFetcher();
  int calls = 0;
  const FetchId other =
      fetcher->Submit(RequestOf(server_.Url("/hang/a")), nullptr);
  fetcher->Submit(RequestOf(server_.Url("/ok/a")), [&](FetchResult) {
    fetcher->Cancel(other);
    fetcher->Submit(RequestOf(server_.Url("/ok/a")),
                    [&](FetchResult) { ++calls; });
  });
  PollAll(*fetcher);
  EXPECT_EQ(calls, 1);
}

TEST_F(FetcherTest, good_WakeupEndsTheWait) {
  const auto fetcher = NewFetcher();
  fetcher->Submit(RequestOf(server_.Url("/hang/a")), nullptr);
  std::thread waker([&] { fetcher->Wakeup(); });
  const auto start = std::chrono::steady_clock::now();
  // Connecting makes Poll return, too; without the waker, not so often.
  fetcher->Poll(seconds(15));
  waker.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(10));
}

TEST_F(FetcherTest, good_FileInPiecesAndNotModified) {
  const std::string path = server_.folder().Write("c", body_ + body_);
  FetchRequest request = RequestOf("file://" + path);
  request.files = FilePolicy::kAllow;
  const FetchResult first = Fetch(request);
  ASSERT_EQ(first.outcome, FetchOutcome::kFetched) << first.status;
  EXPECT_EQ(BodyOf(first), body_ + body_);
  request.etag = first.etag;
  EXPECT_EQ(Fetch(request).outcome, FetchOutcome::kNotModified);
  server_.folder().Write("c", body_);
  EXPECT_EQ(BodyOf(Fetch(request)), body_);
}

TEST_F(FetcherTest, invalid_Files) {
  FetchRequest request = RequestOf("file://" + server_.folder().Write("c", ""));
  EXPECT_EQ(CodeOf(Fetch(request)), "scheme_not_allowed");
  request.files = FilePolicy::kAllow;
  EXPECT_EQ(Fetch(request).outcome, FetchOutcome::kFetched);
  request.limits.max_bytes = 10;
  server_.folder().Write("c", "12345678901");
  EXPECT_EQ(CodeOf(Fetch(request)), "too_large");
  for (const char* url : {"file:///nowhere/at/all", "file:///dev/zero",
                          "file:///tmp", "file:///proc/self/fd/0"}) {
    request.url = url;
    EXPECT_EQ(CodeOf(Fetch(request)), "input_unreadable") << url;
  }
}

TEST_F(FetcherTest, invalid_Requests) {
  const auto code_of = [](const char* url) {
    return CodeOf(Fetch(RequestOf(url)));
  };
  EXPECT_EQ(code_of(""), "bad_url");
  EXPECT_EQ(code_of("nonsense"), "bad_url");
  EXPECT_EQ(code_of("http://"), "bad_url");
  EXPECT_EQ(code_of("http://a\r\nb/"), "bad_url");
  EXPECT_EQ(code_of("ftp://127.0.0.1/a"), "scheme_not_allowed");
  EXPECT_EQ(code_of("ldap://127.0.0.1/a"), "scheme_not_allowed");
  FetchRequest request = RequestOf(server_.Url("/ok/a"));
  request.headers = {"X: a\r\nY: b"};
  EXPECT_EQ(CodeOf(Fetch(request)), "bad_text");
}

TEST_F(FetcherTest, good_TheEnvironmentsProxyIsNotUsed) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  const FetchResult result = Fetch(RequestOf(server_.Url("/ok/a")));
  unsetenv("http_proxy");
  EXPECT_EQ(result.outcome, FetchOutcome::kFetched) << result.status;
}

TEST(FetcherTls, good_WithTheRightCaOnly) {
  const TemporaryFolder folder;
  const std::string certificate = folder.path() + "/ca.pem";
  const std::string key = folder.path() + "/key.pem";
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      "-subj /CN=localhost -addext subjectAltName=DNS:localhost -days 3650 "
      "-keyout " +
      key + " -out " + certificate + " 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const FaultServer server({certificate, key});
  server.folder().Write("a", "tls");
  FetchRequest request = RequestOf(server.TlsUrl("/ok/a"));
  EXPECT_EQ(CodeOf(Fetch(request)), "tls_failed");
  request.ca_file = certificate;
  const FetchResult result = Fetch(request);
  EXPECT_EQ(BodyOf(result), "tls") << result.status;

  request.url = server.TlsUrl("/redirect/302/self%2Fok%2Fa");
  // The server's own "self" is TLS's port over http: refused before that.
  EXPECT_EQ(CodeOf(Fetch(request)), "redirect_not_allowed");
  request.url = server.TlsUrl("/redirect/302/") + server.Url("/ok/a");
  EXPECT_EQ(CodeOf(Fetch(request)), "redirect_not_allowed");
  request.downgrade = DowngradePolicy::kAllow;
  EXPECT_EQ(BodyOf(Fetch(request)), "tls");
}

}  // namespace
}  // namespace revstat::test
