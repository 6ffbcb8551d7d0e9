// Blocks of one input worked on side by side and given out in their order.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_ORDERED_WORK_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_ORDERED_WORK_H_

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "engine/base/parallel.h"

namespace revstat::tool {

// Two threads, each with a worker of its own, take a block, work on it and put
// its product, until take(worker) says there is none left:
//   bool take(Worker&)            the next block; one call at a time
//   void work(Worker&, Product&)  any number at once; the product may be one
//                                 that was put before, for its memory
//   void put(Product&)            in the order of take, one call at a time
// With Threads::kOne, for work that is not worth a thread, one does it all.
// Whichever thread is free does what comes next, so that neither reading nor
// writing needs a thread of its own. A block that is ready before its turn
// waits, and its thread goes on: to be woken costs some 50 microseconds on a
// virtual machine, a small block's time. Where one of them throws, nothing more
// is taken, and the exception is thrown here, after both threads have ended.
template <class Product, class Worker, class Take, class Work, class Put>
void WorkInOrder(Threads threads, Worker& first, Worker& second,
                 const Take& take, const Work& work, const Put& put) {
  constexpr uint64_t kMostAhead = 8;
  struct Slot {
    Product product;
    bool is_ready = false;
  };
  std::array<Slot, kMostAhead> slots;
  std::mutex taking;  // guards what follows
  uint64_t taken = 0;
  bool is_over = false;
  std::mutex putting;  // guards is_ready, and what follows
  std::condition_variable has_room;
  uint64_t turn = 0;
  bool is_putting = false;
  bool has_thrown = false;  // so that a turn may never come
  const auto take_one = [&](Worker& worker, uint64_t* mine) {
    const std::lock_guard<std::mutex> lock(taking);
    {
      std::unique_lock<std::mutex> room(putting);
      has_room.wait(room,
                    [&] { return has_thrown || taken - turn < kMostAhead; });
      if (has_thrown) return false;
    }
    if (is_over) return false;
    is_over = true;  // where take throws, too
    if (!take(worker)) return false;
    is_over = false;
    *mine = taken++;
    return true;
  };
  const auto put_ready = [&](Slot& mine) {
    std::unique_lock<std::mutex> lock(putting);
    mine.is_ready = true;
    if (is_putting) return;  // the other thread comes to it
    is_putting = true;
    while (true) {
      Slot& next = slots[turn % kMostAhead];
      if (!next.is_ready) break;
      lock.unlock();
      put(next.product);
      lock.lock();
      next.is_ready = false;
      ++turn;
      has_room.notify_one();
    }
    is_putting = false;
  };
  const auto loop = [&](Worker& worker) {
    try {
      for (uint64_t mine = 0; take_one(worker, &mine);) {
        Slot& slot = slots[mine % kMostAhead];
        work(worker, slot.product);
        put_ready(slot);
      }
    } catch (...) {
      const std::lock_guard<std::mutex> lock(putting);
      has_thrown = true;
      has_room.notify_one();
      throw;
    }
  };
  RunBeside(
      threads, [&] { loop(first); }, [&] { loop(second); });
}

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_ORDERED_WORK_H_
