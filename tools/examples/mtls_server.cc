// A server for clients whose certificates are not revoked, by a store that
// revstat refresh keeps; one that a newer generation revokes is cut off.
//   mtls_server STORE CERTIFICATE KEY CLIENT_CAS WORKERS THREADS
#include "engine/embed/live_peers.h"
#include "engine/embed/openssl_hook.h"
#include "engine/embed/watched_store.h"
#include "example_server.h"

revstat::Time Now() { return revstat::RevocationCheckOptions().now(); }

void LogRefusal(const revstat::RevocationRefusal& refusal) {
  const revstat::Verdict& verdict = refusal.report.verdict;
  std::fprintf(stderr, "refused %s at depth %d: %s %s%s (%s)\n",
               refusal.report.serial.ToText().c_str(), refusal.report.depth,
               NameOf(verdict.status).data(), NameOf(verdict.reason).data(),
               NameOf(verdict.cause).data(),
               X509_verify_cert_error_string(refusal.verify_error));
}

int Work(char** arguments, int listener) {
  revstat::LivePeers peers(10000);
  const auto snapshots = revstat::WatchStore(
      arguments[1], {}, {}, [&](const revstat::SnapshotPublisher& newer) {
        peers.ForEachListed(newer, Now(), &example::Cut);
        std::puts("published");
      });
  const auto context = example::NewContext(arguments[2], arguments[3]);
  if (!snapshots.ok() || context == nullptr ||
      SSL_CTX_load_verify_locations(context.get(), arguments[4], nullptr) != 1)
    return 1;
  SSL_CTX_set_verify(context.get(),
                     SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  revstat::RevocationCheckOptions options;
  options.snapshots = *snapshots;
  options.on_refusal = &LogRefusal;
  X509_STORE* const store = SSL_CTX_get_cert_store(context.get());
  if (!revstat::InstallRevocationCheck(store, options).ok()) return 1;
  std::puts("ready");
  example::Serve(context.get(), listener, arguments[6], [&](SSL* ssl) {
    // OpenSSL verifies nothing when a session is resumed.
    if (SSL_session_reused(ssl) && revstat::RecheckPeer(ssl) != X509_V_OK)
      return;
    const auto* const report = revstat::RevocationReportOf(ssl);
    const auto token = static_cast<uint64_t>(SSL_get_fd(ssl));
    if (report != nullptr && peers.Add(token, *report, **snapshots, Now()) ==
                                 revstat::LivePeers::Added::kLive)
      example::Talk(ssl);
    peers.Remove(token);
  });
  return 0;
}

int main(int count, char** arguments) {
  if (count != 7) return 2;
  const int listener = example::Listen();
  return example::Prefork(arguments[5],
                          [&] { return Work(arguments, listener); });
}
