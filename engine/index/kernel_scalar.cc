#include "engine/index/kernel_impl.h"

namespace revstat {

void FindBatchScalar(const Probe* probes, size_t count, uint32_t* offsets) {
  RunBatch(probes, count, offsets,
           [](const SerialSetLine& line, uint16_t fingerprint) {
             uint32_t mask = 0;
             for (unsigned slot = 0; slot < SerialSetLine::kSlots; ++slot) {
               mask |=
                   static_cast<uint32_t>(line.fingerprint[slot] == fingerprint)
                   << slot;
             }
             return mask;
           });
}

}  // namespace revstat
