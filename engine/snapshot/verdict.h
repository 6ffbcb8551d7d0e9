// The status of a certificate, and why (the status model of the project).
#ifndef REVSTAT_ENGINE_SNAPSHOT_VERDICT_H_
#define REVSTAT_ENGINE_SNAPSHOT_VERDICT_H_

#include <cstdint>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/time.h"
#include "engine/x509/crl_entry.h"

namespace revstat {

// In order of precedence: where several could be said, the first is.
enum class Status : uint8_t {
  kRevoked,      // an authentic source lists it
  kOnHold,       // listed with certificateHold, which a later CRL can lift
  kExpired,      // asked for a time after notAfter, and not revoked
  kNotYetValid,  // asked for a time before notBefore, and not revoked
  kActive,       // a current, authentic, complete source covers it, not listed
  kUnknown,      // nothing proves any of these; see Cause
};

// X(name, text): why a status is unknown. Beside a status that is known, what
// is to be said of it: kNoRevocationInfo of kActive, kNeverIssued of kOnHold,
// and of kExpired why nothing proves that the certificate was not revoked
// before.
#define REVSTAT_CAUSES(X)                                                      \
  X(kNone, "")                                                                 \
  X(kNoIssuer, "the certificate's issuer is not known")                        \
  X(kAmbiguousIssuer, "several issuers have this name")                        \
  X(kNoSource, "no revocation source of this issuer is held")                  \
  X(kResponderNotReached, "no OCSP responder gave an answer")                  \
  X(kOutOfScope, "the sources held do not cover this certificate")             \
  X(kIncomplete, "a part of the issuer's CRLs, or some reasons, are not held") \
  X(kStale, "the newest source is past its nextUpdate or too old")             \
  X(kNoNextUpdate, "the source does not say until when it is current")         \
  X(kNotYetCurrent, "the source is newer than the time asked about")           \
  X(kRevokedLater, "listed as revoked, but only after the time asked about")   \
  X(kBadSignature, "the source's signature does not verify")                   \
  X(kWrongKey,                                                                 \
    "the source is signed by another key or one that may not sign CRLs")       \
  X(kUnsupportedAlgorithm,                                                     \
    "the source's signature algorithm is not supported")                       \
  X(kWeakAlgorithm, "the source's signature algorithm is too weak")            \
  X(kUnsupportedCriticalExtension,                                             \
    "the source has a critical extension that is not processed")               \
  X(kMalformed, "the source is malformed")                                     \
  X(kTooLarge, "the source is larger than the limits that are set")            \
  X(kResponderMalformedRequest, "the responder answers malformedRequest")      \
  X(kResponderInternalError, "the responder answers internalError")            \
  X(kResponderTryLater, "the responder answers tryLater")                      \
  X(kResponderSigRequired, "the responder answers sigRequired")                \
  X(kResponderUnauthorized, "the responder answers unauthorized")              \
  X(kNotBasicResponse, "the OCSP response is not id-pkix-ocsp-basic")          \
  X(kOtherIssuerAnswered, "the OCSP response is about another issuer's")       \
  X(kUnsupportedCertId, "the CertID's hash algorithm is not supported")        \
  X(kNotAnswered, "the OCSP response is not about this certificate")           \
  X(kResponderNotKnown, "no certificate of the OCSP responder is at hand")     \
  X(kResponderNotDelegated,                                                    \
    "the OCSP responder's certificate is not by the certificate's issuer")     \
  X(kOcspSigningMissing,                                                       \
    "the OCSP responder's certificate lacks id-kp-OCSPSigning")                \
  X(kResponderExpired, "the OCSP responder's certificate has expired")         \
  X(kResponderNotYetValid,                                                     \
    "the OCSP responder's certificate is not yet valid")                       \
  X(kResponderRevoked, "the OCSP responder's certificate is revoked")          \
  X(kResponderUnchecked,                                                       \
    "the status of the OCSP responder's certificate is not known")             \
  X(kNonceMissing, "the OCSP response has no nonce")                           \
  X(kNonceMismatch, "the OCSP response has another nonce")                     \
  X(kNotArchived,                                                              \
    "the certificate had expired before the answer, and may be forgotten")     \
  X(kResponderUnknown, "the responder does not know the certificate")          \
  X(kSignerNotTrusted,                                                         \
    "the source's signer is itself not known to be unrevoked")                 \
  X(kNoRevocationInfo,                                                         \
    "no revocation information is published, or needed for so short a life")   \
  X(kNeverIssued, "the responder says that it was never issued")               \
  X(kBadInput, "the input could not be read")                                  \
  X(kLeftBehind,                                                               \
    "the store has a newer generation, which nothing in this process turns "   \
    "to")

enum class Cause : uint8_t {
#define REVSTAT_DECLARE(name, text) name,
  REVSTAT_CAUSES(REVSTAT_DECLARE)
#undef REVSTAT_DECLARE
};

#define REVSTAT_COUNT(name, text) +1
inline constexpr size_t kCauseCount = REVSTAT_CAUSES(REVSTAT_COUNT);
#undef REVSTAT_COUNT

std::string_view NameOf(Status status);   // "on_hold"
std::string_view NameOf(Cause cause);     // "no_source"; "" for kNone
std::string_view MeaningOf(Cause cause);  // one plain sentence

// What a refused source means to the certificates it would have covered.
Cause CauseOf(ErrorCode refused);

// The answer to one question, in 16 octets. What it rests on is looked up with
// Snapshot::Explain only when asked for.
struct Verdict {
  static constexpr uint32_t kNoSource = 0xffffffff;
  // Flags.
  static constexpr uint8_t kIsExpired = 1;    // asked for a time after notAfter
  static constexpr uint8_t kStaleSource = 2;  // the source was not current then
  static constexpr uint8_t kFromOcsp = 4;     // `source` is of an OcspSet
  // A CRL and an OCSP response say the contrary of each other; the stricter
  // is the verdict.
  static constexpr uint8_t kContradicted = 8;
  static constexpr uint8_t kMustStaple = 16;  // RFC 7633 status_request
  // A certificate of kMustStaple came without a response that verifies.
  static constexpr uint8_t kStapleMissing = 32;

  int64_t revocation_seconds = 0;  // since 1970; kRevoked and kOnHold only
  uint32_t source = kNoSource;     // the source that decided, in its snapshot
  Status status = Status::kUnknown;
  Cause cause = Cause::kNone;
  ReasonCode reason = ReasonCode::kAbsent;
  uint8_t flags = 0;

  Time revocation_time() const { return FromUnix(revocation_seconds); }
  bool is_expired() const { return (flags & kIsExpired) != 0; }
  bool is_stale() const { return (flags & kStaleSource) != 0; }
  bool is_from_ocsp() const { return (flags & kFromOcsp) != 0; }
};
static_assert(sizeof(Verdict) == 16);

inline Verdict Unknown(Cause cause, uint32_t source = Verdict::kNoSource) {
  Verdict verdict;
  verdict.cause = cause;
  verdict.source = source;
  return verdict;
}

// Which of two verdicts about one certificate stands: the order of Status is
// the order of precedence; between two refusals to answer the later cause in
// the list, which tells of a source that came closer to an answer.
inline bool Prevails(const Verdict& a, const Verdict& b) {
  if (a.status != b.status) return a.status < b.status;
  if (a.status == Status::kUnknown) return a.cause > b.cause;
  return a.revocation_seconds < b.revocation_seconds;
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_VERDICT_H_
