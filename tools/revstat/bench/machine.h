// bench: what figures that are kept over time must be told apart by.
#ifndef REVSTAT_TOOLS_REVSTAT_BENCH_MACHINE_H_
#define REVSTAT_TOOLS_REVSTAT_BENCH_MACHINE_H_

#include <cstdint>
#include <string>

namespace revstat::tool {

struct Machine {
  std::string time;     // RFC 3339, by the wall clock
  std::string version;  // of revstat
  std::string cpu;      // the model; empty where the system does not say
  unsigned cores = 0;
  double load_average = 0;  // of the last minute, before anything is measured
};

Machine DescribeMachine();

// Memory that can be had without swapping; 0 where the system does not say.
uint64_t AvailableMemory();

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_BENCH_MACHINE_H_
