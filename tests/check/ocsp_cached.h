// Keys and answers for the tests of OcspCache.
#ifndef REVSTAT_TESTS_CHECK_OCSP_CACHED_H_
#define REVSTAT_TESTS_CHECK_OCSP_CACHED_H_

#include "engine/check/ocsp_cache.h"

namespace revstat::test {

using std::chrono::hours;
using std::chrono::seconds;

inline const Time kNow = *ParseTime("2026-01-15T00:00:00Z");

inline OcspCacheKey KeyNumber(uint32_t number, OcspIssuerNumber issuer = 0) {
  const uint8_t octets[] = {1, static_cast<uint8_t>(number >> 16),
                            static_cast<uint8_t>(number >> 8),
                            static_cast<uint8_t>(number)};
  return {*SerialNumber::FromContent(octets), issuer};
}

inline OcspAnswer AnswerOf(OcspStatus status, Time from = kNow,
                           seconds lifetime = hours(4)) {
  OcspAnswer answer;
  answer.status = status;
  answer.produced_at = from;
  answer.this_update = from;
  answer.until = from + lifetime;
  if (status == OcspStatus::kRevoked || status == OcspStatus::kOnHold) {
    answer.revocation_time = kNow - hours(100);
    answer.reason = status == OcspStatus::kOnHold ? ReasonCode::kCertificateHold
                                                  : ReasonCode::kKeyCompromise;
  }
  return answer;
}

inline LookupPolicy At(Time at) {
  LookupPolicy policy;
  policy.at = at;
  return policy;
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_CHECK_OCSP_CACHED_H_
