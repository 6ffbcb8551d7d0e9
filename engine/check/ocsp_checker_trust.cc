// OcspChecker: whose word counts, issuers' and their delegates'.
#include "engine/base/error.h"
#include "engine/check/ocsp_checker.h"

namespace revstat {
namespace {

OcspSignerStatus SignerStatusOf(const Verdict& verdict) {
  if (IsListed(verdict)) return OcspSignerStatus::kRevoked;
  return verdict.status == Status::kActive ? OcspSignerStatus::kActive
                                           : OcspSignerStatus::kUnknown;
}

}  // namespace

// As SignerChecker judges the signers of CRLs, with OCSP beside them. Marked
// before it is asked, so that CAs that only vouch for each other never pass.
bool OcspChecker::IsBelieved(IssuerId id) {
  const Issuer& issuer = snapshot_.issuers()[id];
  if (issuer.is_vouched_for) return true;
  const auto [found, is_new] = is_believed_.try_emplace(id, false);
  if (!is_new) return found->second;
  bool is_active = false;
  for (const auto& der : issuer.certificates) {
    const auto certificate = CertificateView::Parse(der->bytes());
    if (!certificate.ok()) continue;  // was read before
    const Question question = resolver_.QuestionOf(*certificate);
    if (question.key.issuer == id) continue;
    const Verdict crl = Check(snapshot_, policy_.lookup, question);
    const Verdict verdict = Join(question, certificate->issuer(), crl);
    if (IsListed(verdict)) return false;
    is_active |= verdict.status == Status::kActive;
  }
  is_believed_[id] = is_active;
  return is_active;
}

OcspSignerStatus OcspChecker::StatusOfDelegate(
    const CertificateView& delegate) {
  for (const auto& [certificate, status] : delegates_) {
    if (Equal(certificate, delegate.der())) return status;
  }
  const Question question = resolver_.QuestionOf(delegate);
  Verdict verdict = Check(snapshot_, policy_.lookup, question);
  // Its issuer is who is asked for; where its own words lead to another, that
  // one has no say.
  if (question.key.issuer == asked_issuer_) {
    Verdict ocsp = AskSet(question, delegate.issuer(), About::kDelegate);
    ApplyCertificate(policy_.lookup, question, &ocsp);
    verdict = revstat::Join(SourcePolicy::kPreferCrl, verdict, ocsp);
  }
  if (delegates_.size() == OcspVerifier::kMaxDelegates)
    delegates_.erase(delegates_.begin());
  const Bytes der = delegate.der();
  delegates_.emplace_back(std::vector<uint8_t>(der.begin(), der.end()),
                          SignerStatusOf(verdict));
  return delegates_.back().second;
}

OcspSignerStatus OcspChecker::StatusByCrls(const CertificateView& delegate) {
  return SignerStatusOf(
      Check(snapshot_, policy_.lookup, resolver_.QuestionOf(delegate)));
}

// As for a response that is read: its delegate may have been revoked since the
// answer was kept, or been shown to be active.
ErrorCode OcspChecker::CheckKeptSigner(const OcspAnswer& answer,
                                       IssuerId issuer, About about) {
  if (answer.delegate == nullptr) {
    return answer.signer_check == OcspSignerCheck::kUnchecked &&
                   policy_.unchecked_signer == UncheckedSigner::kRefuse
               ? ErrorCode::kOcspSignerUnchecked
               : ErrorCode::kOk;
  }
  const auto delegate = CertificateView::Parse(answer.delegate->bytes());
  if (!delegate.ok()) return ErrorCode::kOcspSignerUnknown;
  asked_issuer_ = issuer;
  const OcspVerifier& verifier =
      about == About::kDelegate ? delegate_verifier_ : verifier_;
  return ErrorCodeOf(
      verifier.CheckDelegate(*delegate, policy_.lookup.at).status());
}

}  // namespace revstat
