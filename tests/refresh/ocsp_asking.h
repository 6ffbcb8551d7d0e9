// What the tests of OcspClient share: a responder on loopback for the one CA of
// OcspWorld, and questions to it.
#ifndef REVSTAT_TESTS_REFRESH_OCSP_ASKING_H_
#define REVSTAT_TESTS_REFRESH_OCSP_ASKING_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/refresh/ocsp_client.h"
#include "tests/support/ocsp_responder.h"
#include "tests/verify/ocsp_world.h"

namespace revstat::test {

using std::chrono::milliseconds;

// To loopback at the world's time, with limits that end a test soon.
inline OcspClientOptions LoopbackOptions() {
  OcspClientOptions options;
  options.addresses = AddressPolicy::kAny;
  options.now = [] { return kWorldTime; };
  options.max_rounds = 1;
  options.first_pause = milliseconds(1);
  options.max_pause = milliseconds(2);
  options.clock_skew = std::chrono::seconds(0);
  options.lifetime_without_next_update = std::nullopt;
  return options;
}

// A client of the world's issuer with a cache of its own.
struct Asker {
  explicit Asker(OcspClientOptions options, std::vector<std::string> responders)
      : cache({.copies = ResponseCopies::kKept}) {
    auto created = OcspClient::Create(std::move(options), &cache);
    EXPECT_TRUE(created.ok()) << created.status();
    client = *std::move(created);
    issuer = client->AddIssuer(
        std::make_shared<const OcspIssuer>(OcspWorld().Issuer()),
        std::move(responders));
  }

  OcspCacheKey Key(std::string_view serial = "0123") const {
    return {*SerialNumber::FromText(serial), issuer};
  }
  OcspResult Ask(OcspCacheUse use = OcspCacheUse::kFirst,
                 std::vector<std::string> urls = {}) {
    std::optional<OcspResult> result;
    client->Ask(Key(), std::move(urls), use,
                [&](const OcspResult& got) { result = got; });
    EXPECT_FALSE(result.has_value()) << "no callback from inside Ask";
    PollAll();
    EXPECT_TRUE(result.has_value());
    return result.value_or(OcspResult{});
  }
  void PollAll() const {
    while (client->Poll(milliseconds(1000)) > 0) {
    }
  }
  Verdict Lookup(std::string_view serial = "0123", Time at = kWorldTime) const {
    LookupPolicy policy;
    policy.at = at;
    return cache.Lookup(policy, Key(serial));
  }

  OcspCache cache;
  std::unique_ptr<OcspClient> client;
  OcspIssuerNumber issuer;
};

inline std::string CodeOf(const OcspResult& result) {
  return std::string(NameOf(ErrorCodeOf(result.status)));
}

// About the certificate that is asked about, with the request's nonce.
inline ResponseText TextFor(const HttpRequest& request,
                            const Octets& status = Good()) {
  ResponseText text;
  const auto asked = ReadAsked(request);
  EXPECT_TRUE(asked.has_value()) << request.method << " " << request.path;
  if (!asked.has_value()) return text;
  SingleText single;
  single.cert_id = asked->cert_id;
  single.status = status;
  text.responses = {single.Der()};
  if (!asked->nonce.empty()) text.extensions = {NonceExtension(asked->nonce)};
  return text;
}

inline HttpReply ReplyGood(const HttpRequest& request) {
  return ReplyWith(OcspWorld().ByCa(TextFor(request)));
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_REFRESH_OCSP_ASKING_H_
