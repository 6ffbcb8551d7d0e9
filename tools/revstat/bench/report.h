// bench: the figures, for people and for programs.
#ifndef REVSTAT_TOOLS_REVSTAT_BENCH_REPORT_H_
#define REVSTAT_TOOLS_REVSTAT_BENCH_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/snapshot/verdict.h"
#include "tools/revstat/bench/load.h"
#include "tools/revstat/bench/lookup.h"
#include "tools/revstat/bench/machine.h"
#include "tools/revstat/bench/openssl.h"

namespace revstat::tool {

struct OpensslLookup {
  unsigned hit_percent = 0;
  double per_second = 0;
};

struct BenchReport {
  Machine machine;
  std::string crl;  // the file
  std::string issuer;
  uint64_t entries = 0;
  uint64_t bytes = 0;
  uint64_t index_bytes = 0;
  LoadFigures load;
  uint64_t queries = 0;
  Status unlisted = Status::kActive;
  std::vector<MemoryFigures> memory;
  std::vector<LookupFigures> lookups;
  std::optional<OpensslFigures> openssl;
  std::vector<OpensslLookup> openssl_lookups;
  std::string openssl_skipped;  // why; empty where it was measured
};

std::string ToTable(const BenchReport& report);
// One object on one line.
std::string ToJson(const BenchReport& report);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_BENCH_REPORT_H_
