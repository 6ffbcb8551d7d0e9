// expect: deleted

#include "engine/x509/crl.h"

std::vector<uint8_t> Download();

void Use() {
#ifdef REVSTAT_WITHOUT_BAD_LINE
  const std::vector<uint8_t> der = Download();
  (void)revstat::CrlView::Parse(der);
#else
  (void)revstat::CrlView::Parse(
      Download());  // the view would outlive the bytes
#endif
}
