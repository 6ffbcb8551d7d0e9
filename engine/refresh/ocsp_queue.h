// Which question is sent to which responder next: a part of OcspClient.
#ifndef REVSTAT_ENGINE_REFRESH_OCSP_QUEUE_H_
#define REVSTAT_ENGINE_REFRESH_OCSP_QUEUE_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"

namespace revstat {

// Hosts take turns, each with its own limit, so that a slow one keeps none of
// the others waiting; and one that has failed many times in a row is left alone
// for a while, so that its questions do not wait for a time-out each.
// Pure but for its own state: time is a parameter. Not thread-safe.
class OcspQueue {
 public:
  using Clock = std::chrono::steady_clock;
  using Job = uint64_t;

  struct Limits {
    unsigned max_active = 64;
    unsigned max_per_host = 8;
    unsigned failures_to_stop = 8;  // in a row
    std::chrono::milliseconds stop_time = std::chrono::seconds(10);
  };

  explicit OcspQueue(const Limits& limits) : limits_(limits) {}

  void Add(const std::string& origin, Job job);

  // The next that may be sent, now counted as active; nothing while none may.
  struct Turn {
    Job job;
    std::string origin;
    // Why its host is left alone: nothing is to be sent, and Done not called.
    absl::Status stopped;
  };
  std::optional<Turn> Next(Clock::time_point now);

  // An active one has come to its end: OK where its host gave an answer of
  // whatever kind, else why not.
  void Done(const std::string& origin, const absl::Status& reached,
            Clock::time_point now);

  unsigned active() const { return active_; }
  size_t hosts() const { return hosts_.size(); }  // that are remembered

 private:
  struct Host {
    std::deque<Job> waiting;
    unsigned active = 0;
    unsigned failures = 0;
    bool has_turn = false;  // stands in turns_
    absl::Status last_failure;
    Clock::time_point stopped_until = Clock::time_point::min();
  };

  void GiveTurn(const std::string& origin, Host* host);
  void ForgetIdle(Clock::time_point now);

  // Strangers' certificates may name ever new hosts that nobody reaches.
  static constexpr size_t kMostKnown = 1024;

  Limits limits_;
  unsigned active_ = 0;
  std::unordered_map<std::string, Host> hosts_;
  std::deque<std::string> turns_;
  size_t most_hosts_ = kMostKnown;  // when to forget some
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_OCSP_QUEUE_H_
