// Blocks of one input worked on side by side and given out in their order.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_ORDERED_WORK_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_ORDERED_WORK_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "engine/base/parallel.h"

namespace revstat::tool {

// Two threads, each with a worker of its own, take a block, work on it and put
// its results, until take(worker) says there is none left:
//   bool take(Worker&)  the next block; one call at a time
//   void work(Worker&)  any number at once
//   void put(Worker&)   in the order of take, one call at a time
// With Threads::kOne, for work that is not worth a thread, one does it all.
// Whichever thread is free does what comes next, so that neither reading nor
// writing needs a thread of its own and both cores stay busy. None may throw.
template <class Worker, class Take, class Work, class Put>
void WorkInOrder(Threads threads, Worker& first, Worker& second,
                 const Take& take, const Work& work, const Put& put) {
  std::mutex taking;
  uint64_t taken = 0;
  std::mutex putting;
  std::condition_variable turn_came;
  uint64_t turn = 0;
  const auto loop = [&](Worker& worker) {
    while (true) {
      uint64_t mine = 0;
      {
        const std::lock_guard<std::mutex> lock(taking);
        if (!take(worker)) return;
        mine = taken++;
      }
      work(worker);
      std::unique_lock<std::mutex> lock(putting);
      turn_came.wait(lock, [&] { return turn == mine; });
      put(worker);
      ++turn;
      turn_came.notify_all();
    }
  };
  RunBeside(
      threads, [&] { loop(first); }, [&] { loop(second); });
}

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_ORDERED_WORK_H_
