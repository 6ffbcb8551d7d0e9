// The exit status that a tally of results makes.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_EXIT_STATUS_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_EXIT_STATUS_H_

#include "engine/check/path_checker.h"
#include "tools/revstat/check/result_writer.h"
#include "tools/revstat/commands.h"

namespace revstat::tool {

inline int ExitStatusOf(const Tally& tally, UnknownPolicy unknown,
                        uint64_t failures) {
  if (failures > 0 || tally.unreadable > 0) return kExitFailure;
  if (tally.of(Status::kUnknown) + tally.of(Status::kActive) != tally.total()) {
    return kExitNotActive;
  }
  if (tally.has(Cause::kRevokedLater)) return kExitUnknown;  // it is listed
  return tally.of(Status::kUnknown) > 0 && unknown == UnknownPolicy::kRefuse
             ? kExitUnknown
             : kExitActive;
}

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_EXIT_STATUS_H_
