// OcspVerifier: who has signed a response, and may.
#include "engine/base/error.h"
#include "engine/verify/ocsp_verifier.h"
#include "engine/x509/name_text.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

// keyUsage's digitalSignature and nonRepudiation.
constexpr uint32_t kMaySign = 1u << 0 | 1u << 1;

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

// 4.2.2.2: the issuer of the certificate, a responder trusted by configuration,
// or one whose certificate has id-kp-OCSPSigning and is by that issuer.
absl::Status OcspVerifier::FindSigner(const OcspIssuer& issuer,
                                      const OcspPolicy& policy,
                                      SignedOcsp* by) {
  const OcspResponseView& response = by->response_;
  const auto message =
      SignedMessage::Create(response.signature_algorithm_tlv(),
                            response.tbs_tlv(), options_.signature);
  if (!message.ok()) return message.status();
  by->algorithm_ = message->algorithm();
  Search search{response, *message, options_.max_signature_checks, {}};
  std::optional<OcspSignerCheck> found;
  const auto try_delegate = [&](Bytes certificate) {
    if (found.has_value()) return;
    const auto check = TryDelegate(certificate, issuer, policy.at, &search);
    if (!check.ok()) return;
    found = *check;
    by->delegate_ = certificate;
    by->signer_not_after_ =
        Remembered(certificate, issuer)->identity.certificate().not_after();
  };
  // Who was met before comes first: to find out that the issuer has another
  // name, in whatever spelling, costs more than all else but the signature.
  response.ForEachCertificate([&](Bytes certificate) {
    if (Remembered(certificate, issuer) != nullptr) try_delegate(certificate);
  });
  if (found.has_value()) {
    by->signer_ = OcspSigner::kDelegate;
    by->signer_check_ = *found;
    return absl::OkStatus();
  }
  if (issuer.IsNamedBy(response.responder()) &&
      TryKey(issuer.key(), &search).ok()) {
    by->signer_ = OcspSigner::kIssuer;
    return absl::OkStatus();
  }
  for (const OcspIssuer& trusted : trusted_) {
    if (!trusted.IsNamedBy(response.responder())) continue;
    const CertificateView& certificate = trusted.certificate();
    const ErrorCode code = CheckValidity(certificate, policy.at);
    if (code != ErrorCode::kOk) {
      search.Fail(Step::kStatus, SignerError(code, certificate)).IgnoreError();
    } else if (TryKey(trusted.key(), &search).ok()) {
      by->signer_ = OcspSigner::kTrusted;
      by->signer_not_after_ = certificate.not_after();
      return absl::OkStatus();
    }
  }
  response.ForEachCertificate(try_delegate);
  if (found.has_value()) {
    by->signer_ = OcspSigner::kDelegate;
    by->signer_check_ = *found;
    return absl::OkStatus();
  }
  if (search.furthest != Step::kNone) return search.failure;
  return MakeError(ErrorCode::kOcspSignerUnknown,
                   response.responder().by_key.empty()
                       ? FormatName(response.responder().by_name)
                       : ToHex(response.responder().by_key));
}

absl::Status OcspVerifier::TryKey(const PublicKey& key, Search* search) {
  if (search->checks_left-- <= 0) {
    return search->Fail(Step::kWork, MakeError(ErrorCode::kTooMany,
                                               "signatures of one response"));
  }
  absl::Status status =
      search->message.Verify(key, search->response.signature(), &contexts_);
  return status.ok() ? status
                     : search->Fail(Step::kSignature, std::move(status));
}

absl::StatusOr<OcspSignerCheck> OcspVerifier::TryDelegate(
    Bytes certificate, const OcspIssuer& issuer, Time at, Search* search) {
  const auto delegate = DelegateOf(certificate, issuer, search);
  if (!delegate.ok()) return delegate.status();
  const OcspIssuer& identity = (*delegate)->identity;
  if (!identity.IsNamedBy(search->response.responder()))
    return MakeError(ErrorCode::kOcspSignerUnknown, "");
  const auto check = CheckDelegate(identity.certificate(), at);
  if (!check.ok()) return search->Fail(Step::kStatus, check.status());
  absl::Status status = TryKey(identity.key(), search);
  if (!status.ok()) return status;
  return *check;
}

absl::StatusOr<OcspSignerCheck> OcspVerifier::CheckDelegate(
    const CertificateView& certificate, Time at) const {
  if (const ErrorCode code = CheckValidity(certificate, at);
      code != ErrorCode::kOk)
    return SignerError(code, certificate);
  const OcspSignerStatus status = options_.signer_status
                                      ? options_.signer_status(certificate)
                                      : OcspSignerStatus::kUnknown;
  if (status == OcspSignerStatus::kRevoked)
    return SignerError(ErrorCode::kOcspSignerRevoked, certificate);
  // 4.2.2.2.1: with nocheck it may be trusted for its lifetime.
  if (status == OcspSignerStatus::kActive ||
      certificate.ocsp_check() != CertificateView::OcspCheck::kExpected)
    return OcspSignerCheck::kSettled;
  if (options_.unchecked_signer == UncheckedSigner::kRefuse)
    return SignerError(ErrorCode::kOcspSignerUnchecked, certificate);
  return OcspSignerCheck::kUnchecked;
}

const OcspVerifier::Delegate* OcspVerifier::Remembered(
    Bytes certificate, const OcspIssuer& issuer) const {
  for (const auto& known : delegates_) {
    if (known->issuer == issuer.sha256() &&
        Equal(known->identity.certificate().der(), certificate))
      return known.get();
  }
  return nullptr;
}

absl::StatusOr<const OcspVerifier::Delegate*> OcspVerifier::DelegateOf(
    Bytes certificate, const OcspIssuer& issuer, Search* search) {
  if (const Delegate* known = Remembered(certificate, issuer)) return known;
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
  // RFC 5280 4.2.1.3, 4.2.1.12: where keyUsage is present, id-kp-OCSPSigning
  // goes with digitalSignature or nonRepudiation.
  if ((view->key_usage().value_or(kMaySign) & kMaySign) == 0)
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
  if (!message->Verify(issuer.key(), view->signature(), &contexts_).ok()) {
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
