// A checksum of octets that are written to a file.
#ifndef REVSTAT_ENGINE_BASE_CHECKSUM_H_
#define REVSTAT_ENGINE_BASE_CHECKSUM_H_

#include <cstdint>

#include "engine/base/bytes.h"

namespace revstat {

// XXH3-64 with seed 0: against damage, not against people. Cost: ten gigabytes
// a second or so.
uint64_t Checksum(Bytes octets);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_CHECKSUM_H_
