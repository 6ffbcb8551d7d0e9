#include "engine/index/find_batch.h"

#include <algorithm>
#include <vector>

#include "engine/index/kernel.h"

namespace revstat {
namespace {

Kernel DetectKernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw")) return Kernel::kAvx512;
  if (__builtin_cpu_supports("avx2")) return Kernel::kAvx2;
#endif
  return Kernel::kScalar;
}

}  // namespace

Kernel BestKernel() {
  static const Kernel best = DetectKernel();
  return best;
}

bool IsAvailable(Kernel kernel) { return kernel <= BestKernel(); }

const char* NameOf(Kernel kernel) {
  switch (kernel) {
    case Kernel::kScalar:
      return "scalar";
    case Kernel::kAvx2:
      return "avx2";
    case Kernel::kAvx512:
      return "avx512";
  }
  return "";
}

size_t FindListed(const Probe* probes, size_t count, ListedSerial* found) {
  return FindListedWith(BestKernel(), probes, count, found);
}

size_t FindListed(const SerialSet& set, const SerialColumn& serials,
                  size_t count, ListedSerial* found) {
  return FindListedWith(BestKernel(), set, serials, count, found);
}

size_t SelectMaybe(const LocatedSerial* serials, size_t count,
                   uint32_t* maybe) {
  return SelectMaybeWith(BestKernel(), serials, count, maybe);
}

ListedSerial FindOne(const SerialSet& set, const SerialNumber& serial) {
  return FindOne(set, serial,
                 Locate(set.head(), KeyedHash(set.key(), serial.Words())));
}

ListedSerial FindOne(const SerialSet& set, const SerialNumber& serial,
                     const LocatedSerial& located) {
  return FindOneWith(BestKernel(), set, serial, located);
}

size_t FindListedWith(Kernel kernel, const Probe* probes, size_t count,
                      ListedSerial* found) {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512) return FindListedAvx512(probes, count, found);
  if (kernel == Kernel::kAvx2) return FindListedAvx2(probes, count, found);
#endif
  return FindListedScalar(probes, count, found);
}

size_t FindListedWith(Kernel kernel, const SerialSet& set,
                      const SerialColumn& serials, size_t count,
                      ListedSerial* found) {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512)
    return FindListedAvx512(set, serials, count, found);
  if (kernel == Kernel::kAvx2)
    return FindListedAvx2(set, serials, count, found);
#endif
  return FindListedScalar(set, serials, count, found);
}

size_t SelectMaybeWith(Kernel kernel, const LocatedSerial* serials,
                       size_t count, uint32_t* maybe) {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512)
    return SelectMaybeAvx512(serials, count, maybe);
  if (kernel == Kernel::kAvx2) return SelectMaybeAvx2(serials, count, maybe);
#endif
  return SelectMaybeScalar(serials, count, maybe);
}

ListedSerial FindOneWith(Kernel kernel, const SerialSet& set,
                         const SerialNumber& serial,
                         const LocatedSerial& located) {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512) return FindOneAvx512(set, serial, located);
  if (kernel == Kernel::kAvx2) return FindOneAvx2(set, serial, located);
#endif
  return FindOneScalar(set, serial, located);
}

namespace {

void WriteOffsets(const std::vector<ListedSerial>& found, size_t found_count,
                  size_t count, uint32_t* offsets) {
  std::fill_n(offsets, count, SerialSet::kNotListed);
  for (size_t k = 0; k < found_count; ++k)
    offsets[found[k].probe] = found[k].offset;
}

}  // namespace

void FindBatchWith(Kernel kernel, const Probe* probes, size_t count,
                   uint32_t* offsets) {
  std::vector<ListedSerial> found(count);
  WriteOffsets(found, FindListedWith(kernel, probes, count, found.data()),
               count, offsets);
}

void FindBatchWith(Kernel kernel, const SerialSet& set,
                   const SerialColumn& serials, size_t count,
                   uint32_t* offsets) {
  std::vector<ListedSerial> found(count);
  WriteOffsets(found, FindListedWith(kernel, set, serials, count, found.data()),
               count, offsets);
}

}  // namespace revstat
