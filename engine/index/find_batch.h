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

// A serial that was hashed: the line that a lookup of it begins with.
struct LocatedSerial {
  const SerialSetLine* line;
  uint64_t fingerprint;
};
// Where a serial with this hash, under the set's key, is in it.
[[gnu::always_inline]] inline LocatedSerial Locate(const SerialSetHead& head,
                                                   uint64_t hash) {
  const SerialSetHome home =
      HomeOf(hash, head.partition_bits, head.bucket_count);
  return {head.lines + home.bucket, home.fingerprint};
}

// A question whose answer is yes.
struct ListedSerial {
  static constexpr uint32_t kNotRead = ~uint32_t{0};

  uint32_t probe;   // its position
  uint32_t offset;  // of the entry in the DER of the set's CRL
  // What an entry of the usual form (UsualEntry) says. It is read together with
  // the serial that is compared: later it would have to come from afar again.
  // kNotRead: of another form, or not looked at.
  uint32_t reason;
  int64_t revocation_seconds;
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
// listed, in their order, each with the offset that
// probes[i].set->Find(*probes[i].serial) returns; returns how many. Probes may
// name different sets. No allocation.
size_t FindListed(const Probe* probes, size_t count, ListedSerial* found);
// The same for `count` serials and one set: what most batches are, and faster.
size_t FindListed(const SerialSet& set, const SerialColumn& serials,
                  size_t count, ListedSerial* found);
// A first question, for callers that locate serials of many sets themselves and
// prefetch the lines: writes to `maybe`, which has room for `count`, the
// positions of the serials that may be listed, in their order; returns how
// many. Of the others about one in a hundred is among them. No allocation.
size_t SelectMaybe(const LocatedSerial* serials, size_t count, uint32_t* maybe);
// One alone, faster than set.Find: kNotListed, or where the entry is and what
// it says; `probe` is 0.
ListedSerial FindOne(const SerialSet& set, const SerialNumber& serial);
// The same, with the serial located in the set.
ListedSerial FindOne(const SerialSet& set, const SerialNumber& serial,
                     const LocatedSerial& located);

// The same with a chosen kernel, which must be available.
size_t FindListedWith(Kernel kernel, const Probe* probes, size_t count,
                      ListedSerial* found);
size_t FindListedWith(Kernel kernel, const SerialSet& set,
                      const SerialColumn& serials, size_t count,
                      ListedSerial* found);
size_t SelectMaybeWith(Kernel kernel, const LocatedSerial* serials,
                       size_t count, uint32_t* maybe);
ListedSerial FindOneWith(Kernel kernel, const SerialSet& set,
                         const SerialNumber& serial,
                         const LocatedSerial& located);

// FindListedWith for callers that want an answer to each question: offsets[i]
// is SerialSet::kNotListed where it is no.
void FindBatchWith(Kernel kernel, const Probe* probes, size_t count,
                   uint32_t* offsets);
void FindBatchWith(Kernel kernel, const SerialSet& set,
                   const SerialColumn& serials, size_t count,
                   uint32_t* offsets);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_FIND_BATCH_H_
