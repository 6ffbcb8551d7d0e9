// The batch algorithm, written once; a small file for each instruction set
// instantiates it with its own way of matching a line.
//
// Everything here has internal linkage and uses no inline function of the
// standard library: these files are compiled with wider instructions, and the
// linker must not take a shared function's copy from them.
#ifndef REVSTAT_ENGINE_INDEX_KERNEL_H_
#define REVSTAT_ENGINE_INDEX_KERNEL_H_

#include "engine/index/find_batch.h"
#include "engine/index/serial_router.h"

namespace revstat {

// What kernels may see of a SerialSet.
struct SerialSetAccess {
  static const SerialSetLine* lines(const SerialSet& set) { return set.lines_; }
  static const uint32_t* offsets(const SerialSet& set) { return set.offsets_; }
  static uint64_t line_count(const SerialSet& set) { return set.line_count_; }
  static uint64_t entry_count(const SerialSet& set) { return set.entry_count_; }
  static const uint8_t* der(const SerialSet& set) { return set.der_.data(); }
  static uint64_t der_size(const SerialSet& set) { return set.der_.size(); }
  // `serial` is the SerialNumber as octets.
  static bool Confirm(const SerialSet& set, uint32_t offset,
                      const uint8_t* serial) {
    SerialNumber number;
    __builtin_memcpy(static_cast<void*>(&number), serial, sizeof(number));
    return set.Confirm(offset, number);
  }
};

// Of each kernel.
#define REVSTAT_DECLARE_KERNEL(name)                                           \
  size_t FindListed##name(const Probe* probes, size_t count,                   \
                          ListedSerial* found);                                \
  size_t FindListed##name(const SerialSet& set, const SerialColumn& serials,   \
                          size_t count, ListedSerial* found);                  \
  size_t SelectMaybe##name(const LocatedSerial* serials, size_t count,         \
                           uint32_t* maybe);                                   \
  size_t FindRouted##name(const SerialSet& table, const SerialColumn& serials, \
                          size_t count, RoutedSerial* found, size_t capacity); \
  ListedSerial FindOne##name(const SerialSet& set, const SerialNumber& serial, \
                             const LocatedSerial& located);
REVSTAT_DECLARE_KERNEL(Scalar)
REVSTAT_DECLARE_KERNEL(Avx2)
REVSTAT_DECLARE_KERNEL(Avx512)
#undef REVSTAT_DECLARE_KERNEL

}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_KERNEL_H_
