#include "tools/revstat/bench/machine.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <thread>

#include "engine/base/time.h"

namespace revstat::tool {
namespace {

// What stands behind "name :" in a file of /proc; empty where nothing does.
std::string ProcValue(const char* path, std::string_view name) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.compare(0, name.size(), name) != 0) continue;
    const size_t value = line.find_first_not_of(" \t:", name.size());
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

}  // namespace

Machine DescribeMachine() {
  using std::chrono::system_clock;
  Machine machine;
  machine.time =
      FormatTime(std::chrono::floor<std::chrono::seconds>(system_clock::now()));
  machine.version = REVSTAT_VERSION;
  machine.cpu = ProcValue("/proc/cpuinfo", "model name");
  machine.cores = std::thread::hardware_concurrency();
  double load = 0;
  if (getloadavg(&load, 1) == 1) machine.load_average = load;
  return machine;
}

uint64_t AvailableMemory() {
  constexpr uint64_t kKibibyte = 1024;
  const std::string kibibytes = ProcValue("/proc/meminfo", "MemAvailable");
  return std::strtoull(kibibytes.c_str(), nullptr, 10) * kKibibyte;
}

}  // namespace revstat::tool
