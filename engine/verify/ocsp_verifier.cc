#include "engine/verify/ocsp_verifier.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/x509/name_text.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

ErrorCode CodeOf(OcspResponseStatus status) {
  switch (status) {
    case OcspResponseStatus::kSuccessful:
      return ErrorCode::kOk;
    case OcspResponseStatus::kMalformedRequest:
      return ErrorCode::kOcspMalformedRequest;
    case OcspResponseStatus::kInternalError:
      return ErrorCode::kOcspInternalError;
    case OcspResponseStatus::kTryLater:
      return ErrorCode::kOcspTryLater;
    case OcspResponseStatus::kSigRequired:
      return ErrorCode::kOcspSigRequired;
    case OcspResponseStatus::kUnauthorized:
      return ErrorCode::kOcspUnauthorized;
  }
  return ErrorCode::kOcspInternalError;
}

// 4.2.2.1: a response whose thisUpdate is later, or whose nextUpdate is earlier
// than the local time is unreliable.
ErrorCode CurrencyOf(const OcspResponseView& response,
                     const OcspSingleResponse& single,
                     const OcspPolicy& policy) {
  const Time latest = policy.at + policy.clock_skew;
  if (response.produced_at() > latest || single.this_update > latest)
    return ErrorCode::kOcspNotYetCurrent;
  if (policy.max_age.has_value() &&
      policy.at - single.this_update > *policy.max_age + policy.clock_skew)
    return ErrorCode::kOcspTooOld;
  if (policy.next_update == OcspNextUpdate::kIgnored) return ErrorCode::kOk;
  if (!single.next_update.has_value()) {
    // 2.4: newer information is always available, so that only the caller's own
    // limit on the age can say that this is current.
    return policy.max_age.has_value() ? ErrorCode::kOk
                                      : ErrorCode::kOcspNoNextUpdate;
  }
  return policy.at > *single.next_update + policy.clock_skew
             ? ErrorCode::kOcspStale
             : ErrorCode::kOk;
}

ErrorCode CheckNonce(Bytes nonce, const OcspPolicy& policy) {
  if (policy.nonce == OcspNonce::kIgnored) return ErrorCode::kOk;
  if (nonce.empty()) {
    return policy.nonce == OcspNonce::kRequired ? ErrorCode::kOcspNonceMissing
                                                : ErrorCode::kOk;
  }
  return Equal(nonce, policy.expected_nonce) ? ErrorCode::kOk
                                             : ErrorCode::kOcspNonceMismatch;
}

// Why no SingleResponse is about the certificate: of those there are, the one
// that came closest.
ErrorCode WhyNoAnswer(const OcspResponseView& response,
                      const OcspIssuer& issuer, const OcspQuestion& question) {
  auto code = response.response_count() == 0 ? ErrorCode::kOcspNoAnswer
                                             : ErrorCode::kOcspOtherIssuer;
  response.ForEachResponse([&](const OcspSingleResponse& single) {
    const CertId& id = single.cert_id;
    if (id.hash == CertIdHash::kOther && id.serial == question.serial)
      code = std::max(code, ErrorCode::kOcspUnsupportedCertId);
    if (issuer.IsNamedBy(id, question.issuer_name))
      code = ErrorCode::kOcspNoAnswer;
  });
  return code;
}

absl::Status CheckSingle(const OcspSingleResponse& single) {
  if (single.unsupported_critical_extension.empty()) return absl::OkStatus();
  return MakeError(ErrorCode::kUnsupportedCriticalExtension,
                   oid::NameOfExtension(single.unsupported_critical_extension));
}

// What of a response has to be right before its signature is worth a look.
absl::Status CheckIsReadable(const OcspResponseView& response) {
  absl::Status is_answer = CheckIsAnswer(response);
  if (!is_answer.ok()) return is_answer;
  const Bytes oid = response.unsupported_critical_extension();
  if (oid.empty()) return absl::OkStatus();
  return MakeError(ErrorCode::kUnsupportedCriticalExtension,
                   oid::NameOfExtension(oid));
}

bool IsWithin(Bytes part, Bytes whole) {
  const std::less_equal<const uint8_t*> is_not_after;
  return is_not_after(whole.data(), part.data()) &&
         is_not_after(part.data() + part.size(), whole.data() + whole.size());
}

}  // namespace

OcspStatus OcspStatusOf(const OcspSingleResponse& single) {
  switch (single.status) {
    case CertStatus::kRevoked:
      return single.reason == ReasonCode::kCertificateHold
                 ? OcspStatus::kOnHold
                 : OcspStatus::kRevoked;
    case CertStatus::kUnknown:
      return OcspStatus::kUnknown;
    case CertStatus::kGood:
      return OcspStatus::kGood;
  }
  return OcspStatus::kUnknown;
}

absl::Status CheckIsAnswer(const OcspResponseView& response) {
  if (const ErrorCode code = CodeOf(response.status()); code != ErrorCode::kOk)
    return MakeError(code, "");
  if (response.is_basic()) return absl::OkStatus();
  return MakeError(ErrorCode::kOcspNotBasic,
                   oid::ToDotted(response.response_type()));
}

std::string_view NameOf(OcspSigner signer) {
  switch (signer) {
    case OcspSigner::kIssuer:
      return "issuer";
    case OcspSigner::kDelegate:
      return "delegate";
    case OcspSigner::kTrusted:
      return "trusted";
  }
  return "";
}

bool VerifiedOcsp::is_never_issued() const {
  return status_ == OcspStatus::kOnHold &&
         single_.revocation_time == FromUnix(0) &&
         response().revoked() == OcspResponseView::Revoked::kAlsoNotIssued;
}

struct OcspVerifier::Claim {
  std::optional<OcspSingleResponse> single;  // of several the strictest
  OcspStatus status = OcspStatus::kUnknown;
  ErrorCode currency = ErrorCode::kOk;
  absl::Status extensions;  // of all that are about the certificate

  void Add(const OcspResponseView& response, const OcspIssuer& issuer,
           const OcspQuestion& question, const OcspPolicy& policy,
           const OcspSingleResponse& added) {
    if (added.cert_id.serial != question.serial ||
        !issuer.IsNamedBy(added.cert_id, question.issuer_name))
      return;
    if (extensions.ok()) extensions = CheckSingle(added);
    const OcspStatus added_status = OcspStatusOf(added);
    const ErrorCode added_currency = CurrencyOf(response, added, policy);
    // Of two that say the same, the one that is current.
    if (single.has_value() && added_status >= status &&
        (added_status != status || currency == ErrorCode::kOk ||
         added_currency != ErrorCode::kOk))
      return;
    single = added;
    status = added_status;
    currency = added_currency;
  }
};

absl::Status OcspVerifier::AddTrustedResponder(
    std::shared_ptr<const Buffer> certificate) {
  auto responder =
      OcspIssuer::Create(std::move(certificate), options_.signature.gost);
  if (!responder.ok()) return responder.status();
  trusted_.push_back(*std::move(responder));
  return absl::OkStatus();
}

absl::StatusOr<VerifiedOcsp> OcspVerifier::Verify(
    const OcspResponseView& response, const OcspIssuer& issuer,
    const OcspQuestion& question, const OcspPolicy& policy) {
  absl::Status readable = CheckIsReadable(response);
  if (!readable.ok()) return readable;
  Claim claim;
  response.ForEachResponse([&](const OcspSingleResponse& single) {
    claim.Add(response, issuer, question, policy, single);
  });
  if (!claim.single.has_value())
    return MakeError(WhyNoAnswer(response, issuer, question), "");
  const auto by = VerifySigner(response, issuer, policy);
  if (!by.ok()) return by.status();
  return Accept(claim, *by);
}

absl::StatusOr<SignedOcsp> OcspVerifier::VerifySigner(
    const OcspResponseView& response, const OcspIssuer& issuer,
    const OcspPolicy& policy) {
  absl::Status readable = CheckIsReadable(response);
  if (!readable.ok()) return readable;
  SignedOcsp by(response, issuer.sha256());
  absl::Status signer = FindSigner(issuer, policy, &by);
  if (!signer.ok()) return signer;
  if (const ErrorCode code = CheckNonce(response.nonce(), policy);
      code != ErrorCode::kOk)
    return MakeError(code, "");
  return by;
}

absl::StatusOr<VerifiedOcsp> OcspVerifier::AnswerOf(
    const SignedOcsp& by, const OcspIssuer& issuer,
    const OcspQuestion& question, const OcspPolicy& policy,
    std::span<const OcspSingleResponse> singles) {
  if (by.issuer_ != issuer.sha256())
    return MakeError(ErrorCode::kOcspOtherIssuer, "");
  Claim claim;
  for (const OcspSingleResponse& single : singles) {
    if (IsWithin(single.tlv, by.response().tbs_tlv()))
      claim.Add(by.response(), issuer, question, policy, single);
  }
  if (!claim.single.has_value())
    return MakeError(WhyNoAnswer(by.response(), issuer, question), "");
  return Accept(claim, by);
}

absl::StatusOr<VerifiedOcsp> OcspVerifier::Accept(const Claim& claim,
                                                  const SignedOcsp& by) {
  if (!claim.extensions.ok()) return claim.extensions;
  const bool is_believed_when_old = claim.status == OcspStatus::kRevoked ||
                                    claim.status == OcspStatus::kOnHold;
  if (claim.currency != ErrorCode::kOk && !is_believed_when_old)
    return MakeError(claim.currency, "");
  VerifiedOcsp verified(by, *claim.single);
  verified.status_ = claim.status;
  verified.currency_ = claim.currency;
  return verified;
}

}  // namespace revstat
