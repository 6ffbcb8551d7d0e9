#include "engine/base/json_text.h"

#include <algorithm>
#include <cstdint>

#include "engine/base/bytes.h"

namespace revstat {
namespace {

struct Sequence {
  size_t size = 1;  // octets, of which the start at least is there
  bool is_valid = false;
};

// The UTF-8 sequence at the start of `text` (RFC 3629 4), which begins with an
// octet above 0x7f; where there is none, its longest start.
Sequence ReadSequence(std::string_view text) {
  const auto octet = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = octet(0);
  const size_t size = first >= 0xc2 && first <= 0xdf   ? 2
                      : first >= 0xe0 && first <= 0xef ? 3
                      : first >= 0xf0 && first <= 0xf4 ? 4
                                                       : 1;
  // The second octet rules out long forms, surrogates and above U+10FFFF.
  const uint8_t lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const uint8_t highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  size_t read = 1;
  while (read < size && read < text.size()) {
    const uint8_t next = octet(read);
    if (next < (read == 1 ? lowest : 0x80) ||
        next > (read == 1 ? highest : 0xbf)) {
      break;
    }
    ++read;
  }
  return {read, size > 1 && read == size};
}

void AppendEscape(char c, std::string* text) {
  switch (c) {
    case '"':
    case '\\':
      *text += {'\\', c};
      return;
    case '\b':
      *text += "\\b";
      return;
    case '\f':
      *text += "\\f";
      return;
    case '\n':
      *text += "\\n";
      return;
    case '\r':
      *text += "\\r";
      return;
    case '\t':
      *text += "\\t";
      return;
    default:
      *text += "\\u00";
      *text += ToHex(BytesOf({&c, 1}));
  }
}

bool IsPlain(char c) {
  return static_cast<uint8_t>(c) - 0x20u < 0x60 && c != '"' && c != '\\';
}

}  // namespace

std::string JsonString(std::string_view value) {
  if (std::all_of(value.begin(), value.end(), IsPlain))
    return Concat({"\"", value, "\""});
  std::string text = "\"";
  while (!value.empty()) {
    size_t size = 1;
    if (IsPlain(value[0])) {
      text += value[0];
    } else if (static_cast<uint8_t>(value[0]) < 0x80) {
      AppendEscape(value[0], &text);
    } else {
      const Sequence sequence = ReadSequence(value);
      size = sequence.size;
      text += sequence.is_valid ? value.substr(0, size) : "\xef\xbf\xbd";
    }
    value.remove_prefix(size);
  }
  text += '"';
  return text;
}

void JsonObject::Raw(std::string_view name, std::string_view value) {
  text_ += Concat({text_.empty() ? "" : ",", "\"", name, "\":", value});
}

std::string JsonObject::Take() const { return Concat({"{", text_, "}"}); }

}  // namespace revstat
