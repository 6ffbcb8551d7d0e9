#include "engine/x509/pem.h"

#include <algorithm>
#include <utility>

namespace revstat {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

// Where the first octet is that text does not have and DER always does, the tag
// of an INTEGER: from 1 to 6. A NUL may end a text that a C program has
// written.
size_t FindBinary(std::string_view text) {
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

// A SEQUENCE of more than 127 octets in base64, and as much of it as a line of
// PEM has.
constexpr std::string_view kBase64OfDer = "MI";
constexpr size_t kBase64Line = 64;

// How many characters of base64 the text begins with, up to a line's.
size_t Base64Length(std::string_view text) {
  const auto is_base64 = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  const std::string_view line = text.substr(0, kBase64Line);
  return static_cast<size_t>(
      std::find_if_not(line.begin(), line.end(), is_base64) - line.begin());
}

// Labels of what is passed over.
bool IsLabelOfOthers(std::string_view label) {
  return label.ends_with("KEY") || label.ends_with("REQUEST") ||
         label.ends_with("PARAMETERS") || label.starts_with("PGP ") ||
         label == "ATTRIBUTE CERTIFICATE";
}

}  // namespace

PemContent ContentOf(const PemBlock& block) {
  const std::string_view label = block.label;
  // What has none may be ours.
  if (label.empty() || label == "CERTIFICATE" || label == "X509 CERTIFICATE")
    return PemContent::kCertificate;
  if (label == "TRUSTED CERTIFICATE") return PemContent::kTrustedCertificate;
  if (label == "PKCS7" || label == "CMS") return PemContent::kPkcs7;
  if (label == "X509 CRL") return PemContent::kCrl;
  if (label == "OCSP RESPONSE") return PemContent::kOcspResponse;
  if (label == "OCSP REQUEST") return PemContent::kOcspRequest;
  return PemContent::kOther;
}

const char* ProblemOf(const PemBlock& block) {
  if (ContentOf(block) != PemContent::kOther) return block.problem;
  // The headers of an encrypted key look like a block without END.
  if (IsLabelOfOthers(block.label))
    return block.has_own_end ? nullptr : block.problem;
  if (block.problem != nullptr) return block.problem;
  // A SEQUENCE as long as a certificate is.
  const size_t first = block.base64.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos &&
                 block.base64.substr(first).starts_with(kBase64OfDer)
             ? "the label is unknown"
             : nullptr;
}

bool LooksLikePem(Bytes head) {
  const std::string_view text = TextOf(head);
  const size_t begin = text.find(kBegin);
  return begin != std::string_view::npos &&
         FindBinary(text.substr(0, begin)) == std::string_view::npos;
}

std::optional<PemBlock> PemReader::Next() {
  while (true) {
    // Looked for once, however many END lines stand before it.
    if (begin_ <= position_) begin_ = text_.find(kBegin, position_);
    const size_t end = Part(position_, begin_).find(kEnd);
    const bool is_end = end != std::string_view::npos;
    const size_t next_line = is_end ? position_ + end : begin_;
    if (!state_.is_in_no_text) {
      const size_t no_text = FindNoText(std::min(next_line, text_.size()));
      if (no_text != std::string_view::npos) return NoText(no_text, next_line);
    }
    if (next_line == std::string_view::npos) return AtTheEnd();
    const bool is_of_no_text = std::exchange(state_.is_in_no_text, false);
    if (!is_end) return Block(next_line);
    if (!is_of_no_text) return EndWithoutBegin(next_line);
    position_ = next_line + kEnd.size();
  }
}

bool PemReader::IsAtLineStart(size_t at) const {
  return at == 0 ? !state_.is_in_line
                 : text_[at - 1] == '\n' || text_[at - 1] == '\r';
}

size_t PemReader::FindNoText(size_t end) const {
  const size_t binary = FindBinary(Part(position_, end));
  if (binary != std::string_view::npos) end = position_ + binary;
  const std::string_view text = text_.substr(0, end);
  for (size_t at = text.find(kBase64OfDer, position_);
       at != std::string_view::npos; at = text.find(kBase64OfDer, at + 1)) {
    if (IsAtLineStart(at) && Base64Length(text.substr(at)) == kBase64Line)
      return at;
  }
  return binary == std::string_view::npos ? binary : end;
}

PemReader::State PemReader::StateAt(size_t rest) const {
  return {state_.is_in_no_text, !IsAtLineStart(rest)};
}

PemBlock PemReader::Block(size_t begin) {
  PemBlock block;
  block.offset = begin;
  const LabelEnd label_end = FindLabelEnd(begin + kBegin.size());
  if (label_end.label == std::string_view::npos) {
    block.problem = "the BEGIN line is cut";
    PassBroken(&block, std::min(label_end.behind, text_.size()));
    return block;
  }
  block.problem = "no END line";
  block.label = Part(begin + kBegin.size(), label_end.label);
  // No base64 holds a dash, so the next one begins the END line.
  const size_t end = text_.find('-', label_end.behind);
  if (end == std::string_view::npos) {
    undecided_ = begin;
    position_ = text_.size();
    return block;
  }
  block.base64 = Part(label_end.behind, end);
  const std::string_view rest = Part(end, std::string_view::npos);
  const size_t end_line = kEnd.size() + block.label.size() + kDashes.size();
  if (rest.starts_with(kEnd) &&
      rest.substr(kEnd.size()).starts_with(block.label) &&
      rest.substr(kEnd.size() + block.label.size()).starts_with(kDashes)) {
    block.problem = nullptr;
    block.has_own_end = true;
    position_ = end + end_line;
  } else {
    if (rest.size() < end_line) undecided_ = begin;
    PassBroken(&block, end);
  }
  return block;
}

std::string_view PemReader::Part(size_t from, size_t to) const {
  return text_.substr(from, to == std::string_view::npos ? to : to - from);
}

// The dashes first: no BEGIN or END line stands before them, so that nothing is
// looked through twice.
PemReader::LabelEnd PemReader::FindLabelEnd(size_t label) const {
  const size_t dashes = text_.find(kDashes, label);
  const std::string_view text = Part(label, dashes);
  const auto line_end = std::find_if(text.begin(), text.end(),
                                     [](unsigned char c) { return c < ' '; });
  LabelEnd end;
  if (line_end != text.end()) {
    end.behind = label + static_cast<size_t>(line_end - text.begin());
  } else if (dashes != std::string_view::npos) {
    end = {dashes, dashes + kDashes.size()};
  }
  return end;
}

PemBlock PemReader::EndWithoutBegin(size_t at) {
  PemBlock block;
  block.offset = at;
  block.problem = "no BEGIN line";
  const LabelEnd end = FindLabelEnd(at + kEnd.size());
  if (end.behind == std::string_view::npos) undecided_ = at;
  if (end.label != std::string_view::npos)
    block.label = Part(at + kEnd.size(), end.label);
  position_ = std::min({end.label, end.behind, text_.size()});
  return block;
}

PemBlock PemReader::NoText(size_t at, size_t next_line) {
  state_.is_in_no_text = true;
  PemBlock block;
  block.offset = at;
  block.problem =
      text_[at] == kBase64OfDer[0] ? "no BEGIN line" : "neither PEM nor text";
  position_ = next_line == std::string_view::npos
                  ? std::max(at + 1, text_.size() - TailToKeep())
                  : next_line;
  return block;
}

// What may be the first octets of a BEGIN or END line, or of one of base64.
size_t PemReader::TailToKeep() const {
  const size_t most = text_.size() - std::min(position_, text_.size());
  const std::string_view tail =
      text_.substr(text_.size() - std::min(most, kBase64Line));
  const size_t line = tail.find_last_of("\r\n") + 1;  // 0 where there is none
  const std::string_view last = tail.substr(line);
  const bool may_be_base64 = IsAtLineStart(text_.size() - last.size()) &&
                             last.starts_with(kBase64OfDer) &&
                             Base64Length(last) == last.size();
  return std::min(most,
                  std::max(kBegin.size() - 1, may_be_base64 ? last.size() : 0));
}

std::optional<PemBlock> PemReader::AtTheEnd() {
  const std::string_view between = Part(position_, text_.size());
  const size_t most = std::min(kBegin.size() - 1, between.size());
  undecided_ = text_.size() - TailToKeep();
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

void PemReader::PassBroken(PemBlock* block, size_t from) {
  const size_t next = text_.find(kBegin, from);
  const size_t end = Part(from, next).find(kEnd);
  if (end == std::string_view::npos) {
    if (next == std::string_view::npos) undecided_ = block->offset;
    position_ = std::min(next, text_.size());
    return;
  }
  position_ = from + end + kEnd.size();
  const std::string_view line = Part(position_, std::string_view::npos);
  const std::string_view label = block->label;
  if (line.size() < label.size() + kDashes.size()) undecided_ = block->offset;
  block->has_own_end =
      line.starts_with(label) && line.substr(label.size()).starts_with(kDashes);
}

}  // namespace revstat
