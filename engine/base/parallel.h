// Two pieces of one job side by side.
#ifndef REVSTAT_ENGINE_BASE_PARALLEL_H_
#define REVSTAT_ENGINE_BASE_PARALLEL_H_

#include <exception>
#include <system_error>
#include <thread>

namespace revstat {

enum class Threads { kOne, kTwo };

// Runs `beside` on a second thread while `here` runs on this one, and returns
// when both have. The thread does not outlive the call: threads that do belong
// to refresh/ alone. With Threads::kOne, or where the system has no thread to
// give, both run here, one after the other. What either throws (memory that is
// not to be had) is thrown here, after both have ended.
template <class Here, class Beside>
void RunBeside(Threads threads, Here&& here, Beside&& beside) {
  std::exception_ptr failure;
  const auto run_beside = [&] {
    try {
      beside();
    } catch (...) {
      failure = std::current_exception();
    }
  };
  std::thread helper;
  if (threads == Threads::kTwo) {
    try {
      helper = std::thread(run_beside);
    } catch (const std::system_error&) {
      // No thread to be had: it runs here below.
    }
  }
  try {
    here();
  } catch (...) {
    if (helper.joinable()) helper.join();
    throw;
  }
  if (helper.joinable()) {
    helper.join();
  } else {
    run_beside();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_PARALLEL_H_
