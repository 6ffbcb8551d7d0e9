// From inputs to results: reads each input, asks about its certificates in
// blocks, writes the answers in the order of the inputs.
#ifndef REVSTAT_TOOLS_REVSTAT_ANSWER_SESSION_H_
#define REVSTAT_TOOLS_REVSTAT_ANSWER_SESSION_H_

#include <deque>
#include <string>
#include <vector>

#include "engine/check/checker.h"
#include "engine/check/issuer_resolver.h"
#include "tools/revstat/input_files.h"
#include "tools/revstat/list_reader.h"
#include "tools/revstat/result_writer.h"

namespace revstat::tool {

// Memory: a block of rows, whatever the length of the inputs; a bundle of
// certificates is mapped. Not thread-safe.
class AnswerSession {
 public:
  AnswerSession(const Snapshot& snapshot, const LookupPolicy& policy,
                ResultWriter* writer, Output* output)
      : snapshot_(snapshot),
        policy_(policy),
        writer_(writer),
        output_(output),
        resolver_(snapshot) {}

  // Answers one input: a certificate, a bundle, a list, a folder, or "-". What
  // cannot be read is reported on standard error and counted.
  void Answer(const std::string& input);

  const Tally& tally() const { return tally_; }
  uint64_t unreadable() const { return tally_.unreadable; }

 private:
  static constexpr size_t kBlock = 1024;

  enum class From { kCommandLine, kFolder };
  void AnswerFile(const std::string& path, From from);
  void AnswerDescriptor(int descriptor, const std::string& name, From from);
  void AnswerFolder(const std::string& path);
  void AnswerList(int descriptor, const std::string& name, std::string head,
                  uint64_t size);
  void AnswerRows(const std::vector<ListRow>& rows, const std::string& name);
  void AnswerBundle(const std::string& name, Bytes file);

  void AddCertificate(Bytes der, const std::string& name, uint64_t position);
  void AddListRow(const ListRow& row, const std::string& name);
  // One that cannot be read: reported, and a row of its own, so that results
  // stay beside their inputs.
  void AddUnreadable(const std::string& name, uint64_t position,
                     std::string_view why);
  // Asks about the block and writes it.
  void Finish();

  const Snapshot& snapshot_;
  const LookupPolicy policy_;
  ResultWriter* const writer_;
  Output* const output_;
  IssuerResolver resolver_;
  std::vector<ResultRow> rows_;
  std::vector<Question> questions_;
  std::vector<Verdict> verdicts_;
  std::deque<std::string> decoded_;  // DER that rows of the block borrow
  size_t decoded_used_ = 0;
  std::string last_issuer_text_;
  IssuerId last_issuer_ = kUnknownIssuer;
  uint64_t reported_ = 0;
  Tally tally_;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_ANSWER_SESSION_H_
