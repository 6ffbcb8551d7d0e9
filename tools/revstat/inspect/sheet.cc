#include "tools/revstat/inspect/sheet.h"

#include <algorithm>
#include <utility>

#include "engine/base/bytes.h"
#include "tools/revstat/common/output.h"

namespace revstat::tool {
namespace {

constexpr size_t kLabelWidth = 26;

}  // namespace

std::string EscapeControls(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const size_t size = PrintablePrefix(text);
    if (size == 0) {
      printable += Concat({"\\x", ToHex(BytesOf(text.substr(0, 1)))});
    } else {
      printable += text.substr(0, size);
    }
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return printable;
}

InspectSheet::InspectSheet(std::string_view kind, std::string_view title)
    : title_(title) {
  facts_["kind"] = kind;
}

void InspectSheet::Add(const char* key, std::string_view label,
                       std::string text) {
  rows_.push_back({std::string(label), {text}});
  facts_[key] = std::move(text);
}

void InspectSheet::Add(const char* key, std::string_view label, Json value,
                       std::vector<std::string> lines) {
  facts_[key] = std::move(value);
  if (!lines.empty()) rows_.push_back({std::string(label), std::move(lines)});
}

std::string InspectSheet::ToJson(std::string_view input) const {
  Json line;
  line["input"] = input;
  line.update(facts_);
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string InspectSheet::ToTable(std::string_view input) const {
  std::string table = Concat({EscapeControls(input), ": ", title_, "\n"});
  for (const Row& row : rows_) {
    std::string label = row.label;
    for (const std::string& line : row.lines) {
      label.resize(std::max(label.size() + 1, kLabelWidth), ' ');
      table += Concat({"  ", label, EscapeControls(line), "\n"});
      label.clear();
    }
  }
  return table + '\n';
}

}  // namespace revstat::tool
