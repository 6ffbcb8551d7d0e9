// For what time a status is asked, and how fresh a source must be.
#ifndef REVSTAT_ENGINE_SNAPSHOT_LOOKUP_POLICY_H_
#define REVSTAT_ENGINE_SNAPSHOT_LOOKUP_POLICY_H_

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/base/time.h"

namespace revstat {

enum class NextUpdatePolicy : uint8_t { kEnforce, kIgnore };

// For what time, and how fresh a source must be to prove that a certificate is
// active. A listing is believed however old its source is.
struct LookupPolicy {
  Time at;
  std::chrono::seconds clock_skew{0};  // allowed on all times of CRLs
  std::optional<std::chrono::seconds> max_age =
      std::nullopt;  // since thisUpdate
  NextUpdatePolicy next_update = NextUpdatePolicy::kEnforce;
  // The certificates' notAfter, where all asked about have the same. RFC 5280
  // 3.3: a CRL from after it need not list them any more, so that it proves
  // none active, unless its expiredCertsOnCRL (X.509) says that it does.
  std::optional<Time> not_after = std::nullopt;
  // A certificate valid for no longer than this needs no source; see check/.
  std::optional<std::chrono::seconds> short_lived = std::nullopt;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_LOOKUP_POLICY_H_
