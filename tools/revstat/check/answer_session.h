// From inputs to results: finds out what each input is, has its certificates
// answered, and gives the results out in the order of the inputs.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_ANSWER_SESSION_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_ANSWER_SESSION_H_

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/parallel.h"
#include "tools/revstat/check/row_answerer.h"
#include "tools/revstat/common/output.h"

namespace revstat::tool {

// Memory: some blocks of rows, whatever the length of the inputs; more for a
// single object that is longer than a block. Not thread-safe; long inputs are
// worked on by two threads inside Answer.
class AnswerSession {
 public:
  AnswerSession(const Snapshot& snapshot, const LookupPolicy& policy,
                Format format, Output* output)
      : first_(snapshot, policy, format),
        second_(snapshot, policy, format),
        output_(output) {}

  // Lets OCSP responses have a say. `set` outlives the session.
  void UseOcsp(const OcspSet* set, std::unique_ptr<OcspChecker> first,
               std::unique_ptr<OcspChecker> second) {
    first_.UseOcsp(set, std::move(first));
    second_.UseOcsp(set, std::move(second));
  }

  // Has each block's certificates known to `prefetch`, which outlives this,
  // before they are answered; by one thread.
  void UsePrefetch(Prefetch* prefetch) {
    first_.UsePrefetch(prefetch);
    threads_ = Threads::kOne;
  }

  // What comes before and after all results.
  void Begin();
  void End(double seconds);

  // Answers one input: a certificate, a bundle, a list, a folder, or "-". What
  // cannot be read is reported on standard error and counted.
  void Answer(const std::string& input);

  const Tally& tally() const { return tally_; }
  // Those of UseOcsp; null before.
  std::vector<const OcspChecker*> checkers() const {
    return {first_.ocsp(), second_.ocsp()};
  }

 private:
  enum class From { kCommandLine, kFolder };
  void AnswerFile(const std::string& path, From from);
  void AnswerDescriptor(int descriptor, const std::string& name, From from);
  void AnswerFolder(const std::string& path);
  void AnswerList(int descriptor, const std::string& name, std::string head,
                  uint64_t size);
  void AnswerBundle(int descriptor, const std::string& name, std::string head,
                    uint64_t size);
  void AddUnreadable(const std::string& name, std::string_view why);
  // Of an input whose rest is not read: reported also where the limit of other
  // problems is reached.
  void AddBrokenOff(const std::string& name, const absl::Status& why);

  // Gives out what an answerer has finished, and empties it. Of one input no
  // more than so many problems are reported; the rest are only counted.
  void Put(Results& results, uint64_t most_reported = Results::kMaxProblems);

  RowAnswerer first_;
  RowAnswerer second_;  // of the second thread
  Threads threads_ = Threads::kTwo;
  Output* const output_;
  uint64_t reported_ = 0;  // problems of the input that is being answered
  bool has_list_ = false;  // was one, or a folder with one
  uint64_t skipped_ = 0;   // files of a folder that are something else
  std::vector<std::string> skipped_names_;  // of the first of them
  uint64_t links_ = 0;                      // to folders, in a folder
  std::string_view other_content_;  // of PEM in which there is no certificate
  Tally tally_;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_ANSWER_SESSION_H_
