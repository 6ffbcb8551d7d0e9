// What Refresher's fetching thread does. A part of Refresher.
#ifndef REVSTAT_ENGINE_REFRESH_FETCH_LOOP_H_
#define REVSTAT_ENGINE_REFRESH_FETCH_LOOP_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/refresh/held_crls.h"
#include "engine/refresh/refresher.h"
#include "engine/refresh/watched_source.h"

namespace revstat {

// Thread-safety: Run on one thread; what is said to be for others, on any.
class FetchLoop {
 public:
  // `held` is what the store has.
  FetchLoop(RefresherOptions options, std::unique_ptr<Fetcher> fetcher,
            HeldCrls held);

  // Returns after Stop. `worker` delivers its answers here, and outlives it.
  void Run(IngestWorker* worker);

  // For other threads.
  void Stop();
  // Whether Run has returned, after Stop, within `patience`.
  bool HasEnded(std::chrono::milliseconds patience);
  void Deliver(IngestAnswer answer);
  void Reload(std::vector<IssuerSource> issuers);
  void RefreshAll();
  bool WaitForRound(std::chrono::milliseconds timeout);
  std::vector<SourceHealth> Health() const;

 private:
  using Clock = std::chrono::steady_clock;

  // What other threads have left for the loop.
  struct Inbox {
    std::deque<IngestAnswer> answers;
    std::optional<std::vector<IssuerSource>> issuers;
    bool is_refreshing_all = false;
  };
  // A CRL on its way through the worker.
  struct Ticket {
    std::string id;                      // of its source
    std::weak_ptr<WatchedSource> asked;  // in whose round it is
    std::string url;
    FetchResult result;
  };
  using Source = std::shared_ptr<WatchedSource>;

  void Turn();
  void StartAnew(const absl::Status& why);
  void TakeInbox();
  void WriteState();
  void Load();
  void CancelFetches(const std::string& id);
  void MakeAllDue();
  void BeginRounds();
  void BeginRound(WatchedSource& source);
  void Submit(WatchedSource& source, FetchRequest request);
  void HandleFetched(const std::string& id, FetchResult result,
                     const std::string& url,
                     std::unique_ptr<StagedFile> staged);
  void HandleAnswer(IngestAnswer answer);
  void HandleNews(const IngestAnswer& answer);
  void HandleTaken(WatchedSource& source, const Ticket& ticket,
                   const IngestAnswer& answer, bool is_of_this_round);
  void EndRoundIfDone(WatchedSource& source);
  void JudgeAll();
  void Judge(WatchedSource& source);
  void TellHealth();
  std::chrono::milliseconds WaitFor() const;

  RefreshEvent EventOf(RefreshEvent::Kind kind, const WatchedSource& source,
                       const std::string& url) const;
  void Tell(const RefreshEvent& event) const;

  const RefresherOptions options_;
  const std::unique_ptr<Fetcher> fetcher_;

  mutable std::mutex mutex_;  // guards these
  std::condition_variable round_ended_;
  std::condition_variable run_ended_;
  bool has_ended_ = false;
  Inbox inbox_;
  std::vector<SourceHealth> health_;
  // Sources that have not been through a round since RefreshAll; also true for
  // a RefreshAll or Reload that the loop has not seen.
  std::set<std::string> waiting_for_;

  // Ends a body as well, which libcurl may have much of. Relaxed: it carries
  // nothing; the thread's join orders the rest.
  std::atomic<bool> is_stopping_ = false;

  // The loop's own.
  IngestWorker* worker_ = nullptr;
  Inbox taken_;  // and not done yet
  std::vector<IssuerSource> issuers_;
  bool is_state_read_ = false;
  bool is_loaded_ = false;  // issuers_ are what the host wants
  HeldCrls held_;           // only until the first Load
  RefreshState remembered_;
  std::vector<Source> sources_;
  std::map<std::string, Source> by_id_;
  std::multimap<std::string, FetchId>
      fetches_;  // of rounds, by the source's id
  uint64_t last_ticket_ = 0;
  std::map<uint64_t, Ticket> tickets_;
  bool has_changed_ = false;     // what WriteState writes
  bool is_newly_bound_ = false;  // a source, to what is not written yet
  bool is_health_old_ = false;
  Clock::time_point last_write_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_FETCH_LOOP_H_
