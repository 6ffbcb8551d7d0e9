// Fetcher against servers that misbehave, and addresses that are not allowed.
#include <sys/resource.h>

#include <string>
#include <thread>

#include "tests/refresh/fetching.h"
#include "tests/support/loopback_server.h"

namespace revstat::test {
namespace {

using std::chrono::milliseconds;

class FaultsTest : public testing::Test {
 protected:
  FaultsTest() { server_.folder().Write("a", SampleBody()); }

  FetchRequest Quick(const std::string& path) const {
    FetchRequest request = RequestOf(server_.Url(path));
    request.limits.low_speed_time = milliseconds(100);
    request.limits.low_speed_bytes = 1000;
    return request;
  }
  std::string CodeFor(const std::string& path) {
    const FetchResult result = Fetch(Quick(path));
    EXPECT_TRUE(result.body.empty()) << path;
    return std::string(CodeOf(result));
  }

  const FaultServer server_;
};

TEST_F(FaultsTest, invalid_CutAtEveryTenth) {
  for (int tenth = 0; tenth < 10; ++tenth) {
    EXPECT_EQ(CodeFor("/cut/" + std::to_string(tenth) + "/a"),
              "transfer_broken")
        << tenth;
  }
}

TEST_F(FaultsTest, invalid_Framing) {
  EXPECT_EQ(CodeFor("/long/a"), "transfer_broken");
  EXPECT_EQ(CodeFor("/chunkgarbage/a"), "transfer_broken");
  EXPECT_EQ(CodeFor("/reset/a"), "transfer_broken");
  EXPECT_EQ(CodeFor("/badgzip/a"), "bad_content_encoding");
  EXPECT_EQ(CodeFor("/http09"), "not_http");
  EXPECT_EQ(CodeFor("/garbage"), "not_http");
  EXPECT_EQ(CodeFor("/endlessheaders"), "headers_too_large");
}

// libcurl would undo them all, and one over the other.
TEST_F(FaultsTest, invalid_EncodingsOtherThanOneGzip) {
  for (const char* header :
       {"Content-Encoding/zstd", "Content-Encoding/br",
        "content-encoding/deflate", "Content-Encoding/gzip,gzip",
        "Content-Encoding/gzip%7Cgzip", "Transfer-Encoding/gzip",
        "Transfer-Encoding/gzip,chunked"}) {
    EXPECT_EQ(CodeFor("/encoding/" + std::string(header) + "/a"),
              "bad_content_encoding")
        << header;
  }
  const auto plain = Fetch(Quick("/encoding/Content-Encoding/GZip/a"));
  EXPECT_EQ(BodyOf(plain), SampleBody()) << plain.status;
}

// All that a buffer unpacks to comes in one turn of libcurl's.
TEST_F(FaultsTest, invalid_BombAfterItsDeadline) {
  FetchRequest request = RequestOf(server_.Url("/bomb/64"));
  request.limits.max_bytes = 1 << 30;
  request.limits.total_time = milliseconds(500);
  uint64_t pieces = 0;
  request.sink = [&](Bytes) {
    ++pieces;
    const auto end = std::chrono::steady_clock::now() + milliseconds(500);
    while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return absl::OkStatus();
  };
  EXPECT_EQ(CodeOf(Fetch(request)), "timed_out");
  EXPECT_LE(pieces, 1u);
}

// What no transport can see: the DER reader refuses it.
TEST_F(FaultsTest, good_ShortContentLengthCutsTheBody) {
  EXPECT_EQ(BodyOf(Fetch(Quick("/short/a"))),
            SampleBody().substr(0, SampleBody().size() - 10));
}

TEST_F(FaultsTest, invalid_SlowServers) {
  EXPECT_EQ(CodeFor("/trickle/a"), "too_slow");
  EXPECT_EQ(CodeFor("/hang/a"), "too_slow");
  EXPECT_EQ(CodeFor("/hangbody/a"), "too_slow");
  FetchRequest request = RequestOf(server_.Url("/hang/a"));
  request.limits.total_time = milliseconds(100);
  EXPECT_EQ(CodeOf(Fetch(request)), "timed_out");
}

TEST_F(FaultsTest, invalid_Statuses) {
  for (const int status : {404, 410, 429, 500, 502, 503, 206, 204}) {
    const FetchResult result =
        Fetch(Quick("/status/" + std::to_string(status) + "/7"));
    EXPECT_EQ(CodeOf(result), "http_status");
    EXPECT_EQ(result.http_status, status);
    EXPECT_EQ(result.retry_after, std::chrono::seconds(7));
  }
}

TEST_F(FaultsTest, invalid_NotModifiedThatIsNotOurs) {
  EXPECT_EQ(CodeFor("/notmodified"), "unexpected_not_modified");
  FetchRequest request = Quick("/othertag/a");
  request.etag = "\"ours\"";
  EXPECT_EQ(CodeOf(Fetch(request)), "unexpected_not_modified");
  request.url = server_.Url("/notmodified");
  EXPECT_EQ(Fetch(request).outcome, FetchOutcome::kNotModified);
}

// Who remembers a validator asks with it the next time.
TEST_F(FaultsTest, good_NoValidatorThatCannotBeSent) {
  const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (const char* control : {"\x01", "\t", "\x7f"}) {
    const LoopbackServer server([&](const HttpRequest&) {
      HttpReply reply;
      reply.body = "body";
      std::string damaged = date;
      damaged.replace(1, 1, control);
      reply.headers = {std::string("ETag: \"a") + control + "b\"",
                       "Last-Modified: " + damaged};
      return reply;
    });
    FetchRequest request = RequestOf(server.Url());
    const FetchResult first = Fetch(request);
    EXPECT_EQ(first.outcome, FetchOutcome::kFetched) << first.status;
    EXPECT_EQ(first.etag, "");
    EXPECT_EQ(first.last_modified, "");
    request.etag = first.etag;
    request.last_modified = first.last_modified;
    EXPECT_EQ(Fetch(request).outcome, FetchOutcome::kFetched);
  }
}

TEST_F(FaultsTest, invalid_Redirects) {
  EXPECT_EQ(CodeFor("/loop"), "too_many_redirects");
  EXPECT_EQ(CodeFor("/redirect/302/file:%2F%2F%2Fetc%2Fpasswd"),
            "redirect_not_allowed");
  EXPECT_EQ(CodeFor("/redirect/302/ftp:%2F%2F127.0.0.1%2Fa"),
            "redirect_not_allowed");
  EXPECT_EQ(CodeFor("/redirect/302/http:%2F%2F%2F"), "bad_url");
  FetchRequest post = Quick("/redirect/302/self%2Fok%2Fa");
  post.method = HttpMethod::kPost;
  EXPECT_EQ(CodeOf(Fetch(post)), "redirect_not_allowed");
  post.url = server_.Url("/redirect/307/self%2Fok%2Fa");
  EXPECT_EQ(Fetch(post).outcome, FetchOutcome::kFetched);
}

TEST_F(FaultsTest, invalid_FileRedirectWhereFilesAreAllowed) {
  FetchRequest request = Quick("/redirect/302/file:%2F%2F%2Fetc%2Fpasswd");
  request.files = FilePolicy::kAllow;
  EXPECT_EQ(CodeOf(Fetch(request)), "redirect_not_allowed");
}

// Neither 5 GB nor what a megabyte unpacks to is ever held or waited for.
TEST_F(FaultsTest, invalid_BombsEndAtTheLimit) {
  rusage before = {}, after = {};
  getrusage(RUSAGE_SELF, &before);
  for (const char* path : {"/bomb/4096", "/big/5000000000"}) {
    FetchRequest request = RequestOf(server_.Url(path));
    uint64_t taken = 0;
    request.sink = [&](Bytes piece) {
      taken += piece.size();
      return absl::OkStatus();
    };
    request.limits.max_bytes = 20'000'000;
    const FetchResult result = Fetch(request);
    EXPECT_EQ(CodeOf(result), "too_large") << path;
    EXPECT_LE(taken, 20'000'000u);
  }
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 16 << 10) << "KiB";
}

TEST_F(FaultsTest, invalid_ContentLengthAboveTheLimit) {
  FetchRequest request = Quick("/ok/a");
  request.limits.max_bytes = 99'999;
  EXPECT_EQ(CodeOf(Fetch(request)), "too_large");
  request.limits.max_bytes = 100'000;
  EXPECT_EQ(Fetch(request).outcome, FetchOutcome::kFetched);
}

TEST_F(FaultsTest, invalid_LoopbackUnlessAllowed) {
  FetchRequest request = Quick("/ok/a");
  request.addresses = AddressPolicy::kPublicOnly;
  EXPECT_EQ(CodeOf(Fetch(request)), "address_not_allowed");
  // By a name: seen only where the connection is made.
  const std::string port =
      request.url.substr(0, request.url.rfind("/ok")).substr(16);
  request.url = "http://localhost" + port + "/ok/a";
  const FetchResult result = Fetch(request);
  EXPECT_EQ(CodeOf(result), "address_not_allowed") << result.status;
  for (const char* host :
       {"[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1",
        "127.1", "10.0.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]"}) {
    request.url = "http://" + std::string(host) + port + "/ok/a";
    EXPECT_EQ(CodeOf(Fetch(request)), "address_not_allowed") << host;
  }
  EXPECT_EQ(BodyOf(Fetch(RequestOf(server_.Url("/hits/ok/a")))), "0");
}

TEST_F(FaultsTest, invalid_LoopbackOverAConnectionThatAnotherMade) {
  const auto fetcher = NewFetcher();
  const std::string url =
      "http://localhost" + server_.Url("").substr(16) + "/ok/a";
  EXPECT_EQ(Fetch(*fetcher, RequestOf(url)).outcome, FetchOutcome::kFetched);
  FetchRequest request = RequestOf(url);
  request.addresses = AddressPolicy::kPublicOnly;
  EXPECT_EQ(CodeOf(Fetch(*fetcher, request)), "address_not_allowed");
  EXPECT_EQ(BodyOf(Fetch(RequestOf(server_.Url("/hits/ok/a")))), "1");
}

TEST_F(FaultsTest, invalid_NoServer) {
  EXPECT_EQ(CodeOf(Fetch(RequestOf("http://127.0.0.1:1/"))), "connect_failed");
  EXPECT_EQ(CodeOf(Fetch(RequestOf("http://no-such-host.invalid/"))),
            "host_not_found");
}

TEST_F(FaultsTest, good_DestroyedWhileServersHang) {
  const auto start = std::chrono::steady_clock::now();
  {
    const auto fetcher = NewFetcher();
    for (const char* path : {"/hang/a", "/hangbody/a", "/trickle/a"})
      fetcher->Submit(RequestOf(server_.Url(path)), nullptr);
    fetcher->Submit(RequestOf("http://no-such-host.invalid/"), nullptr);
    fetcher->Poll(milliseconds(0));
    fetcher->Poll(milliseconds(0));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1000));
}

}  // namespace
}  // namespace revstat::test
