#include "tools/revstat/refresh/event_lines.h"

#include <utility>

#include "engine/base/json_text.h"

namespace revstat::tool {

EventLines::EventLines(int descriptor)
    : output_(descriptor), thread_([this] { Run(); }) {}

EventLines::~EventLines() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void EventLines::Write(std::string line) {
  const std::lock_guard lock(mutex_);
  if (!is_ok_) return;
  if (octets_ + line.size() > kMostOctets) {
    ++dropped_;
    return;
  }
  if (dropped_ > 0) {
    JsonObject note;
    note.Text("event", "lines_dropped");
    note.Number("count", static_cast<int64_t>(std::exchange(dropped_, 0)));
    queue_.push_back(note.Take() + "\n");
    octets_ += queue_.back().size();
  }
  octets_ += line.size();
  queue_.push_back(std::move(line));
  changed_.notify_all();
}

bool EventLines::Drain(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] {
    return !is_ok_ || (queue_.empty() && !is_writing_);
  });
}

bool EventLines::ok() {
  const std::lock_guard lock(mutex_);
  return is_ok_;
}

void EventLines::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_ending_ || !queue_.empty(); });
    if (queue_.empty() || !is_ok_) return;
    const std::string line = std::move(queue_.front());
    queue_.pop_front();
    octets_ -= line.size();
    is_writing_ = true;
    lock.unlock();
    output_.Write(line);
    output_.Flush();
    lock.lock();
    is_writing_ = false;
    is_ok_ = output_.status().ok();
    changed_.notify_all();
  }
}

}  // namespace revstat::tool
