// expect: deleted

#include "engine/base/huge_memory.h"

revstat::HugeMemory Take(revstat::HugeMemory& memory) {
#ifdef REVSTAT_WITHOUT_BAD_LINE
  return std::move(memory);
#else
  return memory;  // two owners of one region
#endif
}
