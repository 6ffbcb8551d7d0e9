#include "engine/check/ocsp_checker.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "engine/base/error.h"

namespace revstat {
namespace {

// Of answers by several responses: revoked, on hold, unknown to the responder,
// active, revoked later, and then what does not verify, the closest of it.
int RankOf(const Verdict& verdict) {
  if (verdict.status != Status::kUnknown)
    return verdict.status == Status::kActive
               ? 1000
               : 3000 - static_cast<int>(verdict.status);
  if (verdict.cause == Cause::kResponderUnknown) return 2000;
  return verdict.cause == Cause::kRevokedLater
             ? 900
             : static_cast<int>(verdict.cause);
}

// RFC 6960 4.4.4, RFC 5280 3.3: a certificate that had expired when a responder
// last knew its status may have been forgotten with its revocation, unless the
// responder keeps the status of those that have expired since `cutoff`.
void ApplyRetention(const Question& question, Time this_update,
                    const std::optional<Time>& cutoff, Verdict* verdict) {
  const bool may_be_forgotten =
      this_update > question.not_after &&
      !(cutoff.has_value() && *cutoff <= question.not_after);
  if (verdict->status != Status::kActive || !may_be_forgotten) return;
  verdict->status = Status::kUnknown;
  verdict->cause = Cause::kNotArchived;
}

OcspVerifierOptions VerifierOptionsOf(
    const OcspCheckPolicy& policy,
    std::function<OcspSignerStatus(const CertificateView&)> signer_status) {
  OcspVerifierOptions options;
  options.signature = policy.signature;
  options.unchecked_signer = policy.unchecked_signer;
  options.signer_status = std::move(signer_status);
  return options;
}

OcspPolicy VerifyPolicyOf(const LookupPolicy& lookup) {
  OcspPolicy policy;
  policy.at = lookup.at;
  policy.clock_skew = lookup.clock_skew;
  policy.max_age = lookup.max_age;
  policy.next_update = lookup.next_update == NextUpdatePolicy::kEnforce
                           ? OcspNextUpdate::kEnforced
                           : OcspNextUpdate::kIgnored;
  return policy;
}

}  // namespace

Verdict VerdictOf(const absl::StatusOr<VerifiedOcsp>& answer,
                  const Question& question, const LookupPolicy& policy) {
  if (!answer.ok()) return Unknown(CauseOf(ErrorCodeOf(answer.status())));
  const OcspSingleResponse& single = answer->single();
  Verdict verdict;
  switch (answer->status()) {
    case OcspStatus::kGood:
      verdict.status = Status::kActive;
      ApplyRetention(question, single.this_update, single.archive_cutoff,
                     &verdict);
      return verdict;
    case OcspStatus::kUnknown:
      return Unknown(Cause::kResponderUnknown);
    case OcspStatus::kOnHold:
      verdict.status = Status::kOnHold;
      break;
    case OcspStatus::kRevoked:
      verdict.status = Status::kRevoked;
      break;
  }
  if (single.revocation_time > policy.at + policy.clock_skew) {
    return Unknown(Cause::kRevokedLater);
  }
  verdict.revocation_seconds = ToUnix(single.revocation_time);
  verdict.reason = single.reason;
  if (answer->is_never_issued()) verdict.cause = Cause::kNeverIssued;
  if (answer->currency() != ErrorCode::kOk)
    verdict.flags |= Verdict::kStaleSource;
  return verdict;
}

OcspChecker::OcspChecker(const Snapshot& snapshot, const OcspSet& set,
                         OcspCheckPolicy policy)
    : snapshot_(snapshot),
      set_(set),
      policy_(std::move(policy)),
      verify_policy_(VerifyPolicyOf(policy_.lookup)),
      resolver_(snapshot),
      verifier_(VerifierOptionsOf(policy_,
                                  [this](const CertificateView& delegate) {
                                    return StatusOfDelegate(delegate);
                                  })),
      delegate_verifier_(
          VerifierOptionsOf(policy_, [this](const CertificateView& delegate) {
            return StatusByCrls(delegate);
          })) {}

absl::StatusOr<std::unique_ptr<OcspChecker>> OcspChecker::Create(
    const Snapshot& snapshot, const OcspSet& set, OcspCheckPolicy policy) {
  std::unique_ptr<OcspChecker> checker(
      new OcspChecker(snapshot, set, std::move(policy)));
  for (const auto& responder : checker->policy_.trusted_responders) {
    for (OcspVerifier* verifier :
         {&checker->verifier_, &checker->delegate_verifier_}) {
      absl::Status added = verifier->AddTrustedResponder(responder);
      if (!added.ok()) return added;
    }
  }
  return checker;
}

void OcspChecker::SetTime(Time at) {
  policy_.lookup.at = verify_policy_.at = at;
  signers_.clear();
  is_believed_.clear();
  delegates_.clear();
}

Verdict OcspChecker::Ask(const Question& question, NameView issuer_name) {
  Verdict verdict = AskSet(question, issuer_name, About::kCertificate);
  ApplyCertificate(policy_.lookup, question, &verdict);
  return verdict;
}

Verdict OcspChecker::Join(const Question& question, NameView issuer_name,
                          const Verdict& crl) {
  if (policy_.sources == SourcePolicy::kCrlOnly) return crl;
  return revstat::Join(policy_.sources, crl, Ask(question, issuer_name));
}

Verdict OcspChecker::JoinStapled(const Question& question, NameView issuer_name,
                                 const Verdict& crl,
                                 const OcspResponseView* stapled) {
  Verdict own = Unknown(Cause::kNoSource);
  if (stapled != nullptr) own = AskStapled(*stapled, question, issuer_name);
  const bool is_settled = own.status != Status::kUnknown;
  // What verifies, and what only the time asked about keeps from an answer.
  const bool is_stapled = is_settled || own.cause == Cause::kResponderUnknown ||
                          own.cause == Cause::kNotArchived ||
                          own.cause == Cause::kRevokedLater;
  const Verdict held = AskSet(question, issuer_name, About::kCertificate);
  const bool is_better = is_settled ? IsListed(held) && !IsListed(own)
                                    : RankOf(held) > RankOf(own);
  if (is_better) own = held;
  ApplyCertificate(policy_.lookup, question, &own);
  if (!is_stapled && question.stapling == CertificateView::Stapling::kRequired)
    own.flags |= Verdict::kStapleMissing;
  return revstat::Join(policy_.sources, crl, own);
}

Verdict OcspChecker::AskSet(const Question& question, NameView issuer_name,
                            About about) {
  Verdict best = Unknown(Cause::kNoSource);
  std::span<const uint32_t> left = set_.About(question.key.serial);
  while (!left.empty()) {
    size_t size = 1;
    const uint32_t source = set_.place(left[0]).source;
    while (size < left.size() && set_.place(left[size]).source == source)
      ++size;
    const Verdict verdict =
        AskHeld(left.first(size), question, issuer_name, about);
    left = left.subspan(size);
    // Serials are each issuer's own: about another's certificate it is none.
    if (verdict.cause == Cause::kOtherIssuerAnswered) continue;
    if (RankOf(verdict) > RankOf(best)) best = verdict;
  }
  const Verdict cached = AskCache(question, about);
  return RankOf(cached) > RankOf(best) ? cached : best;
}

Verdict OcspChecker::AskHeld(std::span<const uint32_t> positions,
                             const Question& question, NameView issuer_name,
                             About about) {
  Cause cause = Cause::kNoIssuer;
  const OcspIssuer* issuer = IssuerOf(question.key.issuer, &cause);
  if (issuer == nullptr) return Unknown(cause);
  std::vector<OcspSingleResponse> singles;
  bool is_named = false;
  Cause unnamed = Cause::kOtherIssuerAnswered;
  for (const uint32_t position : positions) {
    singles.push_back(set_.SingleAt(position));
    const CertId& id = singles.back().cert_id;
    is_named |= issuer->IsNamedBy(id, issuer_name);
    if (id.hash == CertIdHash::kOther) unnamed = Cause::kUnsupportedCertId;
  }
  if (!is_named) {
    Verdict verdict = Unknown(unnamed, positions[0]);
    verdict.flags |= Verdict::kFromOcsp;
    return verdict;
  }
  const uint32_t source = set_.place(positions[0]).source;
  const auto by = SignerOf(source, question.key.issuer, *issuer, about);
  if (!by.ok() && about == About::kCertificate)
    refused_.try_emplace(source, by.status());
  const auto answer =
      by.ok() ? OcspVerifier::AnswerOf(*by, *issuer,
                                       {question.key.serial, issuer_name},
                                       verify_policy_, singles)
              : by.status();
  Verdict verdict = Judge(answer, question, about);
  verdict.source = positions[0];
  for (size_t i = 0; answer.ok() && i < positions.size(); ++i) {
    if (singles[i].tlv.data() == answer->single().tlv.data())
      verdict.source = positions[i];
  }
  return verdict;
}

absl::StatusOr<SignedOcsp> OcspChecker::SignerOf(uint32_t source, IssuerId id,
                                                 const OcspIssuer& issuer,
                                                 About about) {
  const OcspResponseView& response = set_.source(source).response;
  asked_issuer_ = id;
  if (about == About::kDelegate)
    return delegate_verifier_.VerifySigner(response, issuer, verify_policy_);
  if (response.response_count() == 1)
    return verifier_.VerifySigner(response, issuer, verify_policy_);
  const auto found = signers_.find({source, id});
  if (found != signers_.end()) return found->second;
  auto by = verifier_.VerifySigner(response, issuer, verify_policy_);
  return signers_.emplace(std::pair(source, id), std::move(by)).first->second;
}

Verdict OcspChecker::AskStapled(const OcspResponseView& response,
                                const Question& question,
                                NameView issuer_name) {
  Cause cause = Cause::kNoIssuer;
  const OcspIssuer* issuer = IssuerOf(question.key.issuer, &cause);
  if (issuer == nullptr) return Unknown(cause);
  asked_issuer_ = question.key.issuer;
  Verdict verdict = Judge(
      verifier_.Verify(response, *issuer, {question.key.serial, issuer_name},
                       verify_policy_),
      question, About::kCertificate);
  verdict.source = OcspSet::kStapled;
  return verdict;
}

Verdict OcspChecker::AskCache(const Question& question, About about) {
  if (set_.cache() == nullptr) return Unknown(Cause::kNoSource);
  Verdict verdict = set_.cache()->Lookup(policy_.lookup, question.key);
  // A failure says what it says, whoever the issuer is.
  if (verdict.status == Status::kUnknown &&
      verdict.cause != Cause::kResponderUnknown)
    return verdict;
  const auto refuse = [](Cause cause) {
    Verdict refused = Unknown(cause, OcspCache::kSource);
    refused.flags |= Verdict::kFromOcsp;
    return refused;
  };
  const auto answer = set_.cache()->Explain(question.key);
  // It has just gone, or another has just come that says less.
  if (!answer.has_value() || (verdict.status == Status::kActive &&
                              answer->status != OcspStatus::kGood))
    return refuse(Cause::kNoSource);
  const ErrorCode signer = CheckKeptSigner(*answer, question.key.issuer, about);
  // A listing is believed when it is old, and so when its signer is.
  if (signer != ErrorCode::kOk &&
      !(signer == ErrorCode::kOcspSignerExpired && IsListed(verdict)))
    return refuse(CauseOf(signer));
  if (about == About::kCertificate && !IsBelieved(question.key.issuer))
    return refuse(Cause::kSignerNotTrusted);
  ApplyRetention(question, answer->this_update, answer->archive_cutoff,
                 &verdict);
  return verdict;
}

Verdict OcspChecker::Judge(const absl::StatusOr<VerifiedOcsp>& answer,
                           const Question& question, About about) {
  Verdict verdict = VerdictOf(answer, question, policy_.lookup);
  // A revoked CA's responder must not say that a certificate is active, nor
  // anything else. Who asks about a delegate asks this of the same issuer.
  if (answer.ok() && about == About::kCertificate &&
      !IsBelieved(question.key.issuer))
    verdict = Unknown(Cause::kSignerNotTrusted);
  verdict.flags |= Verdict::kFromOcsp;
  return verdict;
}

const OcspIssuer* OcspChecker::IssuerOf(IssuerId id, Cause* cause) {
  if (id == kAmbiguousIssuer) *cause = Cause::kAmbiguousIssuer;
  if (id >= snapshot_.issuers().size()) return nullptr;
  auto found = issuers_.find(id);
  if (found == issuers_.end()) {
    found = issuers_
                .emplace(id, OcspIssuer::Create(
                                 snapshot_.issuers()[id].certificates.front(),
                                 policy_.signature.gost))
                .first;
  }
  if (found->second.ok()) return &*found->second;
  *cause = CauseOf(ErrorCodeOf(found->second.status()));
  return nullptr;
}

}  // namespace revstat
