// A verdict in OpenSSL's words.
#ifndef REVSTAT_ENGINE_EMBED_VERIFY_ERROR_H_
#define REVSTAT_ENGINE_EMBED_VERIFY_ERROR_H_

#include "engine/snapshot/verdict.h"

namespace revstat {

// The X509_V_ERR_ value that says best why a certificate with this verdict does
// not pass; X509_V_OK for an active one. OpenSSL has no word for a hold, which
// is X509_V_ERR_CERT_REVOKED too: the verdict tells them apart. Causes without
// an error of their own are X509_V_ERR_UNABLE_TO_GET_CRL, or
// X509_V_ERR_OCSP_VERIFY_FAILED where they are of an OCSP response.
int VerifyErrorOf(const Verdict& verdict);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_EMBED_VERIFY_ERROR_H_
