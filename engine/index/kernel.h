// The batch algorithm, written once; a small file for each instruction set
// instantiates it with its own way of matching a line.
//
// Everything here has internal linkage and uses no inline function of the
// standard library: these files are compiled with wider instructions, and the
// linker must not take a shared function's copy from them.
#ifndef REVSTAT_ENGINE_INDEX_KERNEL_H_
#define REVSTAT_ENGINE_INDEX_KERNEL_H_

#include "engine/index/find_batch.h"

namespace revstat {

// What kernels may see of a SerialSet.
struct SerialSetAccess {
  static const SerialSetLine* lines(const SerialSet& set) { return set.lines_; }
  static const uint32_t* offsets(const SerialSet& set) { return set.offsets_; }
  static uint64_t bucket_count(const SerialSet& set) {
    return set.bucket_count_;
  }
  static uint64_t entry_count(const SerialSet& set) { return set.entry_count_; }
  static uint32_t partition_bits(const SerialSet& set) {
    return set.partition_bits_;
  }
  static const HashKey& key(const SerialSet& set) { return set.key_; }
  static const uint8_t* der(const SerialSet& set) { return set.der_.data(); }
  static uint64_t der_size(const SerialSet& set) { return set.der_.size(); }
};

void FindBatchScalar(const Probe* probes, size_t count, uint32_t* offsets);
void FindBatchAvx2(const Probe* probes, size_t count, uint32_t* offsets);
void FindBatchAvx512(const Probe* probes, size_t count, uint32_t* offsets);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_KERNEL_H_
