// For every processor, and the oracle of the others.
#include "engine/index/kernel_impl.h"
#include "engine/index/kernel_routing.h"

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

size_t FindListedScalar(const Probe* probes, size_t count,
                        ListedSerial* found) {
  return RunBatch(probes, count, found, Match);
}

size_t FindListedScalar(const SerialSet& set, const SerialColumn& serials,
                        size_t count, ListedSerial* found) {
  return RunBatch(set, serials, count, found, Match);
}

size_t SelectMaybeScalar(const LocatedSerial* serials, size_t count,
                         uint32_t* maybe) {
  return RunSelect(serials, count, maybe, Match);
}

size_t FindRoutedScalar(const SerialSet& table, const SerialColumn& serials,
                        size_t count, RoutedSerial* found, size_t capacity) {
  return RunRouting(table, serials, count, found, capacity, Match);
}

ListedSerial FindOneScalar(const SerialSet& set, const SerialNumber& serial,
                           const LocatedSerial& located) {
  return RunOne(set, serial, located, Match);
}

}  // namespace revstat
