#include "tools/revstat/check/list_reader.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "tools/revstat/common/input_files.h"

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

// A misspelt not_after ("valid to") would go unnoticed otherwise.
bool SoundsLikeValidity(std::string_view name) {
  constexpr std::array<std::string_view, 4> kParts = {"before", "after",
                                                      "valid", "expir"};
  return std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  });
}

// The first of these that the header has outside of quotes. Spreadsheets write
// semicolons where the comma is the decimal sign.
char SeparatorOf(std::string_view header) {
  for (const char separator : {'\t', ',', ';'}) {
    bool is_quoted = false;
    for (char c : header) {
      if (c == '"') is_quoted = !is_quoted;
      if (c == separator && !is_quoted) return separator;
    }
  }
  return ',';
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

std::string_view Unquote(std::string_view field,
                         std::deque<std::string>* storage) {
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
  return storage->emplace_back(std::move(text));
}

// A sum in octets over short runs, which compilers turn into vector code.
uint64_t CountLines(std::string_view text) {
  constexpr size_t kRun = 128;
  uint64_t count = 0;
  while (text.size() >= kRun) {
    uint8_t in_run = 0;
    for (size_t i = 0; i < kRun; ++i)
      in_run = static_cast<uint8_t>(in_run + (text[i] == '\n'));
    count += in_run;
    text.remove_prefix(kRun);
  }
  return count +
         static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

bool LooksLikeList(std::string_view head) {
  const std::string line = NormalName(FirstLine(head));
  return line.find("serial") != std::string::npos &&
         line.find("issuer") != std::string::npos;
}

absl::StatusOr<ListColumns> ListColumns::FromHeader(std::string_view line) {
  line = FirstLine(line);
  ListColumns columns;
  columns.separator_ = SeparatorOf(line);
  constexpr std::array<std::string_view, 4> kNames = {
      "issuer", "serial", "not_before", "not_after"};
  std::array<int, kNames.size()> seen = {};
  std::string_view field;
  bool last = false;
  while (!last && TakeField(&line, columns.separator_, &field, &last)) {
    std::string name = NormalName(field);
    // X.509's own words.
    if (name == "notbefore") name = "not_before";
    if (name == "notafter") name = "not_after";
    if (name == "serial_decimal") {
      name = "serial";
      columns.serial_base_ = SerialBase::kDecimal;
    }
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) {
      columns.roles_.push_back(kOther);
      if (SoundsLikeValidity(name)) columns.unused_.emplace_back(Trim(field));
      continue;
    }
    const auto role = static_cast<size_t>(found - kNames.begin());
    if (++seen[role] > 1) {
      return MakeError(ErrorCode::kBadText,
                       Concat({"line 1: the column ", name, " occurs twice"}));
    }
    columns.roles_.push_back(static_cast<Role>(role));
  }
  if (seen[kIssuer] == 0 || seen[kSerial] == 0) {
    return MakeError(ErrorCode::kBadText,
                     "line 1: the header must name issuer and serial");
  }
  return columns;
}

ListRow ListColumns::ReadRow(std::string_view line,
                             std::deque<std::string>* storage) const {
  ListRow row;
  row.serial_base = serial_base_;
  std::string_view field;
  bool last = false;
  size_t column = 0;
  for (; !last; ++column) {
    if (!TakeField(&line, separator_, &field, &last)) {
      row.problem = "a quoted field does not end on its line";
      return row;
    }
    if (column >= roles_.size()) continue;
    switch (roles_[column]) {
      case kIssuer:
        row.issuer = Unquote(field, storage);
        break;
      case kSerial:
        row.serial = Unquote(field, storage);
        break;
      case kNotBefore:
        row.not_before = Unquote(field, storage);
        break;
      case kNotAfter:
        row.not_after = Unquote(field, storage);
        break;
      case kOther:
        break;
    }
  }
  if (column != roles_.size())
    row.problem =
        "another number of fields than the header has: a name with commas is "
        "to be in quotes";
  return row;
}

absl::StatusOr<bool> ListReader::Take(ListBlock* block) {
  if (block->octets_ == nullptr)
    block->octets_ = std::make_unique_for_overwrite<char[]>(kBlockBytes);
  char* const octets = block->octets_.get();
  size_t used = rest_.copy(octets, kBlockBytes);
  if (!at_end_) {
    size_t got = 0;
    const absl::Status status = ReadFull(
        descriptor_,
        {reinterpret_cast<uint8_t*>(octets) + used, kBlockBytes - used}, &got);
    if (!status.ok()) return status;
    used += got;
    at_end_ = used < kBlockBytes;
  }
  // The last line may go on in what has not been read yet.
  const std::string_view text(octets, used);
  block->size_ = at_end_ ? used : text.rfind('\n') + 1;
  if (block->size_ == 0 && used > 0) {
    return MakeError(
        ErrorCode::kTooLarge,
        Concat({"line ", std::to_string(lines_ + 1), " is longer than ",
                std::to_string(kBlockBytes), " octets"}));
  }
  rest_.assign(text.substr(block->size_));
  block->first_line_ = lines_ + 1;
  lines_ += CountLines(block->text());
  block->offset_ = offset_;
  offset_ += block->size_;
  return block->size_ > 0;
}

}  // namespace revstat::tool
