// SerialRouter: which of many SerialSets may list a serial.
//
// A CA that cuts its CRL into a hundred parts would have a serial looked up in
// each of them. The router is one table over the serials of all parts: a serial
// that none of them lists touches one cache line of it, one that is listed is
// sent to the part that lists it. That part decides; the router keeps 16 bits
// of each serial's hash, and names one part too many for about one unlisted
// serial in two thousand.
//
// Lifetime: owns its bytes, borrows nothing. Thread-safety: immutable. Memory:
// as a SerialSet, 6.5 octets a serial; one that was opened shares a file's.
#ifndef REVSTAT_ENGINE_INDEX_SERIAL_ROUTER_H_
#define REVSTAT_ENGINE_INDEX_SERIAL_ROUTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/index/find_batch.h"

namespace revstat {

// A question and a part that may have its serial.
struct RoutedSerial {
  uint32_t probe;
  uint32_t part;
};

// What FindRouted returns where `found` is too small.
inline constexpr size_t kTooManyRouted = ~size_t{0};

class SerialRouter {
 public:
  // Over all serials of `parts`, which are known by their position. Cost: some
  // 30 ns a serial; twice the memory of the result while it is made. Throws
  // std::bad_alloc.
  static std::shared_ptr<const SerialRouter> Build(
      std::span<const SerialSet* const> parts, const HashKey& key);

  // From the table() of one that was built, 64 octets aligned, which `owner`
  // keeps. kBadIndex where sizes do not agree; damage within the table can hide
  // that a part lists a serial, but never leads a read outside of it.
  static absl::StatusOr<std::shared_ptr<const SerialRouter>> Open(
      std::shared_ptr<const void> owner, Bytes table);

  // Every (question, part) of which the part lists the serial, in the order of
  // the questions, and few others; the same pair may come twice. At most
  // `capacity` of them, or kTooManyRouted: then ask every part.
  size_t FindRouted(const SerialColumn& serials, size_t count,
                    RoutedSerial* found, size_t capacity) const {
    return FindRoutedWith(BestKernel(), serials, count, found, capacity);
  }
  size_t FindRoutedWith(Kernel kernel, const SerialColumn& serials,
                        size_t count, RoutedSerial* found,
                        size_t capacity) const;

  uint64_t size() const { return set_.size(); }  // serials of all parts
  // Position-independent; ../index/FORMAT.md.
  Bytes table() const { return table_; }

 private:
  SerialRouter() = default;

  std::shared_ptr<const void> owner_;
  Bytes table_;
  // Of `table_`; where a SerialSet has offsets, this has the parts' numbers.
  SerialSet set_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_SERIAL_ROUTER_H_
