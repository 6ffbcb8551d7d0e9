// Certification paths: built and validated by OpenSSL (RFC 5280 6.1), but for
// revocation, which is ours.
#ifndef REVSTAT_ENGINE_VERIFY_PATH_BUILDER_H_
#define REVSTAT_ENGINE_VERIFY_PATH_BUILDER_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/base/time.h"
#include "engine/verify/gost.h"
#include "engine/verify/signature.h"

namespace revstat {

// What may end a path: a self-signed certificate among the trusted ones, or
// any of them (partial chain).
enum class AnchorKind : uint8_t { kSelfSigned, kAny };

struct PathPolicy {
  Time at;  // the certificates must be valid then
  AnchorKind anchor_kind = AnchorKind::kSelfSigned;
  WeakDigest weak_digest = WeakDigest::kRefuse;  // in certificate signatures
  int max_intermediates = 20;
  // What this loads into the process: engine/verify/gost.h.
  GostSupport gost = GostSupport::kWhereInstalled;
};

// A validated path: the certificate first, its trust anchor last; one element
// where the certificate is an anchor itself. Buffers hold one DER certificate.
struct CertificatePath {
  std::vector<std::shared_ptr<const Buffer>> certificates;
};

// Thread-safety: Build may run on any number of threads. Owns copies of the
// certificates it is given.
class PathBuilder {
 public:
  explicit PathBuilder(const PathPolicy& policy);
  ~PathBuilder();
  PathBuilder(PathBuilder&&) noexcept;

  // One DER certificate each; kBadCertificate where OpenSSL cannot read it.
  absl::Status AddAnchor(Bytes certificate);
  absl::Status AddUntrusted(Bytes certificate);

  // Finds and validates a path for a certificate: signatures, validity at the
  // policy's time, basic constraints, key usage, name constraints, policies.
  // kNoPath with OpenSSL's reason and the depth at which it holds;
  // kUnsupportedAlgorithm where it stops at a GOST signature or key and their
  // module is missing, whose package the message names. Cost: a
  // signature check for each certificate of the path, at most
  // max_intermediates, for each of which all untrusted certificates are looked
  // through.
  absl::StatusOr<CertificatePath> Build(Bytes certificate) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_PATH_BUILDER_H_
