#include "bench/loopback_files.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "bench/program.h"
#include "engine/base/error.h"

namespace revstat::bench {
namespace {

bool Send(int connection, Bytes octets) {
  while (!octets.empty()) {
    const ssize_t sent =
        send(connection, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    octets = octets.subspan(static_cast<size_t>(sent));
  }
  return true;
}

// The value of a request's header; curl writes names in one way.
std::string HeaderOf(const std::string& head, const std::string& name) {
  const size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const size_t begin = at + 2 + name.size() + 2;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

bool Respond(int connection, const std::string& head,
             const LoopbackFiles::Handler& handler) {
  const uint64_t number = std::strtoull(head.c_str() + 5, nullptr, 10);
  const LoopbackFiles::Answer answer = handler(number);
  if (HeaderOf(head, "If-None-Match") == answer.etag) {
    return Send(connection,
                BytesOf(Concat({"HTTP/1.1 304 Not Modified\r\nETag: ",
                                answer.etag, "\r\n\r\n"})));
  }
  const auto body = answer.body();
  return Send(connection,
              BytesOf(Concat(
                  {"HTTP/1.1 200 OK\r\nETag: ", answer.etag,
                   "\r\nContent-Length: ", std::to_string(body->bytes().size()),
                   "\r\n\r\n"}))) &&
         Send(connection, body->bytes());
}

void Talk(int connection, const LoopbackFiles::Handler& handler) {
  std::string read;
  char piece[4096];
  for (;;) {
    const size_t end = read.find("\r\n\r\n");
    if (end != std::string::npos) {
      if (!read.starts_with("GET /") ||
          !Respond(connection, read.substr(0, end + 4), handler)) {
        break;
      }
      read.erase(0, end + 4);
      continue;
    }
    const ssize_t got = recv(connection, piece, sizeof(piece), 0);
    if (got <= 0 || read.size() > 65536) break;
    read.append(piece, static_cast<size_t>(got));
  }
  close(connection);
}

[[noreturn]] void Serve(int listener, const LoopbackFiles::Handler& handler) {
  // Never outlives who started it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection < 0) _exit(kExitFailure);
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    std::thread([connection, &handler] { Talk(connection, handler); }).detach();
  }
}

}  // namespace

LoopbackFiles::LoopbackFiles(const Handler& handler) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || bind(listener, raw, size) != 0 ||
      listen(listener, 128) != 0 || getsockname(listener, raw, &size) != 0)
    Require(MakeError(ErrorCode::kInputUnreadable, "no loopback port"));
  port_ = ntohs(address.sin_port);
  child_ = fork();
  if (child_ == 0) Serve(listener, handler);
  close(listener);
  if (child_ < 0) Require(MakeError(ErrorCode::kInputUnreadable, "fork"));
}

LoopbackFiles::~LoopbackFiles() {
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
}

std::string LoopbackFiles::Url(uint64_t number) const {
  return Concat({"http://127.0.0.1:", std::to_string(port_), "/",
                 std::to_string(number)});
}

}  // namespace revstat::bench
