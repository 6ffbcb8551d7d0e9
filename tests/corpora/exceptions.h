// The list of inputs that OpenSSL reads and the engine refuses, each with the
// engine's reason.
#ifndef REVSTAT_TESTS_CORPORA_EXCEPTIONS_H_
#define REVSTAT_TESTS_CORPORA_EXCEPTIONS_H_

#include <map>
#include <optional>
#include <string>

namespace revstat::test {

// A line "kind folder code:" begins a group, and words on the lines after it
// are the beginnings of names of files in that folder, enough of each to fit
// one file. "?" behind one says that it need not be seen. '#' begins a comment.
class Exceptions {
 public:
  // Prints what is wrong with the file and returns nothing where it is.
  static std::optional<Exceptions> Read(const std::string& file,
                                        const std::string& kind);

  // The code that is expected of `path`; empty where it is no exception.
  // Marks the exception as seen.
  std::string CodeOf(const std::string& path);
  // Exceptions without "?" of which CodeOf was never asked.
  std::map<std::string, std::string> unseen() const;

 private:
  struct Row {
    std::string code;
    bool is_optional = false;
    int seen = 0;
  };
  std::map<std::string, Row> rows_;  // by prefix
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_CORPORA_EXCEPTIONS_H_
