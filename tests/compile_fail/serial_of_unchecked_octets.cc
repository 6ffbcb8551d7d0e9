// expect: no matching (function|conversion|constructor)

#include "engine/base/serial_number.h"

revstat::SerialNumber Serial(revstat::Bytes content) {
#ifdef REVSTAT_WITHOUT_BAD_LINE
  return revstat::SerialNumber::FromContent(content).value_or(
      revstat::SerialNumber());
#else
  return revstat::SerialNumber(content);
#endif
}
