// An HTTP server inside the test program, whose answers a function makes, each
// after a delay if wanted: what a hundred thousand requests need, and answers
// that depend on the request.
#ifndef REVSTAT_TESTS_SUPPORT_LOOPBACK_SERVER_H_
#define REVSTAT_TESTS_SUPPORT_LOOPBACK_SERVER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace revstat::test {

struct HttpRequest {
  std::string method;
  std::string path;
  std::string content_type;
  std::string cache_control;
  std::string body;
};

struct HttpReply {
  std::string body;
  std::string content_type = "application/ocsp-response";
  int status = 200;
  std::vector<std::string> headers = {};  // further ones, "Name: value"
  std::chrono::milliseconds delay{0};
  enum class End : uint8_t {
    kWhole,
    kCut,    // half the body, and the connection closes
    kHang,   // half the body, and nothing more
    kDrip,   // the whole, an octet every `delay`
    kReset,  // no answer at all
  };
  End end = End::kWhole;
};

// One thread, HTTP/1.1 with connections that stay open, on a free port of
// 127.0.0.1. Ends with the object.
class LoopbackServer {
 public:
  using Handler = std::function<HttpReply(const HttpRequest&)>;

  // `handler` is called on the server's thread.
  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string Url(std::string_view path = "/ocsp") const;
  size_t requests() const { return requests_; }
  size_t most_connections() const { return most_connections_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    std::string in;
    std::string out;
    HttpReply::End end = HttpReply::End::kWhole;
    std::chrono::milliseconds delay{0};
    bool is_answering = false;
  };

  void Run();
  void Accept();
  void Read(int socket);
  void Answer(int socket, Connection* connection);
  void Write(int socket);
  void Close(int socket);
  int RunTimers();

  const Handler handler_;
  int listener_ = -1;
  int epoll_ = -1;
  int stop_ = -1;  // an eventfd
  uint16_t port_ = 0;
  std::map<int, Connection> connections_;
  std::multimap<Clock::time_point, int> timers_;
  std::atomic<size_t> requests_ = 0;
  std::atomic<size_t> most_connections_ = 0;
  std::thread thread_;
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SUPPORT_LOOPBACK_SERVER_H_
