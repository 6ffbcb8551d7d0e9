// Which of a store's untrusted certificates have a path, and for how long.
#ifndef REVSTAT_ENGINE_REFRESH_VALIDATED_PATHS_H_
#define REVSTAT_ENGINE_REFRESH_VALIDATED_PATHS_H_

#include <vector>

#include "engine/base/steady_interval.h"
#include "engine/base/time.h"
#include "engine/store/manifest.h"
#include "engine/verify/signature.h"
#include "engine/x509/certificate.h"

namespace revstat {

// True for a certificate that can be an issuer of certificates or CRLs.
bool MayIssue(const CertificateView& certificate);

// Builds the paths of all untrusted certificates anew, as OpenSSL finds them at
// `at`, and says for how long they stay what it would find. Those that only the
// policy's weaker side lets pass are marked so. Cost: two paths or more for
// each untrusted CA (PathBuilder).
SteadyInterval ValidatePaths(Time at, const SignaturePolicy& policy,
                             std::vector<ManifestCertificate>* certificates);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_VALIDATED_PATHS_H_
