// FOR TEST DATA ONLY. NEVER FOR A REAL KEY.
//
// The octets that keys are made of: SHA-512 of (label, seed, index, counter).
// Whoever knows the seed knows the private key; that is the point, because the
// same seed must give the same PKI on any machine and with any libcrypto. For
// the same reason keys and ECDSA nonces are made here (seeded_key.h, ecdsa.h)
// and not by libcrypto with its RAND replaced: the order and number of its
// draws differ between processors and patch releases.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_SEEDED_STREAM_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_SEEDED_STREAM_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tools/revstat-gen/der.h"

namespace revstat::gen {

// What a key is made from. Two different names are two independent streams.
struct KeySeed {
  uint64_t seed = 1;
  std::string_view label;
  uint64_t index = 0;
};

// Thread-safety: none; one thread reads a stream.
class SeededStream {
 public:
  explicit SeededStream(const KeySeed& seed);

  void Fill(std::span<uint8_t> out);
  Octets Take(size_t count);

 private:
  Octets prefix_;
  uint64_t counter_ = 0;
  std::array<uint8_t, 64> block_;
  size_t used_ = 64;
};

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_SEEDED_STREAM_H_
