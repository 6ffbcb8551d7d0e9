// Compiled with -mavx512bw; called only where BestKernel() found it.
#include <immintrin.h>

#include "engine/index/kernel_impl.h"
#include "engine/index/kernel_routing.h"

namespace revstat {
namespace {

constexpr auto Match = [](const SerialSetLine& line, uint16_t fingerprint) {
  const __m512i words = _mm512_load_si512(&line);
  const __m512i wanted = _mm512_set1_epi16(static_cast<short>(fingerprint));
  // The first three words are the rank and the overflow bits.
  return static_cast<uint32_t>(_mm512_cmpeq_epi16_mask(words, wanted)) >> 3;
};

}  // namespace

size_t FindListedAvx512(const Probe* probes, size_t count,
                        ListedSerial* found) {
  return RunBatch(probes, count, found, Match);
}

size_t FindListedAvx512(const SerialSet& set, const SerialColumn& serials,
                        size_t count, ListedSerial* found) {
  return RunBatch(set, serials, count, found, Match);
}

size_t SelectMaybeAvx512(const LocatedSerial* serials, size_t count,
                         uint32_t* maybe) {
  return RunSelect(serials, count, maybe, Match);
}

size_t FindRoutedAvx512(const SerialSet& table, const SerialColumn& serials,
                        size_t count, RoutedSerial* found, size_t capacity) {
  return RunRouting(table, serials, count, found, capacity, Match);
}

ListedSerial FindOneAvx512(const SerialSet& set, const SerialNumber& serial,
                           const LocatedSerial& located) {
  return RunOne(set, serial, located, Match);
}

}  // namespace revstat
