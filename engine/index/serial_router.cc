#include "engine/index/serial_router.h"

#include <utility>

#include "engine/index/kernel.h"
#include "engine/index/serial_set_builder.h"

namespace revstat {

std::shared_ptr<const SerialRouter> SerialRouter::Build(
    std::span<const SerialSet* const> parts, const HashKey& key) {
  uint64_t serials = 0;
  for (const SerialSet* part : parts) serials += part->size();
  SerialSetBuilder builder(key, serials);
  for (uint32_t i = 0; i < parts.size(); ++i) {
    parts[i]->ForEachSerial(
        [&](const std::array<uint64_t, 3>& serial) { builder.Add(serial, i); });
  }
  std::shared_ptr<SerialRouter> router(new SerialRouter);
  router->index_ = std::move(builder).BuildTable();
  // The bytes were made here and are whole.
  router->table_ = *SerialSet::Open(router->index_.bytes(), {});
  return router;
}

size_t SerialRouter::FindRoutedWith(Kernel kernel, const SerialColumn& serials,
                                    size_t count, RoutedSerial* found,
                                    size_t capacity) const {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512)
    return FindRoutedAvx512(table_, serials, count, found, capacity);
  if (kernel == Kernel::kAvx2)
    return FindRoutedAvx2(table_, serials, count, found, capacity);
#endif
  return FindRoutedScalar(table_, serials, count, found, capacity);
}

}  // namespace revstat
