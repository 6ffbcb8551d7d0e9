// An HTTP server on loopback, in a process of its own, as fast as a benchmark
// needs it: HTTP/1.1 with kept connections and ETag, and nothing else.
#ifndef REVSTAT_BENCH_LOOPBACK_FILES_H_
#define REVSTAT_BENCH_LOOPBACK_FILES_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/buffer.h"

namespace revstat::bench {

class LoopbackFiles {
 public:
  struct Answer {
    std::string etag;
    // Called where the client does not have this etag.
    std::function<std::shared_ptr<const Buffer>()> body;
  };
  // Gives the answer for GET /<number>, on any thread of the server's process:
  // what it changes the caller never sees.
  using Handler = std::function<Answer(uint64_t number)>;

  // Forks: not while other threads run. Ends the program where it cannot.
  explicit LoopbackFiles(const Handler& handler);
  // Ends the process.
  ~LoopbackFiles();
  LoopbackFiles(const LoopbackFiles&) = delete;
  LoopbackFiles& operator=(const LoopbackFiles&) = delete;

  std::string Url(uint64_t number) const;

 private:
  pid_t child_ = -1;
  int port_ = 0;
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_LOOPBACK_FILES_H_
