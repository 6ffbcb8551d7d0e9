#include "engine/index/serial_router.h"

#include <cstring>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/huge_memory.h"
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
  const auto memory =
      std::make_shared<HugeMemory>(std::move(builder).BuildTable());
  // The bytes were made here and are whole.
  return *Open(memory, memory->bytes());
}

absl::StatusOr<std::shared_ptr<const SerialRouter>> SerialRouter::Open(
    std::shared_ptr<const void> owner, Bytes table) {
  const auto set = SerialSet::Open(table, {});
  if (!set.ok()) return set.status();
  // Nothing was left out of it, so that there is no room for one more.
  SerialSetHeader header;
  std::memcpy(&header, table.data(), sizeof(header));
  if (table.size() != sizeof(header) +
                          header.line_count * sizeof(SerialSetLine) +
                          header.entry_count * sizeof(uint32_t)) {
    return MakeError(ErrorCode::kBadIndex, "entry_count");
  }
  std::shared_ptr<SerialRouter> router(new SerialRouter);
  router->owner_ = std::move(owner);
  router->table_ = table;
  router->set_ = *set;
  return router;
}

size_t SerialRouter::FindRoutedWith(Kernel kernel, const SerialColumn& serials,
                                    size_t count, RoutedSerial* found,
                                    size_t capacity) const {
#if defined(__x86_64__)
  if (kernel == Kernel::kAvx512)
    return FindRoutedAvx512(set_, serials, count, found, capacity);
  if (kernel == Kernel::kAvx2)
    return FindRoutedAvx2(set_, serials, count, found, capacity);
#endif
  return FindRoutedScalar(set_, serials, count, found, capacity);
}

}  // namespace revstat
