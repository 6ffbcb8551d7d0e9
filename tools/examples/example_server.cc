#include "example_server.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

namespace example {
namespace {

constexpr int kHandshakeSeconds = 30;
constexpr int kIdleSeconds = 600;

// Of each read and write: whoever stops talking must not keep a thread.
void LimitWaits(int fd, int seconds) {
  timeval limit = {};
  limit.tv_sec = seconds;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

void Accept(SSL_CTX* context, int listener,
            const std::function<void(SSL*)>& serve) {
  for (;;) {
    const int fd = accept(listener, nullptr, nullptr);
    if (fd < 0 && errno == EINVAL) return;  // the listener was shut down
    if (fd < 0) {
      // This connection is gone already; or descriptors are short, until one
      // of the others ends.
      if (errno != ECONNABORTED && errno != EINTR) poll(nullptr, 0, 100);
      continue;
    }
    LimitWaits(fd, kHandshakeSeconds);
    ERR_clear_error();  // of the connection before
    SSL* const ssl = SSL_new(context);
    if (ssl != nullptr && SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1)
      serve(ssl);
    SSL_free(ssl);
    close(fd);
  }
}

}  // namespace

Context NewContext(const char* certificate, const char* key) {
  Context context(SSL_CTX_new(TLS_server_method()));
  constexpr unsigned char kName[] = "example";
  if (context == nullptr ||
      SSL_CTX_use_certificate_chain_file(context.get(), certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key, SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_set_session_id_context(context.get(), kName, sizeof kName) != 1) {
    std::fputs("the certificate or its key cannot be used\n", stderr);
    return nullptr;
  }
  return context;
}

int Listen() {
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
    std::perror("no port");
    std::exit(1);
  }
  std::printf("port %d\n", ntohs(address.sin_port));
  return listener;
}

int Prefork(const char* processes, const std::function<int()>& work) {
  for (int i = std::atoi(processes); i > 0; --i) {
    if (fork() == 0) return work();
  }
  int status = 0;
  int result = 0;
  while (wait(&status) > 0) result |= status;
  return result == 0 ? 0 : 1;
}

void Serve(SSL_CTX* context, int listener, const char* threads,
           const std::function<void(SSL*)>& serve) {
  std::vector<std::jthread> serving;
  for (int i = std::atoi(threads); i > 0; --i)
    serving.emplace_back(Accept, context, listener, std::cref(serve));
  while (std::getchar() != EOF) {
  }
  shutdown(listener, SHUT_RDWR);  // ends accept, in all processes
}

void Talk(SSL* ssl) {
  LimitWaits(SSL_get_fd(ssl), kIdleSeconds);
  char line[1024];
  int result = 0;
  for (;;) {
    // SSL_get_error takes what is left there for this connection's.
    ERR_clear_error();
    result = SSL_read(ssl, line, sizeof line);
    if (result <= 0) break;
    constexpr std::string_view kPage = "HTTP/1.0 200 OK\r\n\r\nwelcome\n";
    const std::string_view got(line, static_cast<size_t>(result));
    const bool is_http = got.starts_with("GET ");
    const std::string_view reply = is_http ? kPage : got;
    result = SSL_write(ssl, reply.data(), static_cast<int>(reply.size()));
    if (result <= 0 || is_http) break;
  }
  // OpenSSL forbids it after these two.
  const int error = SSL_get_error(ssl, result);
  if (error != SSL_ERROR_SSL && error != SSL_ERROR_SYSCALL) SSL_shutdown(ssl);
}

void Cut(uint64_t descriptor) {
  shutdown(static_cast<int>(descriptor), SHUT_RDWR);
}

}  // namespace example
