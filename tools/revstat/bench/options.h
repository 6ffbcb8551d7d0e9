// What `revstat bench` was asked to do.
#ifndef REVSTAT_TOOLS_REVSTAT_BENCH_OPTIONS_H_
#define REVSTAT_TOOLS_REVSTAT_BENCH_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/verify/signature.h"

namespace revstat::tool {

enum class BenchFormat { kTable, kJson };
enum class OpensslRun { kUpToLimit, kAlways };

struct BenchOptions {
  std::string crl;
  std::vector<std::string> trust;
  uint64_t queries = 1'000'000;
  unsigned threads = 2;
  double seconds = 0.3;  // each measurement
  BenchFormat format = BenchFormat::kTable;
  OpensslRun openssl = OpensslRun::kUpToLimit;
  WeakDigest weak_digest = WeakDigest::kRefuse;
};

// OpenSSL makes an object of each entry: some 300 octets, and twice its bytes
// of the CRL while it decodes. With more entries than this it would take longer
// than the minute that a run has.
inline constexpr uint64_t kOpensslBytesAnEntry = 400;
inline constexpr uint64_t kOpensslMaxEntries = 12'000'000;

// Shares of listed certificates among the questions, in percent.
inline constexpr unsigned kHitPercents[] = {0, 1, 50, 100};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_BENCH_OPTIONS_H_
