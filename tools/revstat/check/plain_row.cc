#include "tools/revstat/check/plain_row.h"

namespace revstat::tool {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t'; }

// Of a field that is neither quoted nor to be trimmed.
bool IsBare(std::string_view field) {
  return !field.empty() && field.front() != '"' && !IsSpace(field.front()) &&
         !IsSpace(field.back());
}

}  // namespace

size_t PlainRowReader::Read(std::string_view text, BareRow* row,
                            SerialNumber* serial) {
  const size_t guess = last_issuer_.size();
  std::string_view issuer = last_issuer_;
  if (guess == 0 || text.size() <= guess || text[guess] != separator_ ||
      !text.starts_with(last_issuer_)) {
    const std::string_view line = text.substr(0, text.find('\n'));
    issuer = line.substr(0, line.find(separator_));
    if (issuer.size() == line.size() || !IsBare(issuer)) return 0;
  }
  const std::string_view rest = text.substr(issuer.size() + 1);
  size_t end = last_digits_;
  if (end == 0 || end >= rest.size() || rest[end] != '\n') {
    end = rest.find('\n');
    if (end == std::string_view::npos) return 0;
  }
  std::string_view digits = rest.substr(0, end);
  if (digits.ends_with('\r')) digits.remove_suffix(1);
  // A line's end is no digit, so a guess that went over one is refused here.
  if (!SerialNumber::FromPlainHex(digits, serial)) return 0;
  row->issuer_text = issuer;
  row->digits = digits;
  last_issuer_ = issuer;
  last_digits_ = end;
  return issuer.size() + 1 + end + 1;
}

}  // namespace revstat::tool
