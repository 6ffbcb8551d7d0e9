#include "engine/index/find_batch.h"

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

void FindBatch(const Probe* probes, size_t count, uint32_t* offsets) {
  FindBatchWith(BestKernel(), probes, count, offsets);
}

void FindBatch(const SerialSet& set, const SerialColumn& serials, size_t count,
               uint32_t* offsets) {
  FindBatchWith(BestKernel(), set, serials, count, offsets);
}

uint32_t FindOne(const SerialSet& set, const SerialNumber& serial) {
  return FindOneWith(BestKernel(), set, serial);
}

void FindBatchWith(Kernel kernel, const Probe* probes, size_t count,
                   uint32_t* offsets) {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512) return FindBatchAvx512(probes, count, offsets);
  if (kernel == Kernel::kAvx2) return FindBatchAvx2(probes, count, offsets);
#endif
  FindBatchScalar(probes, count, offsets);
}

void FindBatchWith(Kernel kernel, const SerialSet& set,
                   const SerialColumn& serials, size_t count,
                   uint32_t* offsets) {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512)
    return FindBatchAvx512(set, serials, count, offsets);
  if (kernel == Kernel::kAvx2)
    return FindBatchAvx2(set, serials, count, offsets);
#endif
  FindBatchScalar(set, serials, count, offsets);
}

uint32_t FindOneWith(Kernel kernel, const SerialSet& set,
                     const SerialNumber& serial) {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512) return FindOneAvx512(set, serial);
  if (kernel == Kernel::kAvx2) return FindOneAvx2(set, serial);
#endif
  return FindOneScalar(set, serial);
}

}  // namespace revstat
