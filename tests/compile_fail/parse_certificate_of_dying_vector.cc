// expect: deleted

#include "engine/x509/certificate.h"

std::vector<uint8_t> Download();

void Use() {
#ifdef REVSTAT_WITHOUT_BAD_LINE
  const std::vector<uint8_t> der = Download();
  (void)revstat::CertificateView::Parse(der);
#else
  (void)revstat::CertificateView::Parse(Download());
#endif
}
