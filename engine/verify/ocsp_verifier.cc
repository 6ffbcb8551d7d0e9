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
    return policy.next_update == OcspNextUpdate::kRequired ||
                   !policy.max_age.has_value()
               ? ErrorCode::kOcspNoNextUpdate
               : ErrorCode::kOk;
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

ErrorCode CheckValidity(const CertificateView& certificate, Time at) {
  if (at < certificate.not_before()) return ErrorCode::kOcspSignerNotYetValid;
  return at > certificate.not_after() ? ErrorCode::kOcspSignerExpired
                                      : ErrorCode::kOk;
}

// How far a candidate came.
enum class Step : uint8_t {
  kNone,
  kKeyRead,
  kIssued,
  kPurpose,
  kCertificateAlgorithm,
  kExtensions,
  kStatus,
  kSignature,
  kWork,
};

absl::Status SignerError(ErrorCode code, const CertificateView& certificate) {
  return MakeError(code, FormatName(certificate.subject()));
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
         response_.revoked() == OcspResponseView::Revoked::kAlsoNotIssued;
}

struct OcspVerifier::Search {
  const OcspResponseView& response;
  const SignedMessage& message;
  int checks_left;
  absl::Status failure;  // of the candidate that came closest
  Step furthest = Step::kNone;

  absl::Status Fail(Step step, absl::Status why) {
    if (step > furthest) {
      furthest = step;
      failure = why;
    }
    return why;
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
  absl::Status is_answer = CheckIsAnswer(response);
  if (!is_answer.ok()) return is_answer;
  if (const Bytes oid = response.unsupported_critical_extension();
      !oid.empty()) {
    return MakeError(ErrorCode::kUnsupportedCriticalExtension,
                     oid::NameOfExtension(oid));
  }
  std::optional<VerifiedOcsp> verified;
  absl::Status single_status;
  response.ForEachResponse([&](const OcspSingleResponse& single) {
    if (single.cert_id.serial != question.serial ||
        !issuer.IsNamedBy(single.cert_id, question.issuer_name))
      return;
    if (single_status.ok()) single_status = CheckSingle(single);
    VerifiedOcsp one(response, single);
    one.status_ = OcspStatusOf(single);
    one.currency_ = CurrencyOf(response, single, policy);
    // The strictest holds; of two that say the same, the one that is current.
    if (!verified.has_value() || one.status_ < verified->status_ ||
        (one.status_ == verified->status_ &&
         verified->currency_ != ErrorCode::kOk &&
         one.currency_ == ErrorCode::kOk))
      verified = one;
  });
  if (!verified.has_value())
    return MakeError(WhyNoAnswer(response, issuer, question), "");
  absl::Status signer = FindSigner(response, issuer, policy, &*verified);
  if (!signer.ok()) return signer;
  if (const ErrorCode code = CheckNonce(response.nonce(), policy);
      code != ErrorCode::kOk)
    return MakeError(code, "");
  if (!single_status.ok()) return single_status;
  const bool is_believed_when_old = verified->status_ == OcspStatus::kRevoked ||
                                    verified->status_ == OcspStatus::kOnHold;
  if (verified->currency_ != ErrorCode::kOk && !is_believed_when_old)
    return MakeError(verified->currency_, "");
  return *verified;
}

// 4.2.2.2: the issuer of the certificate, a responder trusted by configuration,
// or one whose certificate has id-kp-OCSPSigning and is by that issuer.
absl::Status OcspVerifier::FindSigner(const OcspResponseView& response,
                                      const OcspIssuer& issuer,
                                      const OcspPolicy& policy,
                                      VerifiedOcsp* verified) {
  const auto message =
      SignedMessage::Create(response.signature_algorithm_tlv(),
                            response.tbs_tlv(), options_.signature);
  if (!message.ok()) return message.status();
  verified->algorithm_ = message->algorithm();
  Search search{response, *message, options_.max_signature_checks, {}};
  if (issuer.IsNamedBy(response.responder()) &&
      TryKey(issuer.key(), &search).ok()) {
    verified->signer_ = OcspSigner::kIssuer;
    return absl::OkStatus();
  }
  for (const OcspIssuer& trusted : trusted_) {
    if (!trusted.IsNamedBy(response.responder())) continue;
    const CertificateView& certificate = trusted.certificate();
    const ErrorCode code = CheckValidity(certificate, policy.at);
    if (code != ErrorCode::kOk) {
      search.Fail(Step::kStatus, SignerError(code, certificate)).IgnoreError();
    } else if (TryKey(trusted.key(), &search).ok()) {
      verified->signer_ = OcspSigner::kTrusted;
      return absl::OkStatus();
    }
  }
  bool is_found = false;
  response.ForEachCertificate([&](Bytes certificate) {
    if (!is_found) {
      is_found = TryDelegate(certificate, issuer, policy.at, &search).ok();
    }
  });
  if (is_found) {
    verified->signer_ = OcspSigner::kDelegate;
    return absl::OkStatus();
  }
  if (search.furthest != Step::kNone) return search.failure;
  return MakeError(ErrorCode::kOcspSignerUnknown,
                   response.responder().by_key.empty()
                       ? FormatName(response.responder().by_name)
                       : ToHex(response.responder().by_key));
}

absl::Status OcspVerifier::TryKey(const PublicKey& key, Search* search) const {
  if (search->checks_left-- <= 0) {
    return search->Fail(Step::kWork, MakeError(ErrorCode::kTooMany,
                                               "signatures of one response"));
  }
  absl::Status status =
      search->message.Verify(key, search->response.signature());
  return status.ok() ? status
                     : search->Fail(Step::kSignature, std::move(status));
}

absl::Status OcspVerifier::TryDelegate(Bytes certificate,
                                       const OcspIssuer& issuer, Time at,
                                       Search* search) {
  const auto delegate = DelegateOf(certificate, issuer, search);
  if (!delegate.ok()) return delegate.status();
  const OcspIssuer& identity = (*delegate)->identity;
  if (!identity.IsNamedBy(search->response.responder()))
    return MakeError(ErrorCode::kOcspSignerUnknown, "");
  absl::Status status = CheckDelegate(identity.certificate(), at);
  if (!status.ok()) return search->Fail(Step::kStatus, std::move(status));
  return TryKey(identity.key(), search);
}

// What may change while the certificate stays: its validity and its status.
absl::Status OcspVerifier::CheckDelegate(const CertificateView& certificate,
                                         Time at) const {
  if (const ErrorCode code = CheckValidity(certificate, at);
      code != ErrorCode::kOk)
    return SignerError(code, certificate);
  const OcspSignerStatus status = options_.signer_status
                                      ? options_.signer_status(certificate)
                                      : OcspSignerStatus::kUnknown;
  if (status == OcspSignerStatus::kRevoked)
    return SignerError(ErrorCode::kOcspSignerRevoked, certificate);
  // 4.2.2.2.1: with nocheck it may be trusted for its lifetime.
  if (status == OcspSignerStatus::kUnknown &&
      options_.unchecked_signer == UncheckedSigner::kRefuse &&
      certificate.ocsp_check() == CertificateView::OcspCheck::kExpected)
    return SignerError(ErrorCode::kOcspSignerUnchecked, certificate);
  return absl::OkStatus();
}

absl::StatusOr<const OcspVerifier::Delegate*> OcspVerifier::DelegateOf(
    Bytes certificate, const OcspIssuer& issuer, Search* search) {
  for (const auto& known : delegates_) {
    if (known->issuer == issuer.sha256() &&
        Equal(known->identity.certificate().der(), certificate))
      return known.get();
  }
  const ResponderId& responder = search->response.responder();
  const auto view = CertificateView::Parse(certificate);
  // One that came along and cannot be read is not the one we look for.
  if (!view.ok()) return view.status();
  const bool may_be_named =
      !responder.by_key.empty() ||
      Equal(responder.by_name.tlv(), view->subject().tlv()) ||
      CanonicalName(responder.by_name) == CanonicalName(view->subject());
  // The issuer's own key was tried before.
  if (!may_be_named ||
      Equal(view->subject_public_key_info_tlv(),
            issuer.certificate().subject_public_key_info_tlv()))
    return MakeError(ErrorCode::kOcspSignerUnknown, "");
  auto identity = OcspIssuer::Create(
      Buffer::FromVector({certificate.begin(), certificate.end()}),
      options_.signature.gost);
  if (!identity.ok()) return search->Fail(Step::kKeyRead, identity.status());
  if (!identity->IsNamedBy(responder))
    return MakeError(ErrorCode::kOcspSignerUnknown, "");
  if (!issuer.HasName(view->issuer())) {
    return search->Fail(Step::kIssued,
                        SignerError(ErrorCode::kOcspSignerNotIssued, *view));
  }
  if (!view->HasKeyPurpose(oid::kOcspSigning))
    return search->Fail(Step::kPurpose,
                        SignerError(ErrorCode::kOcspSigningMissing, *view));
  if (const Bytes oid = view->unsupported_critical_extension(); !oid.empty()) {
    return search->Fail(Step::kExtensions,
                        MakeError(ErrorCode::kUnsupportedCriticalExtension,
                                  oid::NameOfExtension(oid)));
  }
  if (search->checks_left-- <= 0) {
    return search->Fail(Step::kWork, MakeError(ErrorCode::kTooMany,
                                               "signatures of one response"));
  }
  const auto message = SignedMessage::Create(
      view->signature_algorithm_tlv(), view->tbs_tlv(), options_.signature);
  if (!message.ok())
    return search->Fail(Step::kCertificateAlgorithm, message.status());
  if (!message->Verify(issuer.key(), view->signature()).ok()) {
    return search->Fail(Step::kIssued,
                        SignerError(ErrorCode::kOcspSignerNotIssued, *view));
  }
  auto delegate = std::make_unique<const Delegate>(
      Delegate{issuer.sha256(), *std::move(identity)});
  const Delegate* kept = delegate.get();
  if (delegates_.size() < kMaxDelegates) {
    delegates_.push_back(std::move(delegate));
  } else {
    delegates_[next_delegate_] = std::move(delegate);
    next_delegate_ = (next_delegate_ + 1) % kMaxDelegates;
  }
  return kept;
}

}  // namespace revstat
