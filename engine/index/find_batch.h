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

// The implementations; each gives the same answers. kScalar is the oracle and
// runs everywhere.
enum class Kernel : uint8_t { kScalar, kAvx2, kAvx512 };

// The best one this processor runs.
Kernel BestKernel();
// True where this processor and build have it.
bool IsAvailable(Kernel kernel);
const char* NameOf(Kernel kernel);

// Writes to offsets[i] what probes[i].set->Find(*probes[i].serial) returns.
// Probes may name different sets. No allocation; any count.
void FindBatch(const Probe* probes, size_t count, uint32_t* offsets);
// The same for `count` serials and one set: what most batches are, and faster.
void FindBatch(const SerialSet& set, const SerialColumn& serials, size_t count,
               uint32_t* offsets);
// What set.Find(serial) returns, faster than that reference.
uint32_t FindOne(const SerialSet& set, const SerialNumber& serial);

// The same with a chosen kernel, which must be available.
void FindBatchWith(Kernel kernel, const Probe* probes, size_t count,
                   uint32_t* offsets);
void FindBatchWith(Kernel kernel, const SerialSet& set,
                   const SerialColumn& serials, size_t count,
                   uint32_t* offsets);
uint32_t FindOneWith(Kernel kernel, const SerialSet& set,
                     const SerialNumber& serial);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_FIND_BATCH_H_
