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

std::optional<PlainRow> PlainRowReader::Read(std::string_view text) {
  const size_t guess = last_issuer_.size();
  PlainRow row;
  if (guess > 0 && text.size() > guess && text[guess] == separator_ &&
      text.starts_with(last_issuer_)) {
    row.issuer = last_issuer_;
  } else {
    const std::string_view line = text.substr(0, text.find('\n'));
    row.issuer = line.substr(0, line.find(separator_));
    if (row.issuer.size() == line.size() || !IsBare(row.issuer))
      return std::nullopt;
  }
  const std::string_view rest = text.substr(row.issuer.size() + 1);
  size_t end = last_digits_;
  if (end == 0 || end >= rest.size() || rest[end] != '\n') {
    end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
  }
  row.digits = rest.substr(0, end);
  row.size = row.issuer.size() + 1 + end + 1;
  if (row.digits.ends_with('\r')) row.digits.remove_suffix(1);
  // A line's end is no digit, so a guess that went over one is refused here.
  const auto serial = SerialNumber::FromPlainHex(row.digits);
  if (!serial.has_value()) return std::nullopt;
  row.serial = *serial;
  last_issuer_ = row.issuer;
  last_digits_ = end;
  return row;
}

}  // namespace revstat::tool
