#include "tests/support/loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace revstat::test {
namespace {

void Watch(int epoll, int socket) {
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.fd = socket;
  epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

// The value of a header, or "".
std::string Header(std::string_view head, std::string_view name) {
  for (size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2);
    const bool is_it =
        line.size() > name.size() && line[name.size()] == ':' &&
        std::equal(name.begin(), name.end(), line.begin(),
                   [](char a, char b) { return a == std::tolower(b); });
    if (!is_it) continue;
    const std::string_view value =
        line.substr(name.size() + 1, line.find("\r\n") - name.size() - 1);
    return std::string(
        value.substr(std::min(value.find_first_not_of(' '), value.size())));
  }
  return "";
}

}  // namespace

LoopbackServer::LoopbackServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 4096) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) !=
          0) {
    std::perror("loopback server");
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  stop_ = eventfd(0, EFD_CLOEXEC);
  Watch(epoll_, listener_);
  Watch(epoll_, stop_);
  thread_ = std::thread([this] { Run(); });
}

LoopbackServer::~LoopbackServer() {
  const uint64_t one = 1;
  if (write(stop_, &one, sizeof one) < 0) std::perror("eventfd");
  thread_.join();
  for (const auto& [socket, connection] : connections_) close(socket);
  close(listener_);
  close(epoll_);
  close(stop_);
}

std::string LoopbackServer::Url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

void LoopbackServer::Run() {
  epoll_event events[256];
  for (;;) {
    const int count = epoll_wait(epoll_, events, 256, RunTimers());
    for (int i = 0; i < count; ++i) {
      const int socket = events[i].data.fd;
      if (socket == stop_) return;
      if (socket == listener_) {
        Accept();
      } else {
        Read(socket);
      }
    }
  }
}

void LoopbackServer::Accept() {
  for (;;) {
    const int socket =
        accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_[socket] = {};
    most_connections_ = std::max(most_connections_.load(), connections_.size());
    Watch(epoll_, socket);
  }
}

void LoopbackServer::Read(int socket) {
  const auto found = connections_.find(socket);
  if (found == connections_.end()) return;
  char buffer[16384];
  const ssize_t got = read(socket, buffer, sizeof buffer);
  if (got <= 0) {
    Close(socket);
    return;
  }
  found->second.in.append(buffer, static_cast<size_t>(got));
  Answer(socket, &found->second);
}

// One request at a time: what comes meanwhile waits.
void LoopbackServer::Answer(int socket, Connection* connection) {
  const size_t end = connection->in.find("\r\n\r\n");
  if (connection->is_answering || end == std::string::npos) return;
  const std::string_view head(connection->in.data(), end + 2);
  const size_t size =
      std::strtoul(Header(head, "content-length").c_str(), nullptr, 10);
  if (connection->in.size() < end + 4 + size) return;
  HttpRequest request;
  request.method = head.substr(0, head.find(' '));
  const size_t path = request.method.size() + 1;
  request.path = head.substr(path, head.find(' ', path) - path);
  request.content_type = Header(head, "content-type");
  request.cache_control = Header(head, "cache-control");
  request.body = connection->in.substr(end + 4, size);
  connection->in.erase(0, end + 4 + size);
  ++requests_;
  const HttpReply reply = handler_(request);
  connection->is_answering = true;
  connection->end = reply.end;
  connection->delay = reply.delay;
  connection->out = "HTTP/1.1 " + std::to_string(reply.status) +
                    " Reason\r\nContent-Type: " + reply.content_type +
                    "\r\nContent-Length: " + std::to_string(reply.body.size()) +
                    "\r\n";
  for (const std::string& line : reply.headers)
    connection->out += line + "\r\n";
  const bool is_whole =
      reply.end == HttpReply::End::kWhole || reply.end == HttpReply::End::kDrip;
  const size_t kept = is_whole ? reply.body.size() : reply.body.size() / 2;
  connection->out += "\r\n" + reply.body.substr(0, kept);
  timers_.emplace(Clock::now() + reply.delay, socket);
}

// Writes what is due; returns the milliseconds to the next, or -1.
int LoopbackServer::RunTimers() {
  while (!timers_.empty()) {
    const auto [due, socket] = *timers_.begin();
    const auto left = due - Clock::now();
    if (left > Clock::duration::zero()) {
      return static_cast<int>(
          std::chrono::ceil<std::chrono::milliseconds>(left).count());
    }
    timers_.erase(timers_.begin());
    Write(socket);
  }
  return -1;
}

void LoopbackServer::Write(int socket) {
  const auto found = connections_.find(socket);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  if (connection.end == HttpReply::End::kReset) {
    const linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    Close(socket);
    return;
  }
  if (connection.end == HttpReply::End::kDrip && !connection.out.empty()) {
    send(socket, connection.out.data(), 1, MSG_NOSIGNAL);
    connection.out.erase(0, 1);
    timers_.emplace(Clock::now() + connection.delay, socket);
    return;
  }
  // Answers are small: what the socket's buffer does not take is not sent.
  const ssize_t sent =
      send(socket, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
  if (connection.end == HttpReply::End::kHang) return;
  if (connection.end == HttpReply::End::kCut ||
      sent != static_cast<ssize_t>(connection.out.size())) {
    Close(socket);
    return;
  }
  connection.is_answering = false;
  Answer(socket, &connection);
}

void LoopbackServer::Close(int socket) {
  std::erase_if(timers_,
                [&](const auto& timer) { return timer.second == socket; });
  connections_.erase(socket);
  close(socket);
}

}  // namespace revstat::test
