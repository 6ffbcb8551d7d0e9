#include "engine/embed/verify_error.h"

#include <openssl/x509_vfy.h>

namespace revstat {
namespace {

int ErrorOfUnknown(const Verdict& verdict) {
  if (verdict.is_from_ocsp()) {
    return verdict.cause == Cause::kResponderUnknown
               ? X509_V_ERR_OCSP_CERT_UNKNOWN
               : X509_V_ERR_OCSP_VERIFY_FAILED;
  }
  switch (verdict.cause) {
    case Cause::kStale:
      return X509_V_ERR_CRL_HAS_EXPIRED;
    case Cause::kNoNextUpdate:
      return X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD;
    case Cause::kNotYetCurrent:
      return X509_V_ERR_CRL_NOT_YET_VALID;
    case Cause::kRevokedLater:
      return X509_V_ERR_CERT_REVOKED;
    case Cause::kBadSignature:
      return X509_V_ERR_CRL_SIGNATURE_FAILURE;
    case Cause::kWrongKey:
    case Cause::kSignerNotTrusted:
      return X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER;
    case Cause::kUnsupportedCriticalExtension:
      return X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION;
    case Cause::kOutOfScope:
    case Cause::kIncomplete:
      return X509_V_ERR_DIFFERENT_CRL_SCOPE;
    default:
      return X509_V_ERR_UNABLE_TO_GET_CRL;
  }
}

}  // namespace

int VerifyErrorOf(const Verdict& verdict) {
  switch (verdict.status) {
    case Status::kRevoked:
    case Status::kOnHold:
      return X509_V_ERR_CERT_REVOKED;
    case Status::kExpired:
      return X509_V_ERR_CERT_HAS_EXPIRED;
    case Status::kNotYetValid:
      return X509_V_ERR_CERT_NOT_YET_VALID;
    case Status::kActive:
      // RFC 7633: the certificate promised a response, and none came.
      return (verdict.flags & Verdict::kStapleMissing) != 0
                 ? X509_V_ERR_OCSP_VERIFY_NEEDED
                 : X509_V_OK;
    case Status::kUnknown:
      return ErrorOfUnknown(verdict);
  }
  return X509_V_ERR_UNSPECIFIED;
}

}  // namespace revstat
