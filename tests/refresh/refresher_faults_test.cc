// Whatever a server sends: what was served before goes on being served, the
// event says why, and the others are refreshed.
#include <sys/resource.h>

#include "tests/refresh/refresher_fixture.h"

namespace revstat::test {
namespace {

class RefresherFaults : public RefresherFixture {
 protected:
  // Some 100 kB, with serial 02.
  static CrlText LargeCrl(uint32_t number) {
    std::vector<std::string> serials = {"02"};
    for (int i = 0; i < 3000; ++i)
      serials.push_back(std::to_string(10'000'000 + i));
    return NumberedCrl(number, {serials.begin(), serials.end()});
  }

  void SetUp() override {
    Serve("good", victim_.Crl(NumberedCrl(5, {"01"})));
    Serve("new", victim_.Crl(LargeCrl(6)));
    server_.Route("victim", "/ok/good");
    server_.Route("other", "/plain/other");
    Serve("other", other_.Crl(NumberedCrl(1, {})));
    IssuerSource victim = SourceOf("victim", victim_, {"/via/victim"});
    victim.limits.low_speed_time = std::chrono::seconds(1);
    Start({victim, SourceOf("other", other_, {"/via/other"})});
    ASSERT_EQ(Of(FirstRound(), Kind::kPublished, "victim").size(), 1u);
  }

  // One round in which the victim's server does what `path` says.
  void ExpectRefused(const std::string& path, std::string_view code) {
    SCOPED_TRACE(path);
    server_.Route("victim", path);
    const uint8_t octet[] = {static_cast<uint8_t>(++other_number_)};
    const std::string serial = ToHex(octet);
    Serve("other", other_.Crl(NumberedCrl(other_number_, {serial})));
    const std::vector<RefreshEvent> events = Round();
    const auto refused = Of(events, Kind::kRefused, "victim");
    ASSERT_EQ(refused.size(), 1u) << Summary(events);
    EXPECT_EQ(NameOf(ErrorCodeOf(refused[0].why)), code) << refused[0].why;
    EXPECT_EQ(refused[0].url, server_.Url("/via/victim"));
    EXPECT_EQ(refused[0].health.state, SourceHealth::State::kFresh);
    EXPECT_TRUE(Of(events, Kind::kPublished, "victim").empty());
    EXPECT_EQ(Of(events, Kind::kPublished, "other").size(), 1u)
        << Summary(events);
    EXPECT_EQ(StatusOf("01"), Status::kRevoked);
    EXPECT_EQ(StatusOf("02"), Status::kActive);
    EXPECT_EQ(StatusOf(serial, 1), Status::kRevoked);
  }

  // The victim is well again when its server is.
  void ExpectRecovery() {
    server_.Route("victim", "/ok/new");
    const std::vector<RefreshEvent> events = Round();
    EXPECT_EQ(Of(events, Kind::kPublished, "victim").size(), 1u)
        << Summary(events);
    EXPECT_EQ(StatusOf("02"), Status::kRevoked);
  }

  const TestAuthority victim_{"Victim CA"};
  const TestAuthority other_{"Other CA"};
  uint32_t other_number_ = 1;
};

TEST_F(RefresherFaults, invalid_CutAtEveryTenth) {
  for (int tenth = 0; tenth < 10; ++tenth)
    ExpectRefused("/cut/" + std::to_string(tenth) + "/new", "transfer_broken");
  ExpectRecovery();
}

TEST_F(RefresherFaults, invalid_Transfers) {
  ExpectRefused("/short/new", "truncated");
  ExpectRefused("/long/new", "transfer_broken");
  ExpectRefused("/chunkgarbage/new", "transfer_broken");
  ExpectRefused("/reset/new", "transfer_broken");
  ExpectRefused("/badgzip/new", "bad_content_encoding");
  ExpectRefused("/endlessheaders", "headers_too_large");
  ExpectRefused("/http09", "not_http");
  ExpectRefused("/garbage", "not_http");
  ExpectRefused("/trickle/new", "too_slow");
  ExpectRefused("/hang/new", "too_slow");
  ExpectRefused("/hangbody/new", "too_slow");
  ExpectRecovery();
}

TEST_F(RefresherFaults, invalid_Answers) {
  for (const char* status : {"404", "410", "429", "500", "502", "503"})
    ExpectRefused(std::string("/status/") + status, "http_status");
  ExpectRefused("/othertag/new", "unexpected_not_modified");
  ExpectRefused("/loop", "too_many_redirects");
  ExpectRefused("/redirect/302/file:%2F%2F%2Fetc%2Fpasswd",
                "redirect_not_allowed");
  ExpectRefused("/html", "unexpected_tag");
  ExpectRecovery();
}

// The second is not asked for what it could answer 304 to.
TEST_F(RefresherFaults, invalid_NotModifiedWithoutOurTag) {
  ExpectRefused("/othertag/new", "unexpected_not_modified");
  ExpectRefused("/notmodified", "unexpected_not_modified");
  ExpectRecovery();
}

TEST_F(RefresherFaults, invalid_MoreThanTheLimit) {
  rusage before = {}, after = {};
  getrusage(RUSAGE_SELF, &before);
  ExpectRefused("/bomb/4096", "too_large");
  ExpectRefused("/big/5000000000", "too_large");
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 32 << 10) << "KiB";
  ExpectRecovery();
}

TEST_F(RefresherFaults, invalid_Crls) {
  const auto serve_bytes = [&](const char* name, std::string text) {
    server_.folder().Write(name, text);
  };
  const auto good = victim_.Crl(LargeCrl(6));
  std::string octets(TextOf(good->bytes()));
  serve_bytes("cut_in_pem",
              "-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n");
  serve_bytes("badpem", "-----BEGIN X509 CRL-----\nMIIB\n-----END CRL-----\n");
  octets.back() = static_cast<char>(octets.back() ^ 1);
  serve_bytes("badsig", octets);
  serve_bytes("trailing", std::string(TextOf(good->bytes())) + "x");
  serve_bytes("empty", "");
  Serve("older", victim_.Crl(NumberedCrl(4, {"02"})));
  CrlText earlier = NumberedCrl(7, {"02"});
  earlier.this_update = UtcTime("251231000000Z");
  Serve("earlier", victim_.Crl(earlier));
  Serve("issuer", TestAuthority("Stranger").Crl(LargeCrl(6)));
  Serve("key", TestAuthority("Victim CA").Crl(LargeCrl(6)));
  // A CRL that the store believes, but not of this source.
  Serve("others", other_.Crl(NumberedCrl(1, {"02"})));
  CrlText shard = NumberedCrl(6, {"02"});
  shard.extensions.push_back(IssuingPoint(
      {Nest(der::ContextConstructed(0),
            {Nest(der::ContextConstructed(0),
                  {Tlv(der::ContextPrimitive(6), Octets{'a'})})})}));
  Serve("shard", victim_.Crl(shard));
  Serve("delta", victim_.Crl(DeltaCrl(5, 6, {"02"})));
  CrlText expired = NumberedCrl(6, {"02"});
  expired.next_update = UtcTime("260114000000Z");
  Serve("expired", victim_.Crl(expired));

  ExpectRefused("/plain/cut_in_pem", "truncated");
  ExpectRefused("/plain/badpem", "bad_pem");
  ExpectRefused("/plain/badsig", "bad_signature");
  ExpectRefused("/plain/trailing", "trailing_data");
  ExpectRefused("/plain/empty", "truncated");
  ExpectRefused("/plain/older", "older_than_held");
  ExpectRefused("/plain/earlier", "older_than_held");
  ExpectRefused("/plain/issuer", "wrong_issuer");
  ExpectRefused("/plain/key", "bad_signature");
  ExpectRefused("/plain/others", "wrong_issuer");
  ExpectRefused("/plain/shard", "scope_changed");
  ExpectRefused("/plain/delta", "scope_changed");
  ExpectRefused("/plain/expired", "expired_crl");
  ExpectRecovery();
}

// Through a proxy, so that the first request has a public name.
TEST_F(RefresherFaults, invalid_RedirectToAPrivateAddress) {
  IssuerSource open = SourceOf("victim", victim_, {});
  open.crl_urls = {"http://crl.example/via/victim"};
  open.proxy = server_.Url("/");
  open.addresses = AddressPolicy::kPublicOnly;
  refresher_->Reload({open, SourceOf("other", other_, {"/via/other"})});
  Round();
  for (const char* address :
       {"10.0.0.1", "127.0.0.1", "169.254.169.254", "[::1]", "[fd00::1]",
        "[::ffff:192.168.0.1]", "2130706433", "0x7f.1", "127.0.0.1.",
        "localhost", "a.LOCALHOST.", "1.2.3.4.5"}) {
    SCOPED_TRACE(address);
    server_.Route("victim", Concat({"/redirect/302/http:%2F%2F", address,
                                    "%2Fok%2Fnew"}));
    const std::vector<RefreshEvent> events = Round();
    const auto refused = Of(events, Kind::kRefused, "victim");
    ASSERT_EQ(refused.size(), 1u) << Summary(events);
    EXPECT_EQ(ErrorCodeOf(refused[0].why), ErrorCode::kAddressNotAllowed)
        << refused[0].why;
    EXPECT_EQ(StatusOf("01"), Status::kRevoked);
    EXPECT_EQ(StatusOf("02"), Status::kActive);
  }
  server_.Route("victim", "/redirect/302/http:%2F%2Fother.example%2Fok%2Fnew");
  EXPECT_EQ(Of(Round(), Kind::kPublished, "victim").size(), 1u);
  EXPECT_EQ(StatusOf("02"), Status::kRevoked);
}

TEST_F(RefresherFaults, invalid_LoopbackWhereOnlyPublicIsAllowed) {
  IssuerSource closed = SourceOf("victim", victim_, {"/via/victim"});
  closed.addresses = AddressPolicy::kPublicOnly;
  refresher_->Reload({closed, SourceOf("other", other_, {"/via/other"})});
  ExpectRefused("/ok/new", "address_not_allowed");
}

}  // namespace
}  // namespace revstat::test
