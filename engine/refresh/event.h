// What a Refresher tells its host.
#ifndef REVSTAT_ENGINE_REFRESH_EVENT_H_
#define REVSTAT_ENGINE_REFRESH_EVENT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/time.h"
#include "engine/snapshot/crl_changes.h"

namespace revstat {

enum class CrlKind : uint8_t { kComplete, kDelta };

// How current the CRL of a source is.
struct SourceHealth {
  std::string issuer;  // the block's name
  CrlKind kind = CrlKind::kComplete;
  std::vector<std::string> urls;
  // kMissing: none is held. Stale: nextUpdate, and the grace, are over.
  enum class State : uint8_t { kFresh, kStale, kMissing };
  State state = State::kMissing;
  std::optional<Time> stale_from;  // absent: never, or nothing is held
  Time next_attempt;
  unsigned failures = 0;    // rounds in a row
  absl::Status last_error;  // of the last round; OK if that was well
};

struct RefreshEvent {
  enum class Kind : uint8_t {
    kFetched,      // a body arrived; what it is worth comes with a later event
    kNotModified,  // the server, or the octets, say that nothing has changed
    kRefused,     // a fetch or a CRL failed; `why`. The old one goes on serving
    kOdd,         // taken in all the same; `why`: kShrunk, kConflictingCrl,
                  // kVanished
    kPublished,   // durable, and visible to readers
    kStale,       // the source just became so
    kFreshAgain,  // and is no longer
    kDamaged,     // a CRL or router of the store was, and is gone; `why`
    kStopped,     // the store cannot be written to, or memory is not to be had;
                  // `why`. It is tried again
  };

  Kind kind = Kind::kFetched;
  Time at;
  SourceHealth health;  // of the source, after the event; empty in the last two
  std::string url;      // empty from kStale on
  absl::Status why;

  // kFetched and kRefused: of the answer.
  int http_status = 0;
  uint64_t bytes = 0;
  std::string address;

  // kPublished.
  uint64_t generation = 0;
  std::string crl_number;  // lower-case hexadecimal; empty for none
  Time this_update;
  std::optional<Time> next_update;
  uint64_t entries = 0;
  CrlChanges changes;
};

std::string_view NameOf(RefreshEvent::Kind kind);    // "not_modified"
std::string_view NameOf(SourceHealth::State state);  // "fresh"
std::string_view NameOf(CrlKind kind);               // "complete"

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_EVENT_H_
