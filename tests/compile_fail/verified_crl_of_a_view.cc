// expect: private

#include "engine/verify/crl_verifier.h"

revstat::VerifiedCrl Pretend(const revstat::CrlView& crl,
                             const revstat::VerifiedCrl& other) {
#ifdef REVSTAT_WITHOUT_BAD_LINE
  (void)crl;
  return other;
#else
  return revstat::VerifiedCrl(crl, 0, other.algorithm());
#endif
}
