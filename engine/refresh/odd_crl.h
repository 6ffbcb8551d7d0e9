// What to do with CRLs that are authentic but odd.
#ifndef REVSTAT_ENGINE_REFRESH_ODD_CRL_H_
#define REVSTAT_ENGINE_REFRESH_ODD_CRL_H_

#include <cstdint>
#include <optional>

namespace revstat {

// kReport takes it in all the same.
enum class OddCrl : uint8_t { kReport, kRefuse };

// Of one source; what is absent is as for all others (StoreUpdaterOptions).
struct OddRules {
  std::optional<OddCrl> conflicting;
  std::optional<OddCrl> shrunk;
  std::optional<double> shrink_to;
  std::optional<OddCrl> vanished = std::nullopt;

  friend bool operator==(const OddRules&, const OddRules&) = default;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_ODD_CRL_H_
