#include "engine/check/checker.h"

#include <algorithm>

#include "engine/check/source_policy.h"

namespace revstat {
namespace {

bool NeedsNoSource(const LookupPolicy& policy, const Question& question) {
  if (question.revocation_info ==
      CertificateView::RevocationInfo::kNotAvailable)
    return true;
  return policy.short_lived.has_value() && question.not_before != Time::min() &&
         question.not_after != Time::max() &&
         question.not_after - question.not_before <= *policy.short_lived;
}

Verdict Lookup(const Snapshot& snapshot, const LookupPolicy& policy,
               const Question& question) {
  return question.coverage == nullptr
             ? snapshot.Lookup(policy, question.key)
             : snapshot.Lookup(policy, *question.coverage, question.key.serial);
}

// RFC 5280 3.3: an entry may go once the certificate has expired. A CRL that is
// only by the clock skew current already can be from after that.
void ApplyExpiry(const Snapshot& snapshot, const LookupPolicy& policy,
                 const Question& question, Verdict* verdict) {
  if (verdict->status != Status::kActive || policy.at > question.not_after ||
      question.not_after >= policy.at + policy.clock_skew) {
    return;
  }
  LookupPolicy strict = policy;
  strict.not_after = question.not_after;
  *verdict = Lookup(snapshot, strict, question);
}

// Questions about certificates that the same CRLs speak for, in one block.
void CheckRun(const Snapshot& snapshot, const LookupPolicy& policy,
              std::span<const Question> run, std::span<Verdict> verdicts,
              LookupKey* keys) {
  for (size_t i = 0; i < run.size(); ++i) keys[i] = run[i].key;
  const std::span<const LookupKey> block(keys, run.size());
  if (run.front().coverage == nullptr) {
    snapshot.Lookup(policy, block, verdicts);
  } else {
    snapshot.Lookup(policy, *run.front().coverage, block, verdicts);
  }
  for (size_t i = 0; i < run.size(); ++i) {
    ApplyExpiry(snapshot, policy, run[i], &verdicts[i]);
    ApplyCertificate(policy, run[i], &verdicts[i]);
  }
}

}  // namespace

void ApplyCertificate(const LookupPolicy& policy, const Question& question,
                      Verdict* verdict) {
  const Time at = policy.at;
  if (at > question.not_after) verdict->flags |= Verdict::kIsExpired;
  if (question.stapling == CertificateView::Stapling::kRequired)
    verdict->flags |= Verdict::kMustStaple;
  const Status by_time = at > question.not_after    ? Status::kExpired
                         : at < question.not_before ? Status::kNotYetValid
                                                    : Status::kUnknown;
  // Status is in order of precedence.
  verdict->status = std::min(verdict->status, by_time);
  if (verdict->status == Status::kUnknown &&
      IsForWantOfSource(verdict->cause) && NeedsNoSource(policy, question)) {
    verdict->status = Status::kActive;
    verdict->cause = Cause::kNoRevocationInfo;
  }
}

void Check(const Snapshot& snapshot, const LookupPolicy& policy,
           std::span<const Question> questions, std::span<Verdict> verdicts) {
  constexpr size_t kBlock = 256;
  LookupKey keys[kBlock];
  const size_t count = std::min(questions.size(), verdicts.size());
  for (size_t begin = 0; begin < count;) {
    const size_t limit = std::min(begin + kBlock, count);
    size_t end = begin + 1;
    while (end < limit && questions[end].coverage == questions[begin].coverage)
      ++end;
    CheckRun(snapshot, policy, questions.subspan(begin, end - begin),
             verdicts.subspan(begin, end - begin), keys);
    begin = end;
  }
}

Verdict Check(const Snapshot& snapshot, const LookupPolicy& policy,
              const Question& question) {
  Verdict verdict = Lookup(snapshot, policy, question);
  ApplyExpiry(snapshot, policy, question, &verdict);
  ApplyCertificate(policy, question, &verdict);
  return verdict;
}

void Check(const Snapshot& snapshot, const LookupPolicy& policy,
           std::span<const LookupKey> serials, std::span<Verdict> verdicts) {
  // With open bounds no validity applies, and nothing is short-lived.
  snapshot.Lookup(policy, serials, verdicts);
}

}  // namespace revstat
