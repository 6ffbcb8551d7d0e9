// FetchLoop: what the host is told beside what a fetch comes to.
#include <utility>

#include "engine/base/error.h"
#include "engine/base/thrown.h"
#include "engine/refresh/fetch_loop.h"

namespace revstat {

void FetchLoop::HandleNews(const IngestAnswer& answer) {
  for (const Source& source : sources_) {
    if (!source->held().has_value() ||
        !answer.gone.contains(source->held()->sha256))
      continue;
    source->Lose();
    has_changed_ = is_health_old_ = true;
  }
  RefreshEvent event;
  event.at = options_.now();
  event.kind = RefreshEvent::Kind::kDamaged;
  for (const LostFile& lost : answer.lost) {
    event.why = lost.why;
    Tell(event);
  }
  if (answer.status.ok()) return;
  event.kind = RefreshEvent::Kind::kStopped;
  event.why = answer.status;
  Tell(event);
}

void FetchLoop::JudgeAll() {
  for (const Source& source : sources_) Judge(*source);
}

void FetchLoop::Judge(WatchedSource& source) {
  const Time now = options_.now();
  const SourceHealth::State before = source.Judge(now);
  const SourceHealth::State after = source.StateAt(now);
  if (before == after) return;
  is_health_old_ = true;
  if (after == SourceHealth::State::kStale) {
    Tell(EventOf(RefreshEvent::Kind::kStale, source, ""));
  } else if (before == SourceHealth::State::kStale) {
    Tell(EventOf(RefreshEvent::Kind::kFreshAgain, source, ""));
  }
}

void FetchLoop::TellHealth() {
  if (!is_health_old_) return;
  is_health_old_ = false;
  std::vector<SourceHealth> health;
  for (const Source& source : sources_)
    health.push_back(source->Health(options_.now()));
  const std::lock_guard lock(mutex_);
  health_ = std::move(health);
}

RefreshEvent FetchLoop::EventOf(RefreshEvent::Kind kind,
                                const WatchedSource& source,
                                const std::string& url) const {
  RefreshEvent event;
  event.kind = kind;
  event.at = options_.now();
  event.health = source.Health(event.at);
  event.url = url;
  return event;
}

void FetchLoop::Tell(const RefreshEvent& event) const {
  // What the host throws must not keep CRLs from coming in.
  if (options_.on_event) ThrownBy([&] { options_.on_event(event); });
}

}  // namespace revstat
