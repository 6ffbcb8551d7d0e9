// Is this OCSP response an authentic answer about this certificate, and is it
// current (RFC 6960 3.2, 4.2.2; RFC 9654; RFC 9919)?
#ifndef REVSTAT_ENGINE_VERIFY_OCSP_VERIFIER_H_
#define REVSTAT_ENGINE_VERIFY_OCSP_VERIFIER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/verify/ocsp_issuer.h"
#include "engine/verify/signature.h"
#include "engine/verify/signature_contexts.h"
#include "engine/x509/ocsp_response.h"

namespace revstat {

// What a verified response says of a certificate, in order of strictness: of
// several answers the first of these holds.
enum class OcspStatus : uint8_t { kRevoked, kOnHold, kUnknown, kGood };

// What an answer says, verified or not.
OcspStatus OcspStatusOf(const OcspSingleResponse& single);

// OK where a response holds answers at all; else the error of its
// responseStatus, or kOcspNotBasic.
absl::Status CheckIsAnswer(const OcspResponseView& response);

// Who signed: the issuer itself, a delegate of it (4.2.2.2), or a responder
// that is trusted by configuration.
enum class OcspSigner : uint8_t { kIssuer, kDelegate, kTrusted };
std::string_view NameOf(OcspSigner signer);  // "delegate"

// What is known of a delegate's own status, and what to do where nothing is:
// its certificate lacks id-pkix-ocsp-nocheck and no source says it is active.
enum class OcspSignerStatus : uint8_t { kActive, kRevoked, kUnknown };
enum class UncheckedSigner : uint8_t { kAccept, kRefuse };

// kIgnored: none was sent. kIfPresent: one was sent, and responders may leave
// it out (RFC 9919 3.1.1), but not answer with another.
enum class OcspNonce : uint8_t { kIgnored, kIfPresent, kRequired };

// nextUpdate. kEnforced: none of a response that lacks it unless max_age is
// set; kIgnored: neither matters.
enum class OcspNextUpdate : uint8_t { kEnforced, kIgnored };

// Of one verification.
struct OcspPolicy {
  Time at;
  std::chrono::seconds clock_skew{0};  // on thisUpdate, nextUpdate, producedAt
  std::optional<std::chrono::seconds> max_age =
      std::nullopt;  // since thisUpdate
  OcspNextUpdate next_update = OcspNextUpdate::kEnforced;
  OcspNonce nonce = OcspNonce::kIgnored;
  Bytes expected_nonce = {};  // that of the request; borrowed
};

// Of a verifier.
struct OcspVerifierOptions {
  SignaturePolicy signature;
  // Signatures that one response may cost, its own and delegates' together.
  int max_signature_checks = 6;
  UncheckedSigner unchecked_signer = UncheckedSigner::kAccept;
  // The status of a delegate's certificate at the time asked about, from
  // sources that the layers above hold. Not set: always kUnknown. One that is
  // known to be revoked is refused, whatever id-pkix-ocsp-nocheck says.
  std::function<OcspSignerStatus(const CertificateView& delegate)>
      signer_status;
};

// Whose status is asked.
struct OcspQuestion {
  SerialNumber serial;
  // The issuer's name as the certificate spells it; its tlv is empty where only
  // the serial is known.
  NameView issuer_name = {};
};

// Whether it is settled that the signer may be believed: kUnchecked only under
// UncheckedSigner::kAccept.
enum class OcspSignerCheck : uint8_t { kSettled, kUnchecked };

// Proof that a response was signed by who may speak for the certificates of an
// issuer: only OcspVerifier makes one. Borrows the response's bytes.
class SignedOcsp {
 public:
  const OcspResponseView& response() const { return response_; }
  OcspSigner signer() const { return signer_; }
  OcspSignerCheck signer_check() const { return signer_check_; }
  const SignatureAlgorithm& algorithm() const { return algorithm_; }
  // The certificate of a kDelegate, in the response; else empty.
  Bytes delegate() const { return delegate_; }
  // The end of a kDelegate's or kTrusted's certificate; else Time::max().
  Time signer_not_after() const { return signer_not_after_; }

 private:
  friend class OcspVerifier;
  SignedOcsp(const OcspResponseView& response, const Sha256Digest& issuer)
      : response_(response), issuer_(issuer) {}

  OcspResponseView response_;
  Sha256Digest issuer_;  // the issuer's certificate
  OcspSigner signer_ = OcspSigner::kIssuer;
  OcspSignerCheck signer_check_ = OcspSignerCheck::kSettled;
  SignatureAlgorithm algorithm_;
  Bytes delegate_;
  Time signer_not_after_ = Time::max();
};

// Proof that an answer is authentic: only OcspVerifier makes one. Borrows the
// response's bytes.
class VerifiedOcsp {
 public:
  OcspStatus status() const { return status_; }
  const OcspSingleResponse& single() const { return single_; }
  const OcspResponseView& response() const { return signed_.response(); }
  const SignedOcsp& signed_by() const { return signed_; }
  OcspSigner signer() const { return signed_.signer(); }
  OcspSignerCheck signer_check() const { return signed_.signer_check(); }
  const SignatureAlgorithm& algorithm() const { return signed_.algorithm(); }
  // kOk, or why the answer is not current at the time asked about:
  // kOcspNotYetCurrent, kOcspNoNextUpdate, kOcspStale, kOcspTooOld. Not kOk
  // only with kRevoked and kOnHold, which are believed all the same.
  ErrorCode currency() const { return currency_; }
  // 2.2: `revoked` of a certificate that the issuer has never issued.
  bool is_never_issued() const;

 private:
  friend class OcspVerifier;
  VerifiedOcsp(const SignedOcsp& by, const OcspSingleResponse& single)
      : signed_(by), single_(single) {}

  SignedOcsp signed_;
  OcspSingleResponse single_;
  OcspStatus status_ = OcspStatus::kUnknown;
  ErrorCode currency_ = ErrorCode::kOk;
};

// Remembers delegates whose certificates it has verified. Thread-safety: one
// thread each. Memory: at most kMaxDelegates certificates and their keys.
class OcspVerifier {
 public:
  static constexpr size_t kMaxDelegates = 64;

  explicit OcspVerifier(OcspVerifierOptions options = {})
      : options_(std::move(options)) {}

  // A certificate whose key is believed for the certificates of every issuer
  // (4.2.2.2, "a Trusted Responder"), while it is valid. Errors: those of
  // OcspIssuer::Create.
  absl::Status AddTrustedResponder(std::shared_ptr<const Buffer> certificate);

  // The answer to `question` about a certificate of `issuer`. Cost: a signature
  // check, and another where the delegate is met for the first time; no
  // allocation else. Errors, each after those before it:
  //   kOcspMalformedRequest, kOcspInternalError, kOcspTryLater,
  //   kOcspSigRequired, kOcspUnauthorized   responseStatus
  //   kOcspNotBasic                         responseType
  //   kUnsupportedCriticalExtension         of the response
  //   kOcspOtherIssuer, kOcspUnsupportedCertId, kOcspNoAnswer
  //   kOcspSignerUnknown, kOcspSignerNotIssued, kOcspSigningMissing,
  //   kOcspSignerExpired, kOcspSignerNotYetValid, kOcspSignerRevoked,
  //   kOcspSignerUnchecked, kUnsupportedCriticalExtension (of the delegate),
  //   kTooMany (signatures), kUnsupportedAlgorithm, kWeakAlgorithm,
  //   kUnsupportedKey, kBadSignature        of the candidate that came closest
  //   kOcspNonceMissing, kOcspNonceMismatch
  //   kUnsupportedCriticalExtension         of a SingleResponse
  //   kOcspNotYetCurrent, kOcspTooOld, kOcspStale, kOcspNoNextUpdate
  // Of several SingleResponses about the certificate the strictest holds.
  // Not supported: name constraints on a delegate, and delegates of delegates.
  absl::StatusOr<VerifiedOcsp> Verify(const OcspResponseView& response,
                                      const OcspIssuer& issuer,
                                      const OcspQuestion& question,
                                      const OcspPolicy& policy);

  // The same in two steps, for a response that is asked about many
  // certificates. Who has signed it, with the errors of a response and its
  // signer, and those of the nonce; the cost is in this.
  absl::StatusOr<SignedOcsp> VerifySigner(const OcspResponseView& response,
                                          const OcspIssuer& issuer,
                                          const OcspPolicy& policy);
  // What it says of one certificate of the issuer that it was verified for,
  // with the other errors. `singles` are those of its SingleResponses that have
  // the certificate's serial; what is not of this response is passed over.
  static absl::StatusOr<VerifiedOcsp> AnswerOf(
      const SignedOcsp& response, const OcspIssuer& issuer,
      const OcspQuestion& question, const OcspPolicy& policy,
      std::span<const OcspSingleResponse> singles);

  // What may change while a delegate's certificate stays: its validity and its
  // status. Errors: kOcspSignerExpired, kOcspSignerNotYetValid,
  // kOcspSignerRevoked, kOcspSignerUnchecked.
  absl::StatusOr<OcspSignerCheck> CheckDelegate(
      const CertificateView& certificate, Time at) const;

 private:
  // A certificate with id-kp-OCSPSigning whose signature was verified.
  struct Delegate {
    Sha256Digest issuer;  // the certificate of who issued it
    OcspIssuer identity;
  };
  // What trying the candidates for one response has come to.
  struct Search;
  // What a response says of one certificate, whoever has signed it.
  struct Claim;

  static absl::StatusOr<VerifiedOcsp> Accept(const Claim& claim,
                                             const SignedOcsp& by);
  absl::Status FindSigner(const OcspIssuer& issuer, const OcspPolicy& policy,
                          SignedOcsp* by);
  absl::StatusOr<OcspSignerCheck> TryDelegate(Bytes certificate,
                                              const OcspIssuer& issuer, Time at,
                                              Search* search);
  absl::Status TryKey(const PublicKey& key, Search* search);
  // Null where it is not known.
  const Delegate* Remembered(Bytes certificate, const OcspIssuer& issuer) const;
  absl::StatusOr<const Delegate*> DelegateOf(Bytes certificate,
                                             const OcspIssuer& issuer,
                                             Search* search);

  const OcspVerifierOptions options_;
  std::vector<OcspIssuer> trusted_;
  std::vector<std::unique_ptr<const Delegate>> delegates_;
  size_t next_delegate_ = 0;  // the one that is forgotten next
  SignatureContexts contexts_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_OCSP_VERIFIER_H_
