// `revstat ocsp query` over a long list, asked of a responder on loopback:
// every row is answered, and memory does not grow with the list.
//
//   ocsp_query_list REVSTAT [ROWS]
//
// The ordinary test run asks about fewer than are worth a figure.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/fault_server.h"
#include "tests/support/ocsp_responder.h"
#include "tests/verify/ocsp_world.h"

namespace {

#if defined(__has_feature)
constexpr bool kHasSanitizer =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kHasSanitizer = false;
#endif

using namespace revstat;
using namespace revstat::test;

// An hour before and after now: the program asks the system's clock.
Octets TimeFromNow(std::chrono::hours hours) {
  const Time now = std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
  std::string text;
  for (const char c : FormatTime(now + hours)) {
    if (c != '-' && c != ':' && c != 'T') text += c;
  }
  return GeneralizedTime(text);
}

// Every seventh is revoked.
HttpReply Answer(const HttpRequest& request) {
  static const Octets this_update = TimeFromNow(std::chrono::hours(-1));
  static const Octets next_update = TimeFromNow(std::chrono::hours(24));
  const auto asked = ReadAsked(request);
  SingleText single;
  single.cert_id = asked->cert_id;
  if (asked->serial.back() % 7 == 0) single.status = Revoked();
  single.this_update = this_update;
  single.next_update = next_update;
  ResponseText text;
  text.produced_at = this_update;
  text.responses = {single.Der()};
  return ReplyWith(OcspWorld().ByCa(text));
}

struct Run {
  int exit_status = 0;
  long kilobytes = 0;  // at most, in memory
  double seconds = 0;
};

Run Query(const std::string& revstat, const std::string& folder,
          const std::string& url) {
  const auto start = std::chrono::steady_clock::now();
  const std::string list = folder + "/list.csv", issuer = folder + "/ca.der";
  const int out = open((folder + "/out").c_str(),
                       O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  const pid_t child = fork();
  if (child == 0) {
    dup2(out, STDOUT_FILENO);
    execl(revstat.c_str(), revstat.c_str(), "ocsp", "query", list.c_str(),
          "--issuer", issuer.c_str(), "--responder", url.c_str(),
          "--allow-private", "--format", "csv", "--timeout", "60", nullptr);
    _exit(127);
  }
  close(out);
  int status = 0;
  rusage usage = {};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, usage.ru_maxrss,
          elapsed.count()};
}

// Returns the rows of the list whose answers are not as they should be.
size_t WrongRows(const std::string& path, size_t rows) {
  std::ifstream out(path);
  std::string line;
  std::getline(out, line);  // the header
  size_t wrong = 0;
  for (size_t i = 0; i < rows; ++i) {
    const std::string_view expected =
        (i & 0xff) % 7 == 0 ? "revoked" : "active";
    if (!std::getline(out, line) || line.find(expected) == std::string::npos)
      ++wrong;
  }
  return wrong + (std::getline(out, line) ? 1 : 0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const size_t rows = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 5000;
  const TemporaryFolder folder;
  const OcspWorld world;
  const Octets ca = world.CaCertificate();
  std::ofstream(folder.path() + "/ca.der", std::ios::binary)
      .write(reinterpret_cast<const char*>(ca.data()),
             static_cast<std::streamsize>(ca.size()));
  const std::string issuer = ToHex(Sha256(ca));
  const LoopbackServer server(Answer);
  Run runs[2];
  size_t wrong = 0;
  for (const size_t share : {10u, 1u}) {
    const size_t count = rows / share;
    {
      std::ofstream list(folder.path() + "/list.csv");
      list << "issuer,serial\n";
      char serial[32];
      for (size_t i = 0; i < count; ++i) {
        std::snprintf(serial, sizeof serial, "01%06zx", i);
        list << issuer << ',' << serial << '\n';
      }
    }
    Run& run = runs[share == 1];
    run = Query(argv[1], folder.path(), server.Url());
    wrong += WrongRows(folder.path() + "/out", count);
    std::printf("%zu rows: exit status %d, %.1f s, %ld kB\n", count,
                run.exit_status, run.seconds, run.kilobytes);
  }
  // What it may hold of answers without --cache: 128 Ki of 150 octets. A
  // sanitizer keeps what was freed for a while.
  const bool is_flat =
      kHasSanitizer || runs[1].kilobytes < runs[0].kilobytes + 24 * 1024;
  std::printf("%zu wrong, %zu requests, at most %zu connections\n", wrong,
              server.requests(), server.most_connections());
  return wrong == 0 && is_flat && runs[0].exit_status == 1 &&
                 runs[1].exit_status == 1
             ? 0
             : 1;
}
