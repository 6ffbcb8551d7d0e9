// expect: no matching (function|constructor)|no default constructor

#include "engine/verify/crl_verifier.h"

#ifdef REVSTAT_WITHOUT_BAD_LINE
revstat::VerifiedCrl Copy(const revstat::VerifiedCrl& verified) {
  return verified;
}
#else
revstat::VerifiedCrl verified;  // nobody has checked anything
#endif
