// Compiled with -mavx2; called only where BestKernel() found it.
#include <immintrin.h>

#include "engine/index/kernel_impl.h"
#include "engine/index/kernel_routing.h"

namespace revstat {
namespace {

constexpr auto Match = [](const SerialSetLine& line, uint16_t fingerprint) {
  const auto* halves = reinterpret_cast<const __m256i*>(&line);
  const __m256i wanted = _mm256_set1_epi16(static_cast<short>(fingerprint));
  const __m256i low = _mm256_cmpeq_epi16(_mm256_load_si256(halves), wanted);
  const __m256i high =
      _mm256_cmpeq_epi16(_mm256_load_si256(halves + 1), wanted);
  // Saturating to octets keeps 16-bit ones; the permutation puts the 128-bit
  // lanes back in order.
  const __m256i octets =
      _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xd8);
  // The first three words are the rank and the overflow bits.
  return static_cast<uint32_t>(_mm256_movemask_epi8(octets)) >> 3;
};

}  // namespace

size_t FindListedAvx2(const Probe* probes, size_t count, ListedSerial* found) {
  return RunBatch(probes, count, found, Match);
}

size_t FindListedAvx2(const SerialSet& set, const SerialColumn& serials,
                      size_t count, ListedSerial* found) {
  return RunBatch(set, serials, count, found, Match);
}

size_t SelectMaybeAvx2(const LocatedSerial* serials, size_t count,
                       uint32_t* maybe) {
  return RunSelect(serials, count, maybe, Match);
}

size_t FindRoutedAvx2(const SerialSet& table, const SerialColumn& serials,
                      size_t count, RoutedSerial* found, size_t capacity) {
  return RunRouting(table, serials, count, found, capacity, Match);
}

ListedSerial FindOneAvx2(const SerialSet& set, const SerialNumber& serial,
                         const LocatedSerial& located) {
  return RunOne(set, serial, located, Match);
}

}  // namespace revstat
