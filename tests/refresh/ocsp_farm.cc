// Many certificates of many issuers asked of responders on loopback that take
// their time: all are answered, and connections stay within their limits.
//
//   ocsp_farm [CERTIFICATES [CONCURRENCY]]
//
// The ordinary test run asks few; the figure of bench/README.md is of 100,000.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "engine/refresh/ocsp_client.h"
#include "tests/support/ocsp_responder.h"
#include "tests/verify/ocsp_world.h"

namespace {

using namespace revstat;
using namespace revstat::test;
using std::chrono::milliseconds;

constexpr size_t kIssuers = 50;
constexpr size_t kServers = 10;
constexpr milliseconds kDelay{20};

struct Authority {
  SigningKey key = SigningKey::NewEc("P-256");
  Octets name;
};

// "/7/..." is the seventh authority's responder.
HttpReply Answer(const std::vector<Authority>& authorities,
                 const HttpRequest& request) {
  const size_t number = std::strtoul(request.path.c_str() + 1, nullptr, 10);
  const Authority& authority = authorities[number];
  SingleText single;
  single.cert_id = ReadAsked(request)->cert_id;
  ResponseText text;
  text.responder = ByName(authority.name);
  text.responses = {single.Der()};
  HttpReply reply =
      ReplyWith(OcspWorld::Signed(text, {authority.key, Ecdsa("SHA256")}));
  reply.delay = kDelay;
  return reply;
}

}  // namespace

int main(int argc, char** argv) {
  const size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 2000;
  const auto concurrency =
      static_cast<unsigned>(argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 64);
  std::vector<Authority> authorities(kIssuers);
  for (size_t i = 0; i < kIssuers; ++i)
    authorities[i].name = CommonName("Authority " + std::to_string(i));
  std::vector<std::unique_ptr<LoopbackServer>> servers;
  for (size_t i = 0; i < kServers; ++i) {
    servers.push_back(
        std::make_unique<LoopbackServer>([&](const HttpRequest& request) {
          return Answer(authorities, request);
        }));
  }

  OcspClientOptions options;
  options.addresses = AddressPolicy::kAny;
  options.now = [] { return kWorldTime; };
  options.queue.max_active = concurrency;
  options.queue.max_per_host = concurrency;
  OcspCache cache;
  const auto client = *OcspClient::Create(options, &cache);
  std::vector<OcspIssuerNumber> numbers;
  for (size_t i = 0; i < kIssuers; ++i) {
    CertificateText text;
    text.issuer = text.subject = authorities[i].name;
    text.public_key = authorities[i].key.Spki();
    const Octets der = authorities[i].key.Signed(text, Ecdsa("SHA256"));
    numbers.push_back(client->AddIssuer(
        std::make_shared<const OcspIssuer>(*OcspIssuer::Create(BufferOf(der))),
        {servers[i % kServers]->Url("/" + std::to_string(i))}));
  }

  size_t good = 0;
  std::string failure;
  const auto start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < count; ++i) {
    const uint8_t octets[] = {1, static_cast<uint8_t>(i >> 16),
                              static_cast<uint8_t>(i >> 8),
                              static_cast<uint8_t>(i)};
    client->Ask({*SerialNumber::FromContent(octets), numbers[i % kIssuers]}, {},
                OcspCacheUse::kFirst, [&](const OcspResult& result) {
                  good += result.status.ok() ? 1u : 0u;
                  if (!result.status.ok()) failure = result.status.ToString();
                });
    while (client->pending() > 4 * concurrency) client->Poll(milliseconds(100));
  }
  while (client->Poll(milliseconds(100)) > 0) {
  }
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  size_t connections = 0;
  for (const auto& server : servers) connections += server->most_connections();
  const double bound = static_cast<double>(count) * 0.020 / concurrency;
  std::printf(
      "%zu certificates of %zu issuers: %zu answered in %.2f s, %.2f x the "
      "bound of %.2f s\nconcurrency %u, at most %zu connections to %zu hosts\n",
      count, kIssuers, good, elapsed.count(), elapsed.count() / bound, bound,
      concurrency, connections, kServers);
  if (!failure.empty()) std::printf("%s\n", failure.c_str());
  // Each host's idle connections may be closed for another's.
  return good == count && connections <= kServers * concurrency ? 0 : 1;
}
