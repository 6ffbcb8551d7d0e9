// expect: deleted

#include "engine/base/buffer.h"

#ifdef REVSTAT_WITHOUT_BAD_LINE
std::shared_ptr<const revstat::Buffer> Share(
    const std::shared_ptr<const revstat::Buffer>& buffer) {
  return buffer;
}
#else
revstat::Buffer Copy(const revstat::Buffer& buffer) {
  return buffer;  // two owners of one mapping
}
#endif
