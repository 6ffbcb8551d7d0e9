#include "engine/verify/crl_verifier.h"

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/x509/name_text.h"

namespace revstat {
namespace {

// A candidate may be passed over for several reasons; the one that got furthest
// is what the caller wants to know.
ErrorCode CheckCandidate(const CrlView& crl, const std::string& crl_issuer,
                         const CertificateView& candidate) {
  // 6.3.3 (b)(1) and (f): the CRL's issuer is the subject of its signer.
  if (!Equal(crl.issuer().tlv(), candidate.subject().tlv()) &&
      crl_issuer != CanonicalName(candidate.subject())) {
    return ErrorCode::kNoIssuer;
  }
  // 5.2.1: keyIdentifier tells the issuer's keys apart. authorityCertIssuer and
  // authorityCertSerialNumber name one certificate of a key that may have
  // several, so they refuse nothing.
  const Bytes wanted = crl.authority_key_identifier().key_identifier;
  const Bytes key = candidate.subject_key_identifier();
  if (!wanted.empty() && !key.empty() && !Equal(wanted, key)) {
    return ErrorCode::kKeyIdentifierMismatch;
  }
  // 6.3.3 (f) as RFC 10007 makes it: keyUsage is present and has cRLSign. Old
  // trust anchors have no keyUsage; their certificates are only containers of
  // the name and key that the caller vouches for.
  const bool may_sign = candidate.key_usage().has_value()
                            ? (*candidate.key_usage() & kCrlSign) != 0
                            : CanonicalName(candidate.issuer()) == crl_issuer;
  if (!may_sign) {
    return ErrorCode::kCrlSignMissing;
  }
  return ErrorCode::kOk;
}

}  // namespace

absl::StatusOr<VerifiedCrl> VerifyCrl(
    const CrlView& crl, std::span<const CertificateView> candidates,
    const SignaturePolicy& policy) {
  const std::string crl_issuer = CanonicalName(crl.issuer());
  std::vector<size_t> fitting;
  ErrorCode closest = ErrorCode::kNoIssuer;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const ErrorCode code = CheckCandidate(crl, crl_issuer, candidates[i]);
    if (code == ErrorCode::kOk) {
      const Bytes key = candidates[i].subject_public_key_info_tlv();
      // A CA may have many certificates of one key: it is tried once.
      if (std::none_of(fitting.begin(), fitting.end(), [&](size_t k) {
            return Equal(candidates[k].subject_public_key_info_tlv(), key);
          })) {
        fitting.push_back(i);
      }
    } else if (code > closest) {
      closest = code;  // the list of errors has them in order of progress
    }
  }
  if (fitting.empty())
    return MakeError(closest,
                     Concat({"CRL issuer ", FormatName(crl.issuer())}));
  if (fitting.size() > kMaxCrlSigners) {
    return MakeError(ErrorCode::kTooMany, "keys of the CRL's issuer");
  }
  const auto message = SignedMessage::Create(crl.signature_algorithm_tlv(),
                                             crl.tbs_tlv(), policy);
  if (!message.ok()) return message.status();
  absl::Status failure;
  for (size_t index : fitting) {
    const auto key =
        PublicKey::FromSpki(candidates[index].subject_public_key_info_tlv());
    absl::Status status =
        key.ok() ? message->Verify(*key, crl.signature()) : key.status();
    if (status.ok()) return VerifiedCrl(crl, index, message->algorithm());
    if (failure.ok() || ErrorCodeOf(status) == ErrorCode::kBadSignature)
      failure = status;
  }
  return failure;
}

absl::Status VerifyIssuedBy(const CertificateView& certificate,
                            const CertificateView& issuer,
                            const SignaturePolicy& policy) {
  if (!Equal(certificate.issuer().tlv(), issuer.subject().tlv()) &&
      CanonicalName(certificate.issuer()) != CanonicalName(issuer.subject())) {
    return MakeError(ErrorCode::kWrongIssuer, "certificate issuer");
  }
  const auto message = SignedMessage::Create(
      certificate.signature_algorithm_tlv(), certificate.tbs_tlv(), policy);
  if (!message.ok()) return message.status();
  const auto key = PublicKey::FromSpki(issuer.subject_public_key_info_tlv());
  if (!key.ok()) return key.status();
  return message->Verify(*key, certificate.signature());
}

}  // namespace revstat
