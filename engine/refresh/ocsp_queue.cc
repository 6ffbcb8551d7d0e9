#include "engine/refresh/ocsp_queue.h"

#include <algorithm>

namespace revstat {

void OcspQueue::GiveTurn(const std::string& origin, Host* host) {
  if (host->has_turn || host->waiting.empty() ||
      host->active >= limits_.max_per_host)
    return;
  host->has_turn = true;
  turns_.push_back(origin);
}

void OcspQueue::Add(const std::string& origin, Job job) {
  Host& host = hosts_[origin];
  host.waiting.push_back(job);
  GiveTurn(origin, &host);
}

std::optional<OcspQueue::Turn> OcspQueue::Next(Clock::time_point now) {
  if (turns_.empty()) return std::nullopt;
  const std::string origin = turns_.front();
  Host& host = hosts_.at(origin);
  const bool is_stopped = now < host.stopped_until;
  if (!is_stopped && active_ >= limits_.max_active) return std::nullopt;
  turns_.pop_front();
  host.has_turn = false;
  Turn turn{host.waiting.front(), origin, {}};
  host.waiting.pop_front();
  if (is_stopped) {
    turn.stopped = host.last_failure;
  } else {
    ++host.active;
    ++active_;
  }
  GiveTurn(origin, &host);
  return turn;
}

void OcspQueue::Done(const std::string& origin, const absl::Status& reached,
                     Clock::time_point now) {
  const auto found = hosts_.find(origin);
  Host& host = found->second;
  --host.active;
  --active_;
  if (reached.ok()) {
    host.failures = 0;
  } else if (++host.failures >= limits_.failures_to_stop) {
    // After the pause the next failure stops it again.
    host.failures = limits_.failures_to_stop - 1;
    host.stopped_until = now + limits_.stop_time;
    host.last_failure = reached;
  }
  GiveTurn(origin, &host);
  // A client that lives for years meets many hosts.
  if (host.active == 0 && host.waiting.empty() && host.failures == 0)
    hosts_.erase(found);
  if (hosts_.size() > most_hosts_) ForgetIdle(now);
}

// How often they have failed, but for those that are left alone. Done when the
// number has doubled, so that it costs little.
void OcspQueue::ForgetIdle(Clock::time_point now) {
  std::erase_if(hosts_, [&](const auto& named) {
    const Host& host = named.second;
    return host.active == 0 && host.waiting.empty() &&
           now >= host.stopped_until;
  });
  most_hosts_ = std::max(kMostKnown, 2 * hosts_.size());
}

}  // namespace revstat
