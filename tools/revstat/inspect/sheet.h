// What `revstat inspect` shows of one thing, for people and for programs at
// once: each fact is put down one time, as JSON and as lines of a table.
#ifndef REVSTAT_TOOLS_REVSTAT_INSPECT_SHEET_H_
#define REVSTAT_TOOLS_REVSTAT_INSPECT_SHEET_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace revstat::tool {

class InspectSheet {
 public:
  using Json = nlohmann::ordered_json;

  // `kind` is "crl" or "certificate", `title` the same for people.
  InspectSheet(std::string_view kind, std::string_view title);

  // A fact of one line.
  void Add(const char* key, std::string_view label, std::string text);
  // A fact that people read in other words; no lines, no row in the table.
  void Add(const char* key, std::string_view label, Json value,
           std::vector<std::string> lines);

  // One line of JSON. Octets that are not UTF-8 become U+FFFD.
  std::string ToJson(std::string_view input) const;
  // A title and a row for each fact; control characters are escaped.
  std::string ToTable(std::string_view input) const;

 private:
  struct Row {
    std::string label;
    std::vector<std::string> lines;
  };

  std::string title_;
  Json facts_;
  std::vector<Row> rows_;
};

// The text with octets that could drive a terminal, or are not UTF-8, as \xHH.
std::string EscapeControls(std::string_view text);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_INSPECT_SHEET_H_
