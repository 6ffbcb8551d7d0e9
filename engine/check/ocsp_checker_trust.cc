// OcspChecker: whose word counts, issuers' and their delegates'.
#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/check/ocsp_checker.h"
#include "engine/check/signer_checker.h"

namespace revstat {
namespace {

OcspSignerStatus SignerStatusOf(const Verdict& verdict) {
  if (IsListed(verdict)) return OcspSignerStatus::kRevoked;
  return verdict.status == Status::kActive ? OcspSignerStatus::kActive
                                           : OcspSignerStatus::kUnknown;
}

}  // namespace

// As SignerChecker judges the signers of CRLs, with OCSP beside them. One that
// is asked about while it is being judged is not believed for as long, so that
// CAs that only vouch for each other never pass.
bool OcspChecker::IsBelieved(IssuerId id) {
  if (snapshot_.issuers()[id].is_vouched_for) return true;
  const auto found = is_believed_.find(id);
  if (found != is_believed_.end()) return found->second;
  const auto open = std::find(being_judged_.begin(), being_judged_.end(), id);
  if (open != being_judged_.end()) {
    const auto place = static_cast<size_t>(open - being_judged_.begin());
    provisional_ = std::min(provisional_, place);
    return false;
  }
  const size_t place = being_judged_.size();
  if (place == 0) judgements_left_ = kMaxJudgements;
  being_judged_.push_back(id);
  const size_t before = std::exchange(provisional_, kNotProvisional);
  bool is_believed = IsActive(id);
  being_judged_.pop_back();
  // CAs that certify each other in a mesh.
  if (judgements_left_ == 0) is_believed = false;
  // What hangs on another one's being judged, or was not judged to its end, is
  // an answer to that question, and to no later one.
  if (provisional_ >= place && (judgements_left_ > 0 || place == 0)) {
    is_believed_[id] = is_believed;
    provisional_ = kNotProvisional;
  }
  provisional_ = std::min(provisional_, before);
  return is_believed;
}

// What all sources say of its certificates: active if one is and none is listed
// but for its retirement.
bool OcspChecker::IsActive(IssuerId id) {
  bool is_active = false;
  for (const auto& der : snapshot_.issuers()[id].certificates) {
    const auto certificate = CertificateView::Parse(der->bytes());
    if (!certificate.ok()) continue;  // was read before
    if (judgements_left_ == 0) return false;
    --judgements_left_;
    const Question question = resolver_.QuestionOf(*certificate);
    if (question.key.issuer == id) continue;
    // Each by itself: of two listings Join gives the reason of one.
    Verdict crl = Check(snapshot_, policy_.lookup, question);
    Verdict ocsp = Unknown(Cause::kNoSource);
    if (policy_.sources == SourcePolicy::kOcspOnly) crl = ocsp;
    if (policy_.sources != SourcePolicy::kCrlOnly)
      ocsp = Ask(question, certificate->issuer());
    if (SpeaksAgainstKey(snapshot_, *certificate, crl) ||
        SpeaksAgainstKey(snapshot_, *certificate, ocsp)) {
      return false;
    }
    is_active |=
        revstat::Join(policy_.sources, crl, ocsp).status == Status::kActive;
  }
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
