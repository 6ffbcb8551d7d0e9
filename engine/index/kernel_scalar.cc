// For every processor, and the oracle of the others.
#include "engine/index/kernel_impl.h"

namespace revstat {
namespace {

constexpr auto Match = [](const SerialSetLine& line, uint16_t fingerprint) {
  uint32_t mask = 0;
  for (unsigned slot = 0; slot < SerialSetLine::kSlots; ++slot) {
    mask |= static_cast<uint32_t>(line.fingerprint[slot] == fingerprint)
            << slot;
  }
  return mask;
};

}  // namespace

void FindBatchScalar(const Probe* probes, size_t count, uint32_t* offsets) {
  RunBatch(probes, count, offsets, Match);
}

void FindBatchScalar(const SerialSet& set, const SerialColumn& serials,
                     size_t count, uint32_t* offsets) {
  RunBatch(set, serials, count, offsets, Match);
}

uint32_t FindOneScalar(const SerialSet& set, const SerialNumber& serial) {
  return RunOne(set, serial, Match);
}

}  // namespace revstat
