// The serial numbers of one generated CA: an endless list without repetition,
// of which any element can be computed by its index.
//
// The first `entries` of them are those a CRL lists; the ones behind are not in
// it. `crl`, `queries` and `certs` with the same options and seed therefore
// agree without reading each other's files.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_SERIAL_SEQUENCE_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_SERIAL_SEQUENCE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/serial_number.h"
#include "tools/revstat-gen/permutation.h"

namespace revstat::gen {

enum class SerialOrder : uint8_t { kRandom, kSequential };

struct SerialOptions {
  uint64_t seed = 1;
  SerialOrder order = SerialOrder::kRandom;
  // Content octets of the INTEGER, 1 to 20. Zero stands for what CAs do: random
  // serials of 16 octets, sequential ones as short as they come.
  unsigned min_octets = 0;
  unsigned max_octets = 0;
};

// Thread-safety: immutable.
class SerialSequence {
 public:
  explicit SerialSequence(const SerialOptions& options);

  // How many different serials there are, at most 2^56.
  uint64_t capacity() const { return capacity_; }
  // An error that names the numbers when there are fewer than `count`.
  absl::Status CheckCapacity(uint64_t count) const;

  // `index` is below capacity().
  SerialNumber At(uint64_t index) const;

 private:
  // A length whose serials are used up drops out of the round: between two such
  // moments the lengths `min_octets` .. max take turns.
  struct Phase {
    uint64_t first_index;
    uint64_t first_rank;  // serials of each length that are used before
    unsigned min_octets;
  };

  SerialNumber Random(unsigned octets, uint64_t rank) const;
  SerialNumber Sequential(uint64_t index) const;

  SerialOptions options_;
  uint64_t capacity_ = 0;
  std::vector<Phase> phases_;
  std::vector<Permutation>
      permutations_;  // one for each length from min_octets on
};

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_SERIAL_SEQUENCE_H_
