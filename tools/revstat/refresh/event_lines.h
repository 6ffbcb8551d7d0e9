// Lines of a service on standard output, whose reader may be slow or stuck.
#ifndef REVSTAT_TOOLS_REVSTAT_REFRESH_EVENT_LINES_H_
#define REVSTAT_TOOLS_REVSTAT_REFRESH_EVENT_LINES_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "tools/revstat/common/output.h"

namespace revstat::tool {

// Nobody waits for the reader: what he has not taken is kept up to a limit,
// then lines are dropped, and a line {"event":"lines_dropped","count":...} says
// how many as soon as there is room. Starts one thread, which writes each line
// at once: someone waits for it. Thread-safety: any number of threads.
class EventLines {
 public:
  explicit EventLines(int descriptor);
  // After Drain has returned true: else it waits for the reader.
  ~EventLines();
  EventLines(const EventLines&) = delete;
  EventLines& operator=(const EventLines&) = delete;

  // A line with its end.
  void Write(std::string line);
  // Whether all is written, or can never be, within `patience`.
  bool Drain(std::chrono::milliseconds patience);
  // False once the output has failed: a closed pipe, a full disk.
  bool ok();

 private:
  static constexpr size_t kMostOctets = size_t{8} << 20;

  void Run();

  Output output_;  // the thread's own

  std::mutex mutex_;  // guards these
  std::condition_variable changed_;
  std::deque<std::string> queue_;
  size_t octets_ = 0;     // in the queue
  uint64_t dropped_ = 0;  // since the last line that was queued
  bool is_writing_ = false;
  bool is_ending_ = false;
  bool is_ok_ = true;

  std::thread thread_;  // last: it uses the others
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_REFRESH_EVENT_LINES_H_
