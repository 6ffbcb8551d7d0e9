// Getting what answers will need while a block of rows is being read.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_PREFETCH_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_PREFETCH_H_

#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/snapshot/snapshot.h"

namespace revstat::tool {

// Not thread-safe: rows are then read by one thread.
class Prefetch {
 public:
  virtual ~Prefetch() = default;

  // A certificate of the block, of whatever issuer, and the OCSP responders
  // that it names.
  virtual void Add(const LookupKey& key, std::vector<std::string> urls) = 0;
  // Returns when the block can be answered: the time to answer it for.
  virtual Time Finish() = 0;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_PREFETCH_H_
