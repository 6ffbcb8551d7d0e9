#include "tools/revstat/list_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace revstat::tool {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::string NormalName(std::string_view field) {
  std::string name;
  for (char c : Trim(field)) {
    if (c != '"') name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return name;
}

std::string_view FirstLine(std::string_view text) {
  if (text.starts_with(kByteOrderMark))
    text.remove_prefix(kByteOrderMark.size());
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// Cuts the next field, quotes and all, off the front of a line. False, with the
// rest of the line, where a quote does not end.
bool TakeField(std::string_view* line, char separator, std::string_view* field,
               bool* last) {
  size_t end = 0;
  if (line->starts_with('"')) {
    do {
      end = line->find('"', end + 1);
      if (end == std::string_view::npos) return false;
      ++end;
    } while (end < line->size() && (*line)[end] == '"');
  }
  end = line->find(separator, end);
  *last = end == std::string_view::npos;
  *field = line->substr(0, end);
  line->remove_prefix(*last ? line->size() : end + 1);
  return true;
}

}  // namespace

bool LooksLikeList(std::string_view head) {
  const std::string line = NormalName(FirstLine(head));
  return line.find("serial") != std::string::npos &&
         line.find("issuer") != std::string::npos;
}

absl::Status ListReader::ReadAhead() {
  size_t used = ahead_.size();
  ahead_.resize(std::max(used, kBlockBytes));
  while (!at_end_ && used < kBlockBytes) {
    const ssize_t got =
        read(descriptor_, ahead_.data() + used, ahead_.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return MakeError(ErrorCode::kInputUnreadable, std::strerror(errno));
    }
    at_end_ = got == 0;
    used += static_cast<size_t>(got);
  }
  ahead_.resize(used);
  return absl::OkStatus();
}

absl::Status ListReader::ReadHeader(std::string_view line) {
  has_header_ = true;
  line = FirstLine(line);
  separator_ = line.find('\t') != std::string_view::npos ? '\t' : ',';
  std::array<int, kColumns> seen = {};
  std::string_view field;
  bool last = false;
  while (!last) {
    if (!TakeField(&line, separator_, &field, &last)) break;
    const std::string name = NormalName(field);
    const int role = name == "issuer"       ? kIssuer
                     : name == "serial"     ? kSerial
                     : name == "not_before" ? kNotBefore
                     : name == "not_after"  ? kNotAfter
                                            : -1;
    if (role >= 0 && ++seen[static_cast<size_t>(role)] > 1) {
      return MakeError(ErrorCode::kBadText,
                       Concat({"line 1: the column ", name, " occurs twice"}));
    }
    role_.push_back(role);
  }
  column_count_ = role_.size();
  if (seen[kIssuer] == 0 || seen[kSerial] == 0) {
    return MakeError(ErrorCode::kBadText,
                     "line 1: the header must name issuer and serial");
  }
  return absl::OkStatus();
}

std::string_view ListReader::Unquote(std::string_view field) {
  field = Trim(field);
  if (field.size() < 2 || field.front() != '"' || field.back() != '"')
    return field;
  field = field.substr(1, field.size() - 2);
  if (field.find('"') == std::string_view::npos) return field;
  std::string text;
  for (size_t i = 0; i < field.size(); ++i) {
    text += field[i];
    if (field[i] == '"') ++i;
  }
  return unquoted_.emplace_back(std::move(text));
}

ListRow ListReader::ReadRow(std::string_view line) {
  ListRow row;
  row.line = line_;
  std::string_view field;
  bool last = false;
  size_t column = 0;
  for (; !last; ++column) {
    if (!TakeField(&line, separator_, &field, &last)) {
      row.problem = "a quoted field does not end on its line";
      return row;
    }
    if (column >= column_count_ || role_[column] < 0) continue;
    const std::string_view value = Unquote(field);
    switch (role_[column]) {
      case kIssuer:
        row.issuer = value;
        break;
      case kSerial:
        row.serial = value;
        break;
      case kNotBefore:
        row.not_before = value;
        break;
      case kNotAfter:
        row.not_after = value;
        break;
    }
  }
  if (column != column_count_)
    row.problem = "another number of fields than the header has";
  return row;
}

absl::Status ListReader::TakeRows(std::vector<ListRow>* rows) {
  rows->clear();
  unquoted_.clear();
  // The last line may go on in what has not been read yet.
  const size_t end = at_end_ ? ahead_.size() : ahead_.rfind('\n') + 1;
  if (end == 0 && !ahead_.empty()) {
    return MakeError(ErrorCode::kTooLarge,
                     Concat({"line ", std::to_string(line_ + 1)}));
  }
  std::swap(text_, ahead_);
  ahead_.assign(text_, end);
  bytes_read_ += end;
  std::string_view block = std::string_view(text_).substr(0, end);
  while (!block.empty()) {
    const size_t line_end = std::min(block.find('\n'), block.size());
    std::string_view line = block.substr(0, line_end);
    block.remove_prefix(std::min(line_end + 1, block.size()));
    ++line_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!has_header_) {
      absl::Status header = ReadHeader(line);
      if (!header.ok()) return header;
    } else if (!line.empty()) {
      rows->push_back(ReadRow(line));
    }
  }
  return absl::OkStatus();
}

}  // namespace revstat::tool
