#include "engine/x509/name.h"

#include <utf8proc.h>

#include <algorithm>
#include <vector>

#include "engine/der/primitives.h"

namespace revstat {
namespace {

constexpr der::Tag kNumericString = 0x12;

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c & 0x80) == 0; });
}

// Appends the text with ASCII folded and, RFC 4518 2.6.1, without space before
// and behind it, and with one for each run inside.
void AppendSqueezed(std::string_view text, std::string* out) {
  const size_t begin = out->size();
  out->resize(begin + text.size());
  char* const first = out->data() + begin;
  char* to = first;
  for (char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) {
      *to++ = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    } else if (to != first && to[-1] != ' ') {
      *to++ = ' ';
    }
  }
  if (to != first && to[-1] == ' ') --to;
  out->resize(begin + static_cast<size_t>(to - first));
}

// RFC 4518 2.2 to 2.4 (map, normalise, fold): NFKC_Casefold.
constexpr auto kFolding = static_cast<utf8proc_option_t>(
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
    UTF8PROC_IGNORE);

// The code points of UTF-8 text, mapped, folded and decomposed, each for
// itself; nothing where it is not UTF-8.
std::optional<std::vector<utf8proc_int32_t>> Decompose(std::string_view text) {
  constexpr utf8proc_ssize_t kMost = 32;  // U+FDFA has the most: 18
  std::vector<utf8proc_int32_t> decomposed;
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(text.size()), &point);
    if (size <= 0) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(size));
    utf8proc_int32_t points[kMost];
    int unused = 0;  // of grapheme clusters, for which kFolding does not ask
    const utf8proc_ssize_t count =
        utf8proc_decompose_char(point, points, kMost, kFolding, &unused);
    if (count < 0 || count > kMost) return std::nullopt;
    decomposed.insert(decomposed.end(), points, points + count);
  }
  return decomposed;
}

int CombiningClassOf(utf8proc_int32_t point) {
  return utf8proc_get_property(point)->combining_class;
}

// Unicode 3.11, the canonical ordering algorithm: each run of combining marks
// by class, and marks of one class as they come.
void OrderMarks(std::vector<utf8proc_int32_t>* points) {
  const auto is_mark = [](utf8proc_int32_t point) {
    return CombiningClassOf(point) != 0;
  };
  const auto comes_before = [](utf8proc_int32_t a, utf8proc_int32_t b) {
    return CombiningClassOf(a) < CombiningClassOf(b);
  };
  auto run = std::find_if(points->begin(), points->end(), is_mark);
  while (run != points->end()) {
    const auto end = std::find_if_not(run, points->end(), is_mark);
    if (!std::is_sorted(run, end, comes_before))
      std::stable_sort(run, end, comes_before);
    run = std::find_if(end, points->end(), is_mark);
  }
}

// Appends the folded text. What is not UTF-8 stays as it is, so that it equals
// only itself.
//
// utf8proc_map gives the same, but orders marks by swapping neighbours: in a
// long run of them, which a stranger may send, that takes quadratic time. And
// names are compared before any signature is checked.
void AppendFolded(std::string_view text, std::string* out) {
  if (IsAscii(text)) return AppendSqueezed(text, out);
  auto points = Decompose(text);
  if (!points.has_value()) {
    out->append(text);
    return;
  }
  OrderMarks(&*points);
  const auto count = static_cast<utf8proc_ssize_t>(points->size());
  points->push_back(0);  // room for the zero that utf8proc puts at the end
  // Composes, and writes UTF-8 over the code points.
  const utf8proc_ssize_t size =
      utf8proc_reencode(points->data(), count, kFolding);
  if (size < 0) {
    out->append(text);
    return;
  }
  AppendSqueezed({reinterpret_cast<const char*>(points->data()),
                  static_cast<size_t>(size)},
                 out);
}

void AppendUtf8(uint32_t code_point, std::string* text) {
  utf8proc_uint8_t octets[4];
  const auto size =
      utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), octets);
  text->append(reinterpret_cast<const char*>(octets),
               static_cast<size_t>(size));
}

// A character for every `width` octets, big-endian; empty when one is not a
// Unicode scalar value. TeletexString is read as Latin-1, as OpenSSL and real
// CAs do.
std::string DecodeFixedWidth(Bytes value, size_t width) {
  std::string text;
  if (value.size() % width != 0) return {};
  for (size_t i = 0; i < value.size(); i += width) {
    uint32_t code_point = 0;
    for (size_t j = 0; j < width; ++j)
      code_point = code_point << 8 | value[i + j];
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000))
      return {};
    AppendUtf8(code_point, &text);
  }
  return text;
}

// Appends room for a size of four octets, which EndSized writes: that of all
// that is appended in between. Returns the place behind it.
size_t BeginSized(std::string* out) {
  out->append(4, '\0');
  return out->size();
}
void EndSized(size_t begin, std::string* out) {
  const size_t size = out->size() - begin;
  for (size_t i = 1; i <= 4; ++i)
    (*out)[begin - i] = static_cast<char>(size >> 8 * (i - 1) & 0xff);
}
void AppendSized(std::string_view part, std::string* out) {
  const size_t begin = BeginSized(out);
  out->append(part);
  EndSized(begin, out);
}

void AppendText(Bytes type, std::string_view utf8, std::string* out) {
  AppendSized(TextOf(type), out);
  out->push_back('T');
  const size_t begin = BeginSized(out);
  AppendFolded(utf8, out);
  EndSized(begin, out);
}

// Types whose octets below 128 are ASCII, as DecodeDirectoryString reads them.
bool IsOctetText(der::Tag tag) {
  switch (tag) {
    case der::kUtf8String:
    case der::kPrintableString:
    case der::kIa5String:
    case der::kVisibleString:
    case der::kTeletexString:
    case kNumericString:
      return true;
    default:
      return false;
  }
}

// 'T' and folded text, or 'R' and the element as it is.
void AppendAttribute(Bytes type, const der::Element& value, std::string* out) {
  if (IsOctetText(value.tag) && IsAscii(TextOf(value.value)))
    return AppendText(type, TextOf(value.value), out);
  if (const auto text = DecodeDirectoryString(value))
    return AppendText(type, *text, out);
  AppendSized(TextOf(type), out);
  out->push_back('R');
  AppendSized(TextOf(value.tlv), out);
}

// Appends CanonicalRelativeName(rdn_content), the shorter way where it has one
// attribute.
void AppendRelativeName(Bytes rdn_content, std::string* out) {
  const size_t start = out->size();
  const size_t rdn = BeginSized(out);
  const size_t attribute = BeginSized(out);
  size_t count = 0;
  ForEachAttributeOf(rdn_content, [&](Bytes type, const der::Element& value) {
    if (count++ == 0) AppendAttribute(type, value, out);
  });
  if (count == 1) {
    EndSized(attribute, out);
    EndSized(rdn, out);
  } else {
    out->resize(start);
    out->append(CanonicalRelativeName(rdn_content));
  }
}

}  // namespace

std::optional<std::string> DecodeDirectoryString(const der::Element& value) {
  const auto decoded = [&](size_t width) -> std::optional<std::string> {
    std::string text = DecodeFixedWidth(value.value, width);
    if (text.empty() && !value.value.empty()) return std::nullopt;
    return text;
  };
  switch (value.tag) {
    case der::kTeletexString:
      return decoded(1);
    case der::kBmpString:
      return decoded(2);
    case der::kUniversalString:
      return decoded(4);
    default:
      if (!IsOctetText(value.tag)) return std::nullopt;
      return std::string(TextOf(value.value));
  }
}

void CheckRelativeName(der::Cursor& attributes, const char* field) {
  if (attributes.AtEnd()) attributes.Fail(ErrorCode::kEmptySequence, field);
  while (!attributes.AtEnd()) {
    attributes.Nested(der::kSequence, field, [&](der::Cursor& attribute) {
      der::ReadOid(attribute, field);
      attribute.ReadAny(field);
    });
  }
}

NameView NameView::Read(der::Cursor& cursor, const char* field) {
  const der::Element name =
      cursor.Nested(der::kSequence, field, [&](der::Cursor& rdns) {
        while (!rdns.AtEnd()) {
          rdns.Nested(der::kSet, field,
                      [&](der::Cursor& rdn) { CheckRelativeName(rdn, field); });
        }
      });
  NameView view;
  if (!cursor.ok()) return view;
  view.tlv_ = name.tlv;
  view.content_ = name.value;
  return view;
}

std::string CanonicalAttribute(Bytes type, std::string_view utf8_value) {
  std::string form;
  AppendText(type, utf8_value, &form);
  return form;
}

std::string CanonicalAttribute(Bytes type, const der::Element& value) {
  std::string form;
  AppendAttribute(type, value, &form);
  return form;
}

std::string CanonicalRdnOf(std::vector<std::string> attributes) {
  std::sort(attributes.begin(), attributes.end());
  std::string rdn;
  for (const std::string& attribute : attributes) AppendSized(attribute, &rdn);
  std::string form;
  AppendSized(rdn, &form);
  return form;
}

std::string CanonicalRelativeName(Bytes rdn_content) {
  std::vector<std::string> attributes;
  ForEachAttributeOf(rdn_content, [&](Bytes type, const der::Element& value) {
    attributes.push_back(CanonicalAttribute(type, value));
  });
  return CanonicalRdnOf(std::move(attributes));
}

std::string CanonicalName(NameView name) {
  std::string form;
  form.reserve(2 * name.tlv().size());
  name.ForEachRdn([&](Bytes rdn) { AppendRelativeName(rdn, &form); });
  return form;
}

}  // namespace revstat
