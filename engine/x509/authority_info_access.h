// authorityInfoAccess: where a certificate says that its issuer's OCSP
// responder is (RFC 5280 4.2.2.1).
#ifndef REVSTAT_ENGINE_X509_AUTHORITY_INFO_ACCESS_H_
#define REVSTAT_ENGINE_X509_AUTHORITY_INFO_ACCESS_H_

#include <string_view>
#include <vector>

#include "engine/x509/certificate.h"

namespace revstat {

// The URLs of its id-ad-ocsp accesses, in their order, borrowed. They are a
// stranger's words: nothing of them is checked but that they are IA5Strings
// without controls, and at most kMaxOcspUrls of them. Empty where the extension
// is absent or malformed: it is not critical, and nothing is proved by it.
inline constexpr size_t kMaxOcspUrls = 8;
std::vector<std::string_view> OcspUrlsOf(const CertificateView& certificate);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_AUTHORITY_INFO_ACCESS_H_
