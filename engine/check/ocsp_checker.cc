#include "engine/check/ocsp_checker.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"

namespace revstat {
namespace {

Verdict Unknown(Cause cause) {
  Verdict verdict;
  verdict.cause = cause;
  return verdict;
}

bool IsListed(const Verdict& verdict) {
  return verdict.status == Status::kRevoked ||
         verdict.status == Status::kOnHold;
}

// Of answers by several responses: revoked, on hold, unknown to the responder,
// active, and then what does not verify, the closest of it.
int RankOf(const Verdict& verdict) {
  if (verdict.status != Status::kUnknown)
    return verdict.status == Status::kActive
               ? 1000
               : 3000 - static_cast<int>(verdict.status);
  return verdict.cause == Cause::kResponderUnknown
             ? 2000
             : static_cast<int>(verdict.cause);
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

Verdict VerdictOf(const absl::StatusOr<VerifiedOcsp>& answer, Time at,
                  std::chrono::seconds clock_skew) {
  if (!answer.ok()) return Unknown(CauseOf(ErrorCodeOf(answer.status())));
  Verdict verdict;
  switch (answer->status()) {
    case OcspStatus::kGood:
      verdict.status = Status::kActive;
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
  const OcspSingleResponse& single = answer->single();
  if (single.revocation_time > at) {
    return Unknown(single.this_update > at + clock_skew ? Cause::kNotYetCurrent
                                                        : Cause::kRevokedLater);
  }
  verdict.revocation_seconds = ToUnix(single.revocation_time);
  verdict.reason = single.reason;
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
      verifier_([this] {
        OcspVerifierOptions options;
        options.signature = policy_.signature;
        options.unchecked_signer = policy_.unchecked_signer;
        options.signer_status = [this](const CertificateView& delegate) {
          return StatusOfDelegate(delegate);
        };
        return options;
      }()) {}

absl::StatusOr<std::unique_ptr<OcspChecker>> OcspChecker::Create(
    const Snapshot& snapshot, const OcspSet& set, OcspCheckPolicy policy) {
  std::unique_ptr<OcspChecker> checker(
      new OcspChecker(snapshot, set, std::move(policy)));
  for (const auto& responder : checker->policy_.trusted_responders) {
    absl::Status added = checker->verifier_.AddTrustedResponder(responder);
    if (!added.ok()) return added;
  }
  return checker;
}

Verdict OcspChecker::Ask(const Question& question, NameView issuer_name) {
  Verdict verdict = AskSet(question, issuer_name);
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
  if (stapled != nullptr) {
    own = AskOne(*stapled, question, issuer_name);
    own.source = kStapled;
  }
  const bool is_settled = own.status != Status::kUnknown;
  // What verifies, and what only the time asked about keeps from an answer.
  const bool is_stapled = is_settled || own.cause == Cause::kResponderUnknown ||
                          own.cause == Cause::kRevokedLater;
  if (!is_settled) {
    const Verdict held = AskSet(question, issuer_name);
    if (RankOf(held) > RankOf(own)) own = held;
  }
  ApplyCertificate(policy_.lookup, question, &own);
  if (!is_stapled && question.stapling == CertificateView::Stapling::kRequired)
    own.flags |= Verdict::kStapleMissing;
  return revstat::Join(policy_.sources, crl, own);
}

Verdict OcspChecker::AskSet(const Question& question, NameView issuer_name) {
  Verdict best = Unknown(Cause::kNoSource);
  for (uint32_t position : set_.About(question.key.serial)) {
    Verdict verdict =
        AskOne(set_.sources()[position].response, question, issuer_name);
    // Serials are each issuer's own: about another's certificate it is none.
    if (verdict.cause == Cause::kOtherIssuerAnswered) continue;
    verdict.source = position;
    if (RankOf(verdict) > RankOf(best)) best = verdict;
  }
  const Verdict cached = AskCache(question);
  return RankOf(cached) > RankOf(best) ? cached : best;
}

Verdict OcspChecker::AskCache(const Question& question) {
  if (set_.cache() == nullptr) return Unknown(Cause::kNoSource);
  Verdict verdict = set_.cache()->Lookup(policy_.lookup, question.key);
  // A failure says what it says, whoever the issuer is.
  const bool is_answer = verdict.status != Status::kUnknown ||
                         verdict.cause == Cause::kResponderUnknown;
  if (is_answer && !IsBelieved(question.key.issuer)) {
    verdict = Unknown(Cause::kSignerNotTrusted);
    verdict.flags |= Verdict::kFromOcsp;
  }
  return verdict;
}

Verdict OcspChecker::AskOne(const OcspResponseView& response,
                            const Question& question, NameView issuer_name) {
  Cause cause = Cause::kNoIssuer;
  const OcspIssuer* issuer = IssuerOf(question.key.issuer, &cause);
  if (issuer == nullptr) return Unknown(cause);
  const auto answer = verifier_.Verify(
      response, *issuer, {question.key.serial, issuer_name}, verify_policy_);
  Verdict verdict =
      VerdictOf(answer, policy_.lookup.at, policy_.lookup.clock_skew);
  verdict.flags |= Verdict::kFromOcsp;
  // A revoked CA's responder must not say that a certificate is active, nor
  // anything else.
  if (answer.ok() && !IsBelieved(question.key.issuer)) {
    verdict = Unknown(Cause::kSignerNotTrusted);
    verdict.flags |= Verdict::kFromOcsp;
  }
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
  const Verdict verdict =
      Check(snapshot_, policy_.lookup, resolver_.QuestionOf(delegate));
  if (IsListed(verdict)) return OcspSignerStatus::kRevoked;
  return verdict.status == Status::kActive ? OcspSignerStatus::kActive
                                           : OcspSignerStatus::kUnknown;
}

}  // namespace revstat
