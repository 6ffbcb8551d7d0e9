#include "engine/check/signer_checker.h"

#include <memory>
#include <utility>

namespace revstat {

SignerChecker::SignerChecker(const Snapshot& snapshot,
                             const LookupPolicy& policy, UnknownPolicy unknown)
    : snapshot_(snapshot),
      policy_(policy),
      unknown_(unknown),
      resolver_(snapshot),
      states_(snapshot.issuers().size(), State::kNew) {}

Cause SignerChecker::Judge(IssuerId signer, int depth) {
  if (signer >= states_.size() || depth > kMaxDepth)
    return Cause::kSignerNotTrusted;
  if (states_[signer] == State::kNew) {
    states_[signer] = State::kInProgress;
    const bool is_trusted = snapshot_.issuers()[signer].is_vouched_for ||
                            IsUnrevoked(signer, depth);
    states_[signer] = is_trusted ? State::kTrusted : State::kNotTrusted;
  }
  return states_[signer] == State::kNotTrusted ? Cause::kSignerNotTrusted
                                               : Cause::kNone;
}

bool SignerChecker::IsUnrevoked(IssuerId signer, int depth) {
  const CertificateView& certificate = snapshot_.issuers()[signer].view;
  Question question = resolver_.QuestionOf(certificate);
  if (Judge(question.key.issuer, depth + 1) != Cause::kNone) return false;
  Coverage believed = question.coverage != nullptr
                          ? *question.coverage
                          : snapshot_.BareCoverage(question.key.issuer);
  std::erase_if(believed.parts, [&](const Coverage::Part& part) {
    return Judge(snapshot_.SignerOf(part), depth + 1) != Cause::kNone;
  });
  question.coverage = std::make_shared<const Coverage>(std::move(believed));
  const Status status = Check(snapshot_, policy_, question).status;
  return status == Status::kActive ||
         (status == Status::kUnknown && unknown_ == UnknownPolicy::kAccept);
}

}  // namespace revstat
