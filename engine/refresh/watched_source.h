// One CRL that is watched, as the refresher's fetching thread sees it.
#ifndef REVSTAT_ENGINE_REFRESH_WATCHED_SOURCE_H_
#define REVSTAT_ENGINE_REFRESH_WATCHED_SOURCE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/refresh/fetch.h"
#include "engine/refresh/held_crls.h"
#include "engine/refresh/ingest_worker.h"
#include "engine/refresh/refresh_state.h"
#include "engine/refresh/watch_list.h"

namespace revstat {

// What is known of a source and what its rounds make of it: no thread, no
// network, no disk. A round asks every URL that may be asked; it is well when
// one of them gave an authentic CRL that is not refused. Not thread-safe.
class WatchedSource {
 public:
  // `held` is what the store holds of it, if anything: see HeldCrls.
  WatchedSource(WatchedCrl watched, const IssuerSource& issuer,
                SourceState state, std::optional<HeldCrl> held);

  const WatchedCrl& watched() const { return watched_; }
  // Whether it would be watched in just the same way as now: then its fetches
  // may go on. Of the certificates only those whose expiry is known by them
  // matter: the others are the store's to judge.
  bool IsAs(const WatchedCrl& watched, const IssuerSource& issuer) const;
  const SourceState& state() const { return state_; }
  Time next_attempt() const { return state_.next_attempt; }
  bool is_in_round() const { return open_ > 0; }

  // Also where the next attempt is further away than any can be: then a clock
  // was set back, or the state is damaged.
  bool IsDue(Time now) const;
  void MakeDue() { state_.next_attempt = Time(); }

  // The requests of a round; none where Retry-After forbids all, and then the
  // round is over. Finish is called once for each of them.
  std::vector<FetchRequest> BeginRound(Time now);

  // A download, for IngestWorker: what it is judged by.
  IngestJob JobFor(std::unique_ptr<StagedFile> staged) const;

  // The end of one request: by its own answer,
  void FinishNotModified(const std::string& url, const FetchResult& result,
                         Time now);
  void FinishFailed(const std::string& url, const FetchResult& result,
                    Time now);
  // or by what became of the CRL that it brought.
  void FinishTaken(const std::string& url, const FetchResult& result,
                   const HeldCrl& held);
  void FinishRefused(const std::string& url, const absl::Status& why);

  // As FinishTaken, of a request that another object of this source began.
  void Adopt(const std::string& url, const FetchResult& result,
             const HeldCrl& held);
  const std::optional<HeldCrl>& held() const { return held_; }

  // The store does not hold it any more: it is due, whatever was held.
  void Lose();

  // When is_in_round() has become false: sets the next attempt.
  void EndRound(Time now);

  // The state as of `now`; remembers it, and says what it was before. A source
  // that has become stale since it was last asked is due.
  SourceHealth::State Judge(Time now);
  SourceHealth::State StateAt(Time now) const;
  SourceHealth Health(Time now) const;
  std::optional<Time> stale_from() const;

 private:
  bool IsExpired(Time now) const;
  void FinishWell(const std::string& url, const FetchResult& result);
  void ForgetValidators();
  void Hold(const HeldCrl& held);

  const WatchedCrl watched_;
  const IssuerSource issuer_;
  const double spread_;
  SourceState state_;
  std::optional<HeldCrl> held_;
  std::optional<SourceHealth::State> judged_;
  Time asked_until_ = Time::min();  // the end of the last round, in this run

  // Of the round.
  size_t open_ = 0;
  bool was_asked_ = false;
  bool is_well_ = false;
  std::optional<std::chrono::seconds> fresh_for_;
  absl::Status error_;  // of the round, the last one of its URLs
  absl::Status last_error_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_WATCHED_SOURCE_H_
