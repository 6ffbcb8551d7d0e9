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

void FindBatchWith(Kernel kernel, const Probe* probes, size_t count,
                   uint32_t* offsets) {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512) return FindBatchAvx512(probes, count, offsets);
  if (kernel == Kernel::kAvx2) return FindBatchAvx2(probes, count, offsets);
#endif
  FindBatchScalar(probes, count, offsets);
}

}  // namespace revstat
