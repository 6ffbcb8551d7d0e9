#include <algorithm>
#include <limits>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/embed/c_question.h"
#include "engine/embed/c_store.h"

namespace revstat::c {
namespace {

// Answers the queries of one call in blocks, without memory that grows with
// their number.
class Batch {
 public:
  Batch(const Snapshot& snapshot, const LookupPolicy& policy,
        std::span<const revstat_query> queries, revstat_result* results)
      : snapshot_(snapshot),
        policy_(policy),
        queries_(queries),
        results_(results),
        reader_(snapshot) {}

  revstat_error Answer() {
    for (size_t begin = 0; begin < queries_.size();) {
      const bool is_serial = IsSerial(begin);
      const size_t limit = std::min(queries_.size() - begin, kBlock);
      size_t size = 1;
      while (size < limit && IsSerial(begin + size) == is_serial) ++size;
      if (is_serial) {
        AnswerSerials(begin, size);
      } else {
        AnswerCertificates(begin, size);
      }
      begin += size;
    }
    return first_error_.ok() ? REVSTAT_OK : Fail(first_error_);
  }

 private:
  static constexpr size_t kBlock = 128;

  bool IsSerial(size_t i) const { return queries_[i].certificate == nullptr; }

  void AnswerSerials(size_t begin, size_t size) {
    LookupKey keys[kBlock];
    for (size_t i = 0; i < size; ++i) {
      auto key = reader_.KeyOf(queries_[begin + i]);
      is_bad_[i] = !key.ok();
      keys[i] = key.ok() ? *key : LookupKey();
      Note(begin + i, key.status());
    }
    Check(snapshot_, policy_, std::span<const LookupKey>(keys, size),
          verdicts_);
    Write(begin, size);
  }

  void AnswerCertificates(size_t begin, size_t size) {
    Question questions[kBlock];
    for (size_t i = 0; i < size; ++i) {
      auto question = reader_.QuestionOf(queries_[begin + i]);
      is_bad_[i] = !question.ok();
      if (question.ok()) questions[i] = *std::move(question);
      Note(begin + i, question.status());
    }
    Check(snapshot_, policy_, std::span<const Question>(questions, size),
          verdicts_);
    Write(begin, size);
  }

  void Note(size_t i, const absl::Status& status) {
    if (!status.ok() && first_error_.ok()) {
      first_error_ = Annotate(status, Concat({"query ", std::to_string(i)}));
    }
  }

  void Write(size_t begin, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      results_[begin + i] =
          ResultOf(is_bad_[i] ? Unknown(Cause::kBadInput) : verdicts_[i]);
    }
  }

  const Snapshot& snapshot_;
  const LookupPolicy policy_;
  const std::span<const revstat_query> queries_;
  revstat_result* const results_;
  QueryReader reader_;
  absl::Status first_error_;
  Verdict verdicts_[kBlock];
  bool is_bad_[kBlock];
};

}  // namespace
}  // namespace revstat::c

revstat_error revstat_check(const revstat_store* store, int64_t at,
                            const revstat_query* queries, size_t count,
                            revstat_result* results) {
  using namespace revstat::c;
  if (results == nullptr && count > 0) return Refuse("results");
  // More than memory holds: a difference that has wrapped around, say.
  constexpr size_t kMaxCount =
      std::numeric_limits<ptrdiff_t>::max() /
      std::max(sizeof(revstat_query), sizeof(revstat_result));
  if (count > kMaxCount) return Refuse("count");
  // Whatever happens from here on, nothing reads as active.
  std::fill_n(results, count, ResultOf(revstat::Verdict()));
  if (store == nullptr) return Refuse("store");
  if (queries == nullptr && count > 0) return Refuse("queries");
  if (!IsTime(at)) return Refuse("at");
  return Guarded([&] {
    const revstat::SnapshotPublisher::Reader snapshot(
        store->reader->publisher());
    if (snapshot->is_left_behind()) {
      std::fill_n(results, count,
                  ResultOf(revstat::Unknown(revstat::Cause::kLeftBehind)));
      return IsForked();
    }
    return Batch(*snapshot, store->PolicyAt(at), {queries, count}, results)
        .Answer();
  });
}
