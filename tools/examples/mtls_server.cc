// A server for clients whose certificates are not revoked, by the CRLs of a
// store that revstat ingest or refresh keeps: prefork, with threads.
//
//   mtls_server STORE CERTIFICATE KEY CLIENT_CAS WORKERS THREADS
//
// Answers HTTP, and sends any other line back. A connection ends when a newer
// generation of the store revokes its client; all end with standard input.
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/embed/live_peers.h"
#include "engine/embed/openssl_hook.h"
#include "engine/embed/watched_store.h"

namespace {

revstat::Time Now() { return revstat::RevocationCheckOptions().now(); }

void LogRefusal(const revstat::RevocationRefusal& refusal) {
  const revstat::Verdict& verdict = refusal.report.verdict;
  std::fprintf(stderr, "refused %s at depth %d: %s %s%s (%s)\n",
               refusal.report.serial.ToText().c_str(), refusal.report.depth,
               NameOf(verdict.status).data(), NameOf(verdict.reason).data(),
               NameOf(verdict.cause).data(),
               X509_verify_cert_error_string(refusal.verify_error));
}

void Talk(SSL* ssl) {
  char line[1024];
  for (int size; (size = SSL_read(ssl, line, sizeof line)) > 0;) {
    constexpr std::string_view kPage = "HTTP/1.0 200 OK\r\n\r\nwelcome\n";
    const std::string_view got(line, static_cast<size_t>(size));
    const bool is_http = got.starts_with("GET ");
    const std::string_view reply = is_http ? kPage : got;
    SSL_write(ssl, reply.data(), static_cast<int>(reply.size()));
    if (is_http) break;
  }
  SSL_shutdown(ssl);
}

void Serve(SSL_CTX* context, int listener, revstat::LivePeers* peers,
           const revstat::SnapshotPublisher* snapshots) {
  for (int fd; (fd = accept(listener, nullptr, nullptr)) >= 0; close(fd)) {
    SSL* const ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    const auto token = static_cast<uint64_t>(fd);
    // A ticket outlives the client's certificate: OpenSSL verifies nothing
    // then.
    const bool is_accepted =
        SSL_accept(ssl) == 1 &&
        (!SSL_session_reused(ssl) || revstat::RecheckPeer(ssl) == X509_V_OK);
    const revstat::RevocationReport* const report =
        is_accepted ? revstat::RevocationReportOf(ssl) : nullptr;
    if (report != nullptr && peers->Add(token, *report, *snapshots, Now()) ==
                                 revstat::LivePeers::Added::kLive) {
      Talk(ssl);
    }
    peers->Remove(token);
    SSL_free(ssl);
  }
}

int Work(char** arguments, int listener) {
  revstat::LivePeers peers(10000);
  const auto snapshots = revstat::WatchStore(
      arguments[1], {}, {}, [&](const revstat::SnapshotPublisher& published) {
        peers.ForEachListed(published, Now(), [](uint64_t fd) {
          shutdown(static_cast<int>(fd), SHUT_RDWR);
        });
        std::puts("published");
      });
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  constexpr unsigned char kName[] = "mtls_server";
  SSL_CTX_set_session_id_context(context, kName, sizeof kName);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  revstat::RevocationCheckOptions options;
  if (snapshots.ok()) options.snapshots = *snapshots;
  options.on_refusal = &LogRefusal;
  if (SSL_CTX_use_certificate_chain_file(context, arguments[2]) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, arguments[3], SSL_FILETYPE_PEM) !=
          1 ||
      SSL_CTX_load_verify_locations(context, arguments[4], nullptr) != 1 ||
      !revstat::InstallRevocationCheck(SSL_CTX_get_cert_store(context), options)
           .ok()) {
    std::fprintf(stderr, "the store or a file cannot be used\n");
    return 1;
  }
  {
    std::vector<std::jthread> serving;
    for (int i = std::atoi(arguments[6]); i > 0; --i)
      serving.emplace_back(Serve, context, listener, &peers, snapshots->get());
    std::puts("ready");
    while (std::getchar() != EOF) {
    }
    shutdown(listener, SHUT_RDWR);  // ends accept, in all processes
  }
  SSL_CTX_free(context);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 7) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener, any, size) != 0 || listen(listener, 1024) != 0 ||
      getsockname(listener, any, &size) != 0) {
    return 1;
  }
  std::printf("port %d\n", ntohs(address.sin_port));
  for (int i = std::atoi(arguments[5]); i > 0; --i) {
    if (fork() == 0) return Work(arguments, listener);
  }
  int status = 0;
  int result = 0;
  while (wait(&status) > 0) result |= status;
  return result == 0 ? 0 : 1;
}
