// The hash of serial numbers, keyed with a secret. Sets that are asked together
// best have the same one: then a serial is hashed once for all of them.
//
// Serials come from strangers: a CA's customer, or a CA itself, may choose
// them. Under a key he does not know he cannot aim at one bucket.
#ifndef REVSTAT_ENGINE_INDEX_KEYED_HASH_H_
#define REVSTAT_ENGINE_INDEX_KEYED_HASH_H_

#include <array>
#include <compare>
#include <cstdint>

#include "engine/base/serial_number.h"

namespace revstat {

struct HashKey {
  std::array<uint64_t, 6> words = {};

  // From the system's random source; throws std::system_error without one.
  static HashKey Random();
  // A random one, the same for as long as the process runs. Thread-safe.
  static const HashKey& OfProcess();

  friend auto operator<=>(const HashKey&, const HashKey&) = default;
};

// NH of UMAC (RFC 4418 5.2) over the serial's three words, a proven universal
// hash for a random key, folded to 64 bits by one more keyed multiplication.
// All 64 bits are used: the high ones choose the bucket, the next the
// fingerprint.
[[gnu::always_inline]] inline uint64_t KeyedHash(
    const HashKey& key, const std::array<uint64_t, 3>& serial) {
  using Wide = unsigned __int128;
  const auto& k = key.words;
  const Wide sum = static_cast<Wide>(serial[0] + k[0]) * (serial[1] + k[1]) +
                   static_cast<Wide>(serial[2] + k[2]) * k[3];
  const Wide folded = static_cast<Wide>(static_cast<uint64_t>(sum) + k[4]) *
                      (static_cast<uint64_t>(sum >> 64) + k[5]);
  return static_cast<uint64_t>(folded) ^ static_cast<uint64_t>(folded >> 64);
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_KEYED_HASH_H_
