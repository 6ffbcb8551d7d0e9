// A responder that is wrong in every way: each has its own error and cause, and
// none keeps others waiting.
#include "tests/refresh/ocsp_asking.h"

namespace revstat::test {
namespace {

struct Fault {
  const char* name;
  LoopbackServer::Handler reply;
  const char* code;
  Cause cause;
  OcspMethod method = OcspMethod::kAuto;
  OcspNonceUse nonce = OcspNonceUse::kOff;
};

// An OCSPResponse of nothing but a status.
Octets Unsuccessful(uint8_t status) {
  ResponseText text;
  text.status = Tlv(der::kEnumerated, Octets{status});
  text.response_bytes = Octets{};
  return text.Der();
}

HttpReply By(const OcspKey& key, const ResponseText& text) {
  return ReplyWith(OcspWorld::Signed(text, key));
}

HttpReply AboutSerial(const HttpRequest& request, const char* issuer,
                      const char* serial) {
  ResponseText text = TextFor(request);
  SingleText single;
  single.cert_id = CertIdFor("SHA1", CommonName(issuer),
                             OcspWorld().ca.key.Spki(), IntegerOf(serial))
                       .Der();
  text.responses = {single.Der()};
  return By(OcspWorld().ca, text);
}

HttpReply ByDelegateOf(const HttpRequest& request, const OcspKey& issuer,
                       const CertificateText& certificate) {
  const OcspWorld world;
  ResponseText text = TextFor(request);
  text.responder = ByName(certificate.subject);
  text.certificates = {issuer.key.Signed(certificate, issuer.form)};
  return By(world.delegate, text);
}

HttpReply WithType(HttpReply reply, std::string type) {
  reply.content_type = std::move(type);
  return reply;
}
HttpReply WithStatus(int status, std::vector<std::string> headers = {}) {
  HttpReply reply;
  reply.status = status;
  reply.headers = std::move(headers);
  return reply;
}
HttpReply WithEnd(HttpReply reply, HttpReply::End end) {
  reply.end = end;
  return reply;
}

const OcspKey& OtherCa() {
  static const SigningKey key = SigningKey::NewEc("P-256");
  static const OcspKey ca{key, Ecdsa("SHA256")};
  return ca;
}

std::vector<Fault> Faults() {
  using Request = HttpRequest;
  const auto with_status = [](uint8_t status) {
    return [status](const Request&) { return ReplyWith(Unsuccessful(status)); };
  };
  const auto times = [](const char* from, const char* until) {
    return [=](const Request& request) {
      SingleText single;
      single.cert_id = ReadAsked(request)->cert_id;
      single.this_update = GeneralizedTime(from);
      single.next_update = until == nullptr ? Octets{} : GeneralizedTime(until);
      ResponseText text;
      text.responses = {single.Der()};
      return ReplyWith(OcspWorld().ByCa(text));
    };
  };
  return {
      {"malformed_request", with_status(1), "ocsp_malformed_request",
       Cause::kResponderMalformedRequest},
      {"internal_error", with_status(2), "ocsp_internal_error",
       Cause::kResponderInternalError},
      {"try_later", with_status(3), "ocsp_try_later",
       Cause::kResponderTryLater},
      {"sig_required", with_status(5), "ocsp_sig_required",
       Cause::kResponderSigRequired},
      {"unauthorized", with_status(6), "ocsp_unauthorized",
       Cause::kResponderUnauthorized},
      {"malformed",
       [](const Request& request) {
         HttpReply reply = ReplyGood(request);
         reply.body.pop_back();
         return reply;
       },
       "truncated", Cause::kMalformed},
      {"empty", [](const Request&) { return ReplyWith({}); }, "truncated",
       Cause::kMalformed},
      {"other_serial",
       [](const Request& request) {
         return AboutSerial(request, "Test CA", "0456");
       },
       "ocsp_no_answer", Cause::kNotAnswered},
      {"other_issuer",
       [](const Request& request) {
         return AboutSerial(request, "Another CA", "0123");
       },
       "ocsp_other_issuer", Cause::kOtherIssuerAnswered},
      {"other_nonce",
       [](const Request& request) {
         ResponseText text = TextFor(request);
         text.extensions = {NonceExtension(Octets(32, 1))};
         return By(OcspWorld().ca, text);
       },
       "ocsp_nonce_mismatch", Cause::kNonceMismatch, OcspMethod::kAuto,
       OcspNonceUse::kOn},
      {"no_nonce",
       [](const Request& request) {
         ResponseText text = TextFor(request);
         text.extensions.clear();
         return By(OcspWorld().ca, text);
       },
       "ocsp_nonce_missing", Cause::kNonceMissing, OcspMethod::kAuto,
       OcspNonceUse::kRequired},
      {"replayed_old", times("20260101000000Z", "20260105000000Z"),
       "ocsp_stale", Cause::kStale},
      {"from_the_future", times("20260116000000Z", "20260120000000Z"),
       "ocsp_not_yet_current", Cause::kNotYetCurrent},
      {"without_next_update", times("20260110000000Z", nullptr),
       "ocsp_no_next_update", Cause::kNoNextUpdate},
      {"wrong_signer",
       [](const Request& request) { return By(OtherCa(), TextFor(request)); },
       "bad_signature", Cause::kBadSignature},
      {"unknown_signer",
       [](const Request& request) {
         ResponseText text = TextFor(request);
         text.responder = ByName(CommonName("Nobody"));
         return By(OtherCa(), text);
       },
       "ocsp_signer_unknown", Cause::kResponderNotKnown},
      {"delegate_of_another_ca",
       [](const Request& request) {
         return ByDelegateOf(request, OtherCa(), OcspWorld().DelegateText());
       },
       "ocsp_signer_not_issued", Cause::kResponderNotDelegated},
      {"delegate_without_purpose",
       [](const Request& request) {
         CertificateText text = OcspWorld().DelegateText();
         text.extensions = {NoCheck()};
         return ByDelegateOf(request, OcspWorld().ca, text);
       },
       "ocsp_signing_missing", Cause::kOcspSigningMissing},
      {"expired_delegate",
       [](const Request& request) {
         CertificateText text = OcspWorld().DelegateText();
         text.not_after = UtcTime("260114000000Z");
         return ByDelegateOf(request, OcspWorld().ca, text);
       },
       "ocsp_signer_expired", Cause::kResponderExpired},
      {"cut",
       [](const Request& request) {
         return WithEnd(ReplyGood(request), HttpReply::End::kCut);
       },
       "transfer_broken", Cause::kResponderNotReached},
      {"hang",
       [](const Request& request) {
         return WithEnd(ReplyGood(request), HttpReply::End::kHang);
       },
       "timed_out", Cause::kResponderNotReached},
      {"drip",  // for as long as it is let
       [](const Request& request) {
         HttpReply reply = WithEnd(ReplyGood(request), HttpReply::End::kDrip);
         reply.delay = milliseconds(20);
         return reply;
       },
       "timed_out", Cause::kResponderNotReached},
      {"reset",
       [](const Request& request) {
         return WithEnd(ReplyGood(request), HttpReply::End::kReset);
       },
       "transfer_broken", Cause::kResponderNotReached},
      {"html",
       [](const Request&) {
         HttpReply reply;
         reply.body = "<html>Pay for the network here</html>";
         return WithType(reply, "text/html");
       },
       "wrong_content_type", Cause::kResponderNotReached},
      {"wrong_content_type",
       [](const Request& request) {
         return WithType(ReplyGood(request), "application/ocsp-responses");
       },
       "wrong_content_type", Cause::kResponderNotReached},
      {"oversized",
       [](const Request&) {
         HttpReply reply;
         reply.body.assign(70'000, 'x');
         return reply;
       },
       "too_large", Cause::kResponderNotReached},
      {"not_found", [](const Request&) { return WithStatus(404); },
       "http_status", Cause::kResponderNotReached},
      {"overloaded", [](const Request&) { return WithStatus(503); },
       "http_status", Cause::kResponderNotReached},
      {"redirect_loop",
       [](const Request& request) {
         return WithStatus(302, {"Location: " + request.path});
       },
       "too_many_redirects", Cause::kResponderNotReached},
      {"redirect_to_a_file",
       [](const Request&) {
         return WithStatus(302, {"Location: file:///etc/passwd"});
       },
       "redirect_not_allowed", Cause::kResponderNotReached},
      {"redirect_of_a_post",
       [](const Request& request) {
         return WithStatus(302, {"Location: " + request.path});
       },
       "redirect_not_allowed", Cause::kResponderNotReached, OcspMethod::kPost},
  };
}

class OcspFaults : public testing::TestWithParam<Fault> {};

TEST_P(OcspFaults, unknown_with_its_own_error_and_cause) {
  const Fault& fault = GetParam();
  const LoopbackServer server(fault.reply);
  OcspClientOptions options = LoopbackOptions();
  options.method = fault.method;
  options.nonce = fault.nonce;
  options.limits.total_time = milliseconds(400);
  Asker asker(options, {server.Url()});
  const OcspResult result = asker.Ask();
  EXPECT_EQ(CodeOf(result), fault.code) << result.status;
  EXPECT_EQ(NameOf(result.cause), NameOf(fault.cause));
  EXPECT_FALSE(result.answer.has_value());
  EXPECT_EQ(result.url, server.Url());
  EXPECT_EQ(asker.Lookup().status, Status::kUnknown);
  EXPECT_EQ(asker.Lookup().cause, fault.cause);
  // Remembered for a while: not asked again.
  const size_t before = server.requests();
  EXPECT_EQ(asker.Ask().cause, fault.cause);
  EXPECT_EQ(server.requests(), before);
  // A responder that is right stands behind it.
  const LoopbackServer good(ReplyGood);
  Asker second(options, {server.Url(), good.Url()});
  const OcspResult other = second.Ask();
  ASSERT_TRUE(other.status.ok()) << other.status;
  EXPECT_EQ(other.answer->status, OcspStatus::kGood);
  EXPECT_EQ(second.Lookup().status, Status::kActive);
}

INSTANTIATE_TEST_SUITE_P(All, OcspFaults, testing::ValuesIn(Faults()),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

TEST(OcspFaults, revoked_where_a_response_says_both) {
  const LoopbackServer server([](const HttpRequest& request) {
    ResponseText text = TextFor(request, Good());
    text.responses.push_back(
        TextFor(request, Revoked("20260102030405Z", 1)).responses[0]);
    return ReplyWith(OcspWorld().ByCa(text));
  });
  Asker asker(LoopbackOptions(), {server.Url()});
  EXPECT_EQ(asker.Ask().answer->status, OcspStatus::kRevoked);
  EXPECT_EQ(asker.Lookup().status, Status::kRevoked);
  EXPECT_EQ(asker.Lookup().reason, ReasonCode::kKeyCompromise);
}

TEST(OcspFaults, good_answers_beside_a_host_that_hangs) {
  const LoopbackServer slow([](const HttpRequest& request) {
    HttpReply reply = ReplyGood(request);
    reply.end = HttpReply::End::kHang;
    return reply;
  });
  const LoopbackServer good(ReplyGood);
  OcspClientOptions options = LoopbackOptions();
  options.limits.total_time = milliseconds(1500);
  options.limits.low_speed_time = milliseconds(1500);
  options.queue.max_active = 6;
  options.queue.max_per_host = 2;
  options.queue.failures_to_stop = 2;
  OcspCache cache;
  const auto client = *OcspClient::Create(options, &cache);
  // Two issuers, so that each has its own responder.
  const auto issuer = std::make_shared<const OcspIssuer>(OcspWorld().Issuer());
  OcspWorld renamed;
  CertificateText text = renamed.CaText();
  text.subject = CommonName("Slow CA");
  const auto slow_issuer =
      std::make_shared<const OcspIssuer>(*OcspIssuer::Create(
          BufferOf(renamed.ca.key.Signed(text, renamed.ca.form))));
  const OcspIssuerNumber at_slow = client->AddIssuer(slow_issuer, {slow.Url()});
  const OcspIssuerNumber at_good = client->AddIssuer(issuer, {good.Url()});
  size_t good_answers = 0, failures = 0, answers_before_first_failure = 0;
  for (uint8_t i = 0; i < 100; ++i) {
    const uint8_t octets[] = {1, i};
    const SerialNumber serial = *SerialNumber::FromContent(octets);
    client->Ask({serial, at_slow}, {}, OcspCacheUse::kFirst,
                [&](const OcspResult& result) {
                  EXPECT_EQ(CodeOf(result), "timed_out");
                  if (failures++ == 0)
                    answers_before_first_failure = good_answers;
                });
    client->Ask({serial, at_good}, {}, OcspCacheUse::kFirst,
                [&](const OcspResult& result) {
                  good_answers += result.status.ok() ? 1u : 0u;
                });
  }
  while (client->Poll(milliseconds(1000)) > 0) {
  }
  EXPECT_EQ(good_answers, 100u);
  EXPECT_EQ(answers_before_first_failure, 100u);
  EXPECT_EQ(failures, 100u);
  // Left alone after the first two, not waited for a hundred times.
  EXPECT_LE(slow.requests(), 4u);
}

}  // namespace
}  // namespace revstat::test
