// All that a verdict says, to compare two ways to the same answer.
#ifndef REVSTAT_TESTS_SNAPSHOT_VERDICT_TEXT_H_
#define REVSTAT_TESTS_SNAPSHOT_VERDICT_TEXT_H_

#include <string>

#include "engine/snapshot/verdict.h"

namespace revstat::test {

inline std::string WholeTextOf(const Verdict& verdict) {
  return Concat({NameOf(verdict.status), " ", NameOf(verdict.cause), " ",
                 NameOf(verdict.reason), " ",
                 std::to_string(verdict.revocation_seconds), " of ",
                 std::to_string(verdict.source), " flags ",
                 std::to_string(verdict.flags)});
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SNAPSHOT_VERDICT_TEXT_H_
