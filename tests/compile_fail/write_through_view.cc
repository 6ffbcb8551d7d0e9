// expect: read-only|const

#include "engine/x509/crl.h"

uint8_t First(const revstat::CrlView& crl) {
#ifndef REVSTAT_WITHOUT_BAD_LINE
  crl.der()[0] = 0;
#endif
  return crl.der()[0];
}
