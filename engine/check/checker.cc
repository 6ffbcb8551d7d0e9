#include "engine/check/checker.h"

#include <algorithm>

namespace revstat {
namespace {

void ApplyValidity(Time at, const Question& question, Verdict* verdict) {
  if (at > question.not_after) verdict->flags |= Verdict::kIsExpired;
  const Status by_time = at > question.not_after    ? Status::kExpired
                         : at < question.not_before ? Status::kNotYetValid
                                                    : Status::kUnknown;
  // Status is in order of precedence.
  verdict->status = std::min(verdict->status, by_time);
}

}  // namespace

void Check(const Snapshot& snapshot, const LookupPolicy& policy,
           std::span<const Question> questions, std::span<Verdict> verdicts) {
  constexpr size_t kBlock = 256;
  LookupKey keys[kBlock];
  const size_t count = std::min(questions.size(), verdicts.size());
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const auto block =
        questions.subspan(begin, std::min(kBlock, count - begin));
    const auto answers = verdicts.subspan(begin, block.size());
    for (size_t i = 0; i < block.size(); ++i) keys[i] = block[i].key;
    snapshot.Lookup(policy, {keys, block.size()}, answers);
    for (size_t i = 0; i < block.size(); ++i)
      ApplyValidity(policy.at, block[i], &answers[i]);
  }
}

Verdict Check(const Snapshot& snapshot, const LookupPolicy& policy,
              const Question& question) {
  Verdict verdict = snapshot.Lookup(policy, question.key);
  ApplyValidity(policy.at, question, &verdict);
  return verdict;
}

}  // namespace revstat
