#include "engine/base/checksum.h"

#include <xxhash.h>

namespace revstat {

uint64_t Checksum(Bytes octets) {
  return XXH3_64bits(octets.data(), octets.size());
}

}  // namespace revstat
