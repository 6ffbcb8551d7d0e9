// Two pieces of one job side by side.
#ifndef REVSTAT_ENGINE_BASE_PARALLEL_H_
#define REVSTAT_ENGINE_BASE_PARALLEL_H_

#include <system_error>
#include <thread>

namespace revstat {

enum class Threads { kOne, kTwo };

// Runs `beside` on a second thread while `here` runs on this one, and returns
// when both have. The thread does not outlive the call: threads that do belong
// to refresh/ alone. With Threads::kOne, or where the system has no thread to
// give, both run here, one after the other. Neither may throw.
template <class Here, class Beside>
void RunBeside(Threads threads, Here&& here, Beside&& beside) {
  std::thread helper;
  if (threads == Threads::kTwo) {
    try {
      helper = std::thread([&beside] { beside(); });
    } catch (const std::system_error&) {
      // No thread to be had: the join below then runs the work here.
    }
  }
  here();
  if (helper.joinable()) {
    helper.join();
  } else {
    beside();
  }
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_PARALLEL_H_
