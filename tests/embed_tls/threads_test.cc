// Handshakes in 64 threads while generations are published.
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "engine/embed/live_peers.h"
#include "engine/embed/openssl_hook.h"
#include "tests/embed_tls/tls_world.h"

namespace revstat::test {
namespace {

constexpr uint32_t kThreads = 64;
constexpr uint32_t kGenerations = 8;

// In thread t, certificate t % 16 connects; generation g revokes 1 to g.
TEST(Threads, revoked_peers_are_refused_or_cut_and_no_others) {
  const TlsAuthority root("Root");
  const TlsAuthority issuing("Issuing", root, "0a");
  const auto snapshot = [&](uint32_t generation) {
    std::vector<Octets> entries;
    for (uint32_t i = 1; i <= generation; ++i)
      entries.push_back(Entry(Integer(i)));
    return SnapshotOfAll({&root, &issuing},
                         {root.CrlListing({}), issuing.CrlListing(entries)});
  };
  const auto snapshots = std::make_shared<SnapshotPublisher>(snapshot(0));
  RevocationCheckOptions options;
  options.snapshots = snapshots;
  std::atomic<uint32_t> refusals = 0;
  options.on_refusal = [&](const RevocationRefusal&) { ++refusals; };
  const Time at = At(kDuring).at;
  // One store for all connections, and an SSL_CTX more that shares it.
  const ContextPointer server = NewContext(
      TLS_server_method(), {{issuing.Issue("7f"), issuing.certificate()}},
      {root.certificate()});
  ASSERT_TRUE(
      InstallRevocationCheck(SSL_CTX_get_cert_store(server.get()), options)
          .ok());
  const ContextPointer second = NewContext(
      TLS_server_method(), {{issuing.Issue("7f"), issuing.certificate()}}, {});
  SSL_CTX_set1_cert_store(second.get(), SSL_CTX_get_cert_store(server.get()));

  LivePeers peers(1000);
  std::mutex mutex;
  std::set<uint64_t> cut;          // by the publisher
  std::set<uint64_t> established;  // and not told by Add to be cut
  std::atomic<uint32_t> refused = 0;
  std::atomic<uint32_t> connected = 0;
  const auto handshake = [&](uint32_t thread, SSL_CTX* context) {
    const uint32_t serial = thread % 16 + 1;
    CertificateText text;
    text.serial = Integer(serial);
    const ContextPointer client = NewContext(
        TLS_client_method(), {{issuing.Issue(text), issuing.certificate()}},
        {root.certificate()});
    const TlsPair pair = Connect(client.get(), context);
    if (!pair.is_connected) {
      EXPECT_EQ(pair.server_error(), X509_V_ERR_CERT_REVOKED);
      EXPECT_LE(serial, kGenerations);
      ++refused;
      return;
    }
    ++connected;
    const uint64_t token =
        (uint64_t{serial} << 32) | connected.load() << 8 | thread;
    if (peers.Add(token, *RevocationReportOf(pair.server.get()), *snapshots,
                  at) == LivePeers::Added::kLive) {
      const std::lock_guard<std::mutex> lock(mutex);
      established.insert(token);
    }
  };
  handshake(0, server.get());  // before it is revoked
  EXPECT_EQ(connected.load(), 1u);
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      handshake(t, server.get());
      handshake(t, second.get());
    });
  }
  // Each generation after some more handshakes have come to their end.
  for (uint32_t generation = 1; generation <= kGenerations; ++generation) {
    while (connected.load() + refused.load() < generation * 12)
      std::this_thread::yield();
    snapshots->Publish(snapshot(generation));
    peers.ForEachListed(*snapshots, at,
                        [&](uint64_t token) { cut.insert(token); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(connected.load() + refused.load(), 1 + 2 * kThreads);
  EXPECT_EQ(refusals.load(), refused.load());
  for (uint64_t token : established)
    EXPECT_EQ(cut.count(token), (token >> 32) <= kGenerations ? 1u : 0u);
  EXPECT_GT(cut.size(), 0u);
}

}  // namespace
}  // namespace revstat::test
