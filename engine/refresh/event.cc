#include "engine/refresh/event.h"

namespace revstat {

std::string_view NameOf(RefreshEvent::Kind kind) {
  switch (kind) {
    case RefreshEvent::Kind::kFetched:
      return "fetched";
    case RefreshEvent::Kind::kNotModified:
      return "not_modified";
    case RefreshEvent::Kind::kRefused:
      return "refused";
    case RefreshEvent::Kind::kOdd:
      return "odd";
    case RefreshEvent::Kind::kPublished:
      return "published";
    case RefreshEvent::Kind::kStale:
      return "stale";
    case RefreshEvent::Kind::kFreshAgain:
      return "fresh_again";
    case RefreshEvent::Kind::kDamaged:
      return "damaged";
    case RefreshEvent::Kind::kStopped:
      return "stopped";
  }
  return "";
}

std::string_view NameOf(SourceHealth::State state) {
  switch (state) {
    case SourceHealth::State::kFresh:
      return "fresh";
    case SourceHealth::State::kStale:
      return "stale";
    case SourceHealth::State::kMissing:
      return "missing";
  }
  return "";
}

std::string_view NameOf(CrlKind kind) {
  return kind == CrlKind::kDelta ? "delta" : "complete";
}

}  // namespace revstat
