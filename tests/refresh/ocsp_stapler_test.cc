#include "engine/refresh/ocsp_stapler.h"

#include <condition_variable>
#include <mutex>

#include "tests/refresh/ocsp_asking.h"
#include "tests/refresh/tls_handshake.h"
#include "tests/support/fault_server.h"

namespace revstat::test {
namespace {

// A responder whose answers' times and status code can be changed, and a
// stapler that asks it at a time that is set.
class Stapling {
 public:
  explicit Stapling(std::string file = "")
      : server_([this](const HttpRequest& request) { return Reply(request); }) {
    OcspStaplerOptions options;
    options.client = LoopbackOptions();
    options.client.now = [this] {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (std::exchange(has_clock_, true) == false) throw std::bad_alloc();
      ++looks_;
      changed_.notify_all();
      return FromUnix(now_);
    };
    options.file = std::move(file);
    options.notify = [this](size_t, const OcspResult& result) {
      const std::lock_guard<std::mutex> lock(mutex_);
      results_.push_back(CodeOf(result));
      changed_.notify_all();
      if (is_thrown_) throw std::runtime_error("notify");
    };
    auto created = OcspStapler::Create(std::move(options));
    EXPECT_TRUE(created.ok()) << created.status();
    stapler_ = *std::move(created);
    CertificateText text;
    text.public_key = key_.Spki();
    certificate_ = world_.ca.key.Signed(text, world_.ca.form);
    const auto id =
        stapler_->Add(BufferOf(certificate_), BufferOf(world_.CaCertificate()),
                      {server_.Url()});
    EXPECT_EQ(*id, 0u);
  }

  // Waits for the end of the n-th question and returns its error.
  std::string Result(size_t n) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return results_.size() >= n; });
    return results_[n - 1];
  }
  void SetTime(std::string_view text) {
    now_ = ToUnix(*ParseTime(text));
    stapler_->Wakeup();
  }
  // Waits until the stapler has done what is due now.
  void WaitForALook() {
    for (int i = 0; i < 3; ++i) {
      std::unique_lock<std::mutex> lock(mutex_);
      const uint64_t before = looks_;
      stapler_->Wakeup();
      changed_.wait(lock, [&] { return looks_ > before; });
    }
  }
  void SetTimes(const char* from, const char* until) {
    const std::lock_guard<std::mutex> lock(mutex_);
    from_ = from;
    until_ = until;
  }
  void SetStatus(const Octets& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    status_ = status;
  }
  void ThrowInNotify() { is_thrown_ = true; }
  // Once, when the next reply is looked at.
  void ThrowInClock() {
    const std::lock_guard<std::mutex> lock(mutex_);
    will_lose_clock_ = true;
  }
  void SetHttpStatus(int status) { http_status_ = status; }

  std::shared_ptr<const Buffer> Response() const {
    return stapler_->Response(0, FromUnix(now_));
  }
  Octets Handshake(TlsVersion version) const {
    return StapleOfHandshake(version, certificate_, key_,
                             [this] { return Response(); });
  }
  OcspStapler& stapler() { return *stapler_; }
  const LoopbackServer& server() const { return server_; }

 private:
  HttpReply Reply(const HttpRequest& request) {
    HttpReply reply;
    reply.status = http_status_;
    if (reply.status != 200) return reply;
    const std::lock_guard<std::mutex> lock(mutex_);
    has_clock_ = !std::exchange(will_lose_clock_, false);
    SingleText single;
    single.cert_id = ReadAsked(request)->cert_id;
    single.status = status_;
    single.this_update = GeneralizedTime(from_);
    single.next_update = GeneralizedTime(until_);
    ResponseText text;
    text.produced_at = single.this_update;
    text.responses = {single.Der()};
    return ReplyWith(world_.ByCa(text));
  }

  const OcspWorld world_;
  const TlsKey key_;
  Octets certificate_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> results_;
  uint64_t looks_ = 0;  // at the clock
  std::atomic<bool> is_thrown_ = false;
  bool will_lose_clock_ = false;
  bool has_clock_ = true;
  Octets status_ = Good();
  const char* from_ = "20260110000000Z";
  const char* until_ = "20260120000000Z";
  std::atomic<int> http_status_ = 200;
  std::atomic<int64_t> now_ = ToUnix(*ParseTime("2026-01-11T00:00:00Z"));
  LoopbackServer server_;
  std::unique_ptr<OcspStapler> stapler_;  // ends first
};

TEST(OcspStapler, good_in_a_handshake_verified_by_the_engine) {
  Stapling stapling;
  EXPECT_EQ(stapling.Response(), nullptr);
  EXPECT_TRUE(stapling.Handshake(TlsVersion::k13).empty());
  stapling.stapler().Start();
  EXPECT_EQ(stapling.Result(1), "ok");
  for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
    const Octets stapled = stapling.Handshake(version);
    const auto verified = Verify(stapled);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->status(), OcspStatus::kGood);
  }
}

TEST(OcspStapler, good_though_the_host_throws) {
  Stapling stapling;
  stapling.ThrowInNotify();
  stapling.stapler().Start();
  EXPECT_EQ(stapling.Result(1), "ok");
  EXPECT_NE(stapling.Response(), nullptr);
  stapling.SetTimes("20260115000000Z", "20260125000000Z");
  stapling.SetTime("2026-01-16T00:00:00Z");
  EXPECT_EQ(stapling.Result(2), "ok");
}

TEST(OcspStapler, good_asked_again_where_an_answer_was_lost) {
  Stapling stapling;
  stapling.ThrowInClock();
  stapling.stapler().Start();
  EXPECT_EQ(stapling.Result(1), "ok");
  EXPECT_NE(stapling.Response(), nullptr);
  EXPECT_EQ(stapling.server().requests(), 2u);
}

TEST(OcspStapler, good_old_response_until_its_end_and_none_after_it) {
  Stapling stapling;
  stapling.stapler().Start();
  EXPECT_EQ(stapling.Result(1), "ok");
  const auto first = stapling.Response();
  ASSERT_NE(first, nullptr);
  stapling.SetHttpStatus(503);
  stapling.SetTime("2026-01-15T00:00:00Z");  // the middle of its time
  EXPECT_EQ(stapling.Result(2), "http_status");
  EXPECT_EQ(stapling.Response(), first);
  stapling.SetTime("2026-01-20T00:00:00Z");
  EXPECT_EQ(stapling.Result(3), "http_status");
  EXPECT_EQ(stapling.Response(), first);
  stapling.SetTime("2026-01-20T00:02:01Z");
  EXPECT_EQ(stapling.Result(4), "http_status");
  EXPECT_EQ(stapling.Response(), nullptr);
  EXPECT_TRUE(stapling.Handshake(TlsVersion::k13).empty());
  stapling.SetTimes("20260120000000Z", "20260130000000Z");
  stapling.SetHttpStatus(200);
  stapling.SetTime("2026-01-20T01:00:00Z");
  EXPECT_EQ(stapling.Result(5), "ok");
  ASSERT_NE(stapling.Response(), nullptr);
  EXPECT_NE(stapling.Response(), first);
}

TEST(OcspStapler, good_while_the_responder_does_not_know_the_certificate) {
  Stapling stapling;
  stapling.stapler().Start();
  EXPECT_EQ(stapling.Result(1), "ok");
  const auto first = stapling.Response();
  ASSERT_NE(first, nullptr);
  stapling.SetStatus(Unknown());
  stapling.SetTimes("20260115000000Z", "20260125000000Z");
  stapling.SetTime("2026-01-15T00:00:00Z");
  EXPECT_EQ(stapling.Result(2), "ok");
  EXPECT_EQ(stapling.Response(), first);
  stapling.SetStatus(Good());
  stapling.SetTime("2026-01-15T01:00:00Z");
  EXPECT_EQ(stapling.Result(3), "ok");
  ASSERT_NE(stapling.Response(), nullptr);
  EXPECT_NE(stapling.Response(), first);
}

// A responder may go on sending one response until its end.
TEST(OcspStapler, good_asked_ever_more_rarely_while_nothing_new_comes) {
  Stapling stapling;
  stapling.stapler().Start();
  EXPECT_EQ(stapling.Result(1), "ok");
  const Time middle = *ParseTime("2026-01-15T00:00:00Z");
  for (int i = 0; i <= 40; ++i) {  // twenty minutes
    stapling.SetTime(FormatTime(middle + std::chrono::seconds(30 * i)));
    stapling.WaitForALook();
    if (i == 0) {
      EXPECT_EQ(stapling.Result(2), "ok");
    }
  }
  // At 0, 30, 90, 210, 450, 930 seconds, or later.
  EXPECT_GE(stapling.server().requests(), 3u);
  EXPECT_LE(stapling.server().requests(), 8u);
  EXPECT_NE(stapling.Response(), nullptr);
}

TEST(OcspStapler, good_after_a_restart_without_asking) {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/staples";
  Octets bytes;
  {
    Stapling first(file);
    first.stapler().Start();
    EXPECT_EQ(first.Result(1), "ok");
    const Bytes response = first.Response()->bytes();
    bytes.assign(response.begin(), response.end());
  }
  Stapling second(file);
  second.SetHttpStatus(503);
  second.stapler().Start();
  ASSERT_NE(second.Response(), nullptr);
  EXPECT_TRUE(Equal(second.Response()->bytes(), bytes));
  EXPECT_EQ(second.server().requests(), 0u);
}

TEST(OcspStapler, invalid_options) {
  OcspStaplerOptions options;
  options.client = LoopbackOptions();
  options.client.nonce = OcspNonceUse::kOn;
  options.client.nonce_octets = 0;
  EXPECT_EQ(NameOf(ErrorCodeOf(OcspStapler::Create(options).status())),
            "bad_nonce");
  options.client = LoopbackOptions();
  options.client.trusted_responders = {BufferOf({1, 2})};
  EXPECT_FALSE(OcspStapler::Create(options).ok());
}

TEST(OcspStapler, invalid_certificates) {
  const auto stapler = *OcspStapler::Create({.client = LoopbackOptions()});
  const OcspWorld world;
  const auto ca = BufferOf(world.CaCertificate());
  CertificateText other;
  other.issuer = CommonName("Another CA");
  EXPECT_EQ(
      NameOf(ErrorCodeOf(stapler->Add(BufferOf(other.Der()), ca, {}).status())),
      "wrong_issuer");
  EXPECT_FALSE(stapler->Add(BufferOf({1, 2}), ca, {}).ok());
  EXPECT_FALSE(
      stapler->Add(BufferOf(CertificateText().Der()), BufferOf({1}), {}).ok());
}

}  // namespace
}  // namespace revstat::test
