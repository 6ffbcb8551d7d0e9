#include "tests/corpora/exceptions.h"

#include <fstream>
#include <iostream>
#include <sstream>

namespace revstat::test {

std::optional<Exceptions> Exceptions::Read(const std::string& file,
                                           const std::string& kind) {
  std::ifstream in(file);
  if (!in) {
    std::cout << "cannot read " << file << "\n";
    return std::nullopt;
  }
  Exceptions exceptions;
  const auto fail = [&](int number, const std::string& why) {
    std::cout << file << ":" << number << ": " << why << "\n";
    return std::nullopt;
  };
  std::string line, folder, code;
  bool ours = false;
  for (int number = 1; std::getline(in, line); ++number) {
    line = line.substr(0, line.find('#'));
    std::istringstream words(line);
    std::string word;
    if (line.find(':') != std::string::npos) {
      if (!(words >> word >> folder >> code) || !code.ends_with(':'))
        return fail(number, "not \"kind folder code:\"");
      code.pop_back();
      ours = word == kind;
      continue;
    }
    while (words >> word) {
      if (code.empty()) return fail(number, "no group has begun");
      if (!ours) continue;
      const bool is_optional = word.ends_with('?');
      if (is_optional) word.pop_back();
      const Row row{code, is_optional};
      if (!exceptions.rows_.emplace(folder + "/" + word, row).second)
        return fail(number, "twice: " + word);
    }
  }
  return exceptions;
}

std::string Exceptions::CodeOf(const std::string& path) {
  // The prefix that sorts last before the path is the only one that can fit.
  auto row = rows_.upper_bound(path);
  if (row == rows_.begin()) return "";
  --row;
  if (!path.starts_with(row->first)) return "";
  // A prefix that fits two files is no exact exception.
  return ++row->second.seen > 1 ? "prefix_of_two_files" : row->second.code;
}

std::map<std::string, std::string> Exceptions::unseen() const {
  std::map<std::string, std::string> unseen;
  for (const auto& [prefix, row] : rows_) {
    if (row.seen == 0 && !row.is_optional) unseen.emplace(prefix, row.code);
  }
  return unseen;
}

}  // namespace revstat::test
