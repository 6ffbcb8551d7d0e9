#include "tools/revstat/inspect/sheet.h"

#include <algorithm>
#include <utility>

#include "engine/base/bytes.h"

namespace revstat::tool {
namespace {

constexpr size_t kLabelWidth = 26;

// How many octets of `text` are one printable UTF-8 character; 0 for a control
// character (C0, DEL, C1) and for what is not UTF-8. Overlong forms and
// surrogates are let through: they drive no terminal.
size_t PrintablePrefix(std::string_view text) {
  const auto octet = [&](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char first = octet(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xc0) != 0x80) return 0;
  }
  return first == 0xc2 && octet(1) < 0xa0 ? 0 : size;
}

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
