#include "tools/revstat/common/pem.h"

#include <algorithm>

namespace revstat::tool {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

}  // namespace

bool LooksLikePem(Bytes head) {
  return TextOf(head).find(kBegin) != std::string_view::npos;
}

std::optional<PemBlock> PemReader::Next() {
  const size_t begin = text_.find(kBegin, position_);
  if (begin == std::string_view::npos) {
    const size_t most = std::min(kBegin.size() - 1, text_.size() - position_);
    undecided_ = text_.size() - most;
    position_ = text_.size();
    return std::nullopt;
  }
  PemBlock block;
  block.offset = begin;
  block.complete = false;
  const size_t label = begin + kBegin.size();
  const size_t label_end = text_.find(kDashes, label);
  if (label_end == std::string_view::npos) {
    undecided_ = begin;
    position_ = text_.size();
    return block;
  }
  block.label = text_.substr(label, label_end - label);
  const size_t body = label_end + kDashes.size();
  // No base64 holds a dash, so the next one begins the END line.
  const size_t end = text_.find('-', body);
  if (end == std::string_view::npos) {
    undecided_ = begin;
    position_ = text_.size();
    return block;
  }
  block.base64 = text_.substr(body, end - body);
  position_ = end;
  const std::string_view rest = text_.substr(end);
  const size_t end_line = kEnd.size() + block.label.size() + kDashes.size();
  if (rest.starts_with(kEnd) &&
      rest.substr(kEnd.size()).starts_with(block.label) &&
      rest.substr(kEnd.size() + block.label.size()).starts_with(kDashes)) {
    block.complete = true;
    position_ += end_line;
  } else if (rest.size() < end_line) {
    undecided_ = begin;
  }
  return block;
}

}  // namespace revstat::tool
