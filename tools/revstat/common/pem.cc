#include "tools/revstat/common/pem.h"

#include <algorithm>

namespace revstat::tool {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

// Where the first octet is that text does not have and DER always does, the tag
// of an INTEGER: from 1 to 6. A NUL may end a text that a C program has
// written.
size_t FindNoText(std::string_view text) {
  const auto is_none = [](char c) { return c >= 1 && c <= 6; };
  constexpr size_t kStep = 64;  // so many at once, for what is mostly text
  size_t begin = 0;
  for (; text.size() - begin >= kStep; begin += kStep) {
    bool has_any = false;
    for (size_t i = 0; i < kStep; ++i) has_any |= is_none(text[begin + i]);
    if (has_any) break;
  }
  const auto found = std::find_if(
      text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), is_none);
  return found == text.end() ? std::string_view::npos
                             : static_cast<size_t>(found - text.begin());
}

}  // namespace

bool LooksLikePem(Bytes head) {
  return TextOf(head).find(kBegin) != std::string_view::npos;
}

std::optional<PemBlock> PemReader::Next() {
  // Looked for once, however many END lines stand before it.
  if (begin_ <= position_) begin_ = text_.find(kBegin, position_);
  const size_t begin = begin_;
  const std::string_view between = Part(position_, begin);
  const size_t end_line = between.find(kEnd);
  const size_t no_text = FindNoText(between.substr(0, end_line));
  if (no_text != std::string_view::npos) {
    return NoText(position_ + no_text, end_line == std::string_view::npos
                                           ? begin
                                           : position_ + end_line);
  }
  if (end_line != std::string_view::npos)
    return EndWithoutBegin(position_ + end_line);
  if (begin == std::string_view::npos) return AtTheEnd(between);
  PemBlock block;
  block.offset = begin;
  block.problem = "no END line";
  const size_t label = begin + kBegin.size();
  const size_t label_end = text_.find(kDashes, label);
  // No base64 holds a dash, so the next one begins the END line.
  const size_t end = label_end == std::string_view::npos
                         ? label_end
                         : text_.find('-', label_end + kDashes.size());
  if (label_end != std::string_view::npos) block.label = Part(label, label_end);
  if (end == std::string_view::npos) {
    undecided_ = begin;
    position_ = text_.size();
    return block;
  }
  block.base64 = Part(label_end + kDashes.size(), end);
  const std::string_view rest = Part(end, std::string_view::npos);
  const size_t end_size = kEnd.size() + block.label.size() + kDashes.size();
  if (rest.starts_with(kEnd) &&
      rest.substr(kEnd.size()).starts_with(block.label) &&
      rest.substr(kEnd.size() + block.label.size()).starts_with(kDashes)) {
    block.problem = nullptr;
    position_ = end + end_size;
  } else {
    if (rest.size() < end_size) undecided_ = begin;
    PassBroken(begin, end);
  }
  return block;
}

std::string_view PemReader::Part(size_t from, size_t to) const {
  return text_.substr(from, to == std::string_view::npos ? to : to - from);
}

PemBlock PemReader::EndWithoutBegin(size_t at) {
  PemBlock block;
  block.offset = at;
  block.problem = "no BEGIN line";
  const size_t label = at + kEnd.size();
  const size_t label_end = text_.find(kDashes, label);
  if (label_end == std::string_view::npos) undecided_ = at;
  block.label = Part(label, label_end);
  position_ = std::min(label_end, text_.size());
  return block;
}

PemBlock PemReader::NoText(size_t at, size_t end) {
  PemBlock block;
  block.offset = at;
  block.problem = "neither PEM nor text";
  if (end == std::string_view::npos) undecided_ = at;
  position_ = std::min(end, text_.size());
  return block;
}

std::optional<PemBlock> PemReader::AtTheEnd(std::string_view between) {
  const size_t most = std::min(kBegin.size() - 1, between.size());
  undecided_ = text_.size() - most;
  position_ = text_.size();
  // Dashes alone may be a line that somebody has drawn.
  for (size_t size = most; size > kDashes.size(); --size) {
    if (!between.ends_with(kBegin.substr(0, size))) continue;
    PemBlock block;
    block.offset = text_.size() - size;
    block.problem = "the text ends in a BEGIN line";
    return block;
  }
  return std::nullopt;
}

void PemReader::PassBroken(size_t begin, size_t from) {
  const size_t next = text_.find(kBegin, from);
  const size_t end = Part(from, next).find(kEnd);
  if (end != std::string_view::npos) {
    position_ = from + end + kEnd.size();
    return;
  }
  if (next == std::string_view::npos) undecided_ = begin;
  position_ = std::min(next, text_.size());
}

}  // namespace revstat::tool
