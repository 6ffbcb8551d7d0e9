// From certificates and list rows to lines of results.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_ROW_ANSWERER_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_ROW_ANSWERER_H_

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/check/checker.h"
#include "engine/check/issuer_resolver.h"
#include "engine/check/ocsp_checker.h"
#include "tools/revstat/check/list_reader.h"
#include "tools/revstat/check/plain_row.h"
#include "tools/revstat/check/prefetch.h"
#include "tools/revstat/check/result_writer.h"
#include "tools/revstat/common/input_files.h"

namespace revstat::tool {

// What has been answered and not been given out yet.
struct Results {
  TextBuffer text;  // in the output's format
  Tally tally;
  // What could not be read and why, for standard error; only the first
  // kMaxProblems of an answerer's, the tally counts all.
  static constexpr size_t kMaxProblems = 20;
  std::vector<std::string> problems;
};

// Lifetime: borrows the snapshot. Thread-safety: one thread each. Memory: a
// block of rows and the results of it.
class RowAnswerer {
 public:
  RowAnswerer(const Snapshot& snapshot, const LookupPolicy& policy,
              Format format)
      : snapshot_(snapshot),
        policy_(policy),
        writer_(ResultWriter::Create(format, snapshot)),
        resolver_(snapshot) {}

  // Lets OCSP responses have a say. `set` outlives this.
  void UseOcsp(const OcspSet* set, std::unique_ptr<OcspChecker> checker) {
    ocsp_ = std::move(checker);
    writer_->UseOcsp(set);
  }

  // Has a block's certificates known to `prefetch`, which outlives this, before
  // they are answered by OCSP.
  void UsePrefetch(Prefetch* prefetch) { prefetch_ = prefetch; }

  // `der`, `object`, and `name`, the input as the user named it, are borrowed
  // until Finish(). `position` is 1 for the first of many, 0 for a certificate
  // that is alone.
  void AddCertificate(Bytes der, std::string_view name, uint64_t position);
  void AddObject(const FoundObject& object, std::string_view name,
                 uint64_t position);
  void AddListRow(const ListRow& row, std::string_view name);
  // One that cannot be read: reported, and a row of its own, so that results
  // stay beside their inputs.
  void AddUnreadable(std::string_view name, uint64_t position,
                     std::string_view why);
  // Adds all rows of a block, and finishes them.
  void AnswerList(const ListColumns& columns, const ListBlock& block,
                  std::string_view name);

  // Answers what has been added.
  void Finish();

  // Complete after Finish(). The caller takes them out and clears them.
  Results& results() { return results_; }
  ResultWriter& writer() { return *writer_; }
  const OcspChecker* ocsp() const { return ocsp_.get(); }  // or null

 private:
  static constexpr size_t kBlock = 1024;
  // Of rows that wait for a prefetch: it ends with the slowest of them.
  static constexpr size_t kPrefetched = 8192;

  // Adds the first line of `text`. Rows added before that are not bare are
  // finished first. Returns the line's size with its end; 0 where it is no bare
  // row, or its issuer cannot be read.
  size_t AddBareRow(PlainRowReader* reader, std::string_view text,
                    uint64_t position, std::string_view name);
  void FinishBareRows(std::string_view name);
  // The issuer of a row, remembered for the next.
  absl::StatusOr<IssuerId> IssuerNamed(std::string_view text);

  // A bare serial, under each key that may have issued it.
  void PrefetchRow(const Question& question);

  // Keeps a block from growing without bound.
  void FinishIfFull() {
    if (rows_.size() >= (prefetch_ == nullptr ? kBlock : kPrefetched)) Finish();
  }

  const Snapshot& snapshot_;
  LookupPolicy policy_;
  const std::unique_ptr<ResultWriter> writer_;
  IssuerResolver resolver_;
  std::unique_ptr<OcspChecker> ocsp_;  // null: CRLs alone
  Prefetch* prefetch_ = nullptr;       // or null
  std::vector<ResultRow> rows_;
  std::vector<Question> questions_;
  std::vector<Verdict> verdicts_;
  std::deque<std::string> decoded_;  // DER that rows of the block borrow
  size_t decoded_used_ = 0;
  std::deque<std::string> unquoted_;  // fields that rows of the block borrow
  // Rows of a list that need no Question.
  std::vector<BareRow> bare_rows_ = std::vector<BareRow>(kBlock);
  std::vector<LookupKey> bare_keys_ = std::vector<LookupKey>(kBlock);
  size_t bare_count_ = 0;  // of those that are in use
  // The newest one's issuer. Null: none yet in this block of the list.
  const char* bare_issuer_text_ = nullptr;
  IssuerId bare_issuer_ = kUnknownIssuer;
  std::string last_issuer_text_;
  IssuerId last_issuer_ = kUnknownIssuer;
  IssuerNaming last_naming_ = IssuerNaming::kByKey;
  Results results_;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_ROW_ANSWERER_H_
