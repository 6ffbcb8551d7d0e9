// Is a certificate valid: its whole path, and the status of what is on it?
#ifndef REVSTAT_ENGINE_CHECK_PATH_CHECKER_H_
#define REVSTAT_ENGINE_CHECK_PATH_CHECKER_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/check/checker.h"
#include "engine/check/issuer_resolver.h"
#include "engine/check/ocsp_checker.h"
#include "engine/verify/path_builder.h"

namespace revstat {

// Whether a status that is not known is accepted: the caller's choice, which
// the verdict itself never shows.
enum class UnknownPolicy : uint8_t { kRefuse, kAccept };

// Whether a certificate with this verdict may be used. One that is listed, if
// only from a later time on, is never let through for want of knowledge; nor is
// any by a snapshot that is left behind, where the knowledge is there and the
// process does not look.
bool IsAccepted(const Verdict& verdict, UnknownPolicy unknown);

// Whose status is asked: the certificate's alone, or also that of every
// certificate between it and the anchor.
enum class CheckDepth : uint8_t { kEndEntity, kChain };

struct PathCheckPolicy {
  LookupPolicy lookup;
  CheckDepth depth = CheckDepth::kChain;
  UnknownPolicy unknown = UnknownPolicy::kRefuse;
};

enum class PathResult : uint8_t {
  kValid,
  kNotValid,  // no path, or a certificate on it is revoked or on hold
  kUnknown,   // a status is not known, and the policy refuses that
};

struct CheckedCertificate {
  std::shared_ptr<const Buffer> certificate;
  Question question;
  Verdict verdict;
};

struct CheckedPath {
  PathResult result = PathResult::kNotValid;
  std::string error;  // why not valid, in a sentence; empty where valid
  // From the certificate to the last below the anchor, as far as the policy's
  // depth; the certificate alone where there is no path.
  std::vector<CheckedCertificate> certificates;
};

// What came along with the certificate in a TLS handshake.
struct Handshake {
  const OcspResponseView* stapled = nullptr;  // null: nothing; borrowed
};

// `resolver` is of `snapshot`. The path's own certificates say which issuer is
// asked, so that CAs of one name never mix. Errors are part of the result, but
// for a certificate that cannot be read. `ocsp`, if it is not null, is of the
// same snapshot and has its say by its own policy; with a `handshake`, which
// needs it, a certificate that demands a stapled response (RFC 7633) is not
// valid without one that verifies.
absl::StatusOr<CheckedPath> CheckPath(const PathBuilder& builder,
                                      const Snapshot& snapshot,
                                      const PathCheckPolicy& policy,
                                      std::shared_ptr<const Buffer> certificate,
                                      IssuerResolver* resolver,
                                      OcspChecker* ocsp = nullptr,
                                      const Handshake* handshake = nullptr);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_PATH_CHECKER_H_
