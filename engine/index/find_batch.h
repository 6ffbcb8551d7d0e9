// Many serials at once: the loads of many lookups are in flight together, so a
// batch runs at the rate, not at the latency, of the memory.
#ifndef REVSTAT_ENGINE_INDEX_FIND_BATCH_H_
#define REVSTAT_ENGINE_INDEX_FIND_BATCH_H_

#include <cstddef>
#include <cstdint>

#include "engine/index/serial_set.h"

namespace revstat {

// One question: is this serial in this set? Borrowed.
struct Probe {
  const SerialSet* set;
  const SerialNumber* serial;
};

// Serials that stand at even distances in memory, inside larger keys say.
struct SerialColumn {
  const SerialNumber* first;
  size_t stride;  // octets from one to the next
};

// A question whose answer is yes: its position, and where the entry is in the
// DER of the set's CRL.
struct ListedSerial {
  uint32_t probe;
  uint32_t offset;
};

// The implementations; each gives the same answers. kScalar is the oracle and
// runs everywhere.
enum class Kernel : uint8_t { kScalar, kAvx2, kAvx512 };

// The best one this processor runs.
Kernel BestKernel();
// True where this processor and build have it.
bool IsAvailable(Kernel kernel);
const char* NameOf(Kernel kernel);

// Writes to `found`, which has room for `count`, the questions whose serial is
// listed, in their order, each with what probes[i].set->Find(*probes[i].serial)
// returns; returns how many. Probes may name different sets. No allocation.
size_t FindListed(const Probe* probes, size_t count, ListedSerial* found);
// The same for `count` serials and one set: what most batches are, and faster.
size_t FindListed(const SerialSet& set, const SerialColumn& serials,
                  size_t count, ListedSerial* found);
// What set.Find(serial) returns, faster than that reference.
uint32_t FindOne(const SerialSet& set, const SerialNumber& serial);

// The same with a chosen kernel, which must be available.
size_t FindListedWith(Kernel kernel, const Probe* probes, size_t count,
                      ListedSerial* found);
size_t FindListedWith(Kernel kernel, const SerialSet& set,
                      const SerialColumn& serials, size_t count,
                      ListedSerial* found);
uint32_t FindOneWith(Kernel kernel, const SerialSet& set,
                     const SerialNumber& serial);

// FindListedWith for callers that want an answer to each question: offsets[i]
// is SerialSet::kNotListed where it is no.
void FindBatchWith(Kernel kernel, const Probe* probes, size_t count,
                   uint32_t* offsets);
void FindBatchWith(Kernel kernel, const SerialSet& set,
                   const SerialColumn& serials, size_t count,
                   uint32_t* offsets);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_FIND_BATCH_H_
