// CRLs that change, of which it is known at any time what they list.
#ifndef REVSTAT_BENCH_SOAK_SOURCES_H_
#define REVSTAT_BENCH_SOAK_SOURCES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/time.h"
#include "tools/revstat-gen/authority.h"
#include "tools/revstat-gen/crl_builder.h"
#include "tools/revstat-gen/serial_sequence.h"

namespace revstat::bench {

// One CA. Its CRL of number n lists serials n to n + entries - 1 of an endless
// sequence, and no others: each number has one more and one less than the last.
// Thread-safety: immutable.
class SoakSource {
 public:
  // Made from the seed; ends the program where that fails. The first CRL is of
  // `first_update`, each further one a second later.
  SoakSource(uint64_t seed, uint64_t entries, Time first_update);

  const gen::Authority& authority() const { return authority_; }
  uint64_t entries() const { return entries_; }
  // Of number 1 and up.
  gen::CrlOctets Crl(uint64_t number) const;

  SerialNumber SerialAt(uint64_t position) const {
    return serials_.At(position);
  }
  bool IsListed(uint64_t position, uint64_t number) const {
    return position >= number && position < number + entries_;
  }

 private:
  gen::SerialOptions options_;
  gen::Authority authority_;
  gen::SerialSequence serials_;
  uint64_t entries_;
  Time first_update_;
};

// `count` of them: one of 5 M entries, one in two hundred of 100 k, the others
// of 20 to 500.
std::vector<SoakSource> MakeSoakSources(uint64_t count, uint64_t largest,
                                        Time first_update);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_SOAK_SOURCES_H_
