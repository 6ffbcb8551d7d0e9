#include "engine/x509/name_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/base/error.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

struct AttributeType {
  std::string_view short_name;
  std::string_view dotted;
};

// RFC 4514 3, RFC 4519, and what openssl and Russian CAs print.
constexpr AttributeType kAttributeTypes[] = {
    {"CN", "2.5.4.3"},
    {"SN", "2.5.4.4"},
    {"serialNumber", "2.5.4.5"},
    {"C", "2.5.4.6"},
    {"L", "2.5.4.7"},
    {"ST", "2.5.4.8"},
    {"STREET", "2.5.4.9"},
    {"O", "2.5.4.10"},
    {"OU", "2.5.4.11"},
    {"title", "2.5.4.12"},
    {"postalCode", "2.5.4.17"},
    {"name", "2.5.4.41"},
    {"GN", "2.5.4.42"},
    {"initials", "2.5.4.43"},
    {"generationQualifier", "2.5.4.44"},
    {"dnQualifier", "2.5.4.46"},
    {"pseudonym", "2.5.4.65"},
    {"organizationIdentifier", "2.5.4.97"},
    {"DC", "0.9.2342.19200300.100.1.25"},
    {"UID", "0.9.2342.19200300.100.1.1"},
    {"emailAddress", "1.2.840.113549.1.9.1"},
    {"unstructuredName", "1.2.840.113549.1.9.2"},
    // RFC 9215 5.1.
    {"OGRN", "1.2.643.100.1"},
    {"SNILS", "1.2.643.100.3"},
    {"INNLE", "1.2.643.100.4"},
    {"OGRNIP", "1.2.643.100.5"},
    {"INN", "1.2.643.3.131.1.1"},
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

// The content octets of a dotted type; nothing if it is none.
std::optional<std::vector<uint8_t>> EncodeOid(std::string_view dotted) {
  constexpr oid::Arc kMost = ~oid::Arc{0};
  std::vector<oid::Arc> arcs;
  oid::Arc arc = 0;
  bool digits = false;
  for (char c : dotted) {
    if (c == '.' && digits) {
      arcs.push_back(std::exchange(arc, 0));
      digits = false;
    } else if (c >= '0' && c <= '9' && arc <= (kMost - 9) / 10) {
      arc = arc * 10 + static_cast<unsigned>(c - '0');
      digits = true;
    } else {
      return std::nullopt;
    }
  }
  if (!digits) return std::nullopt;
  arcs.push_back(arc);
  if (arcs.size() < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39))
    return std::nullopt;
  if (arcs[1] > kMost - 80) return std::nullopt;
  arcs[1] += 40 * arcs[0];
  std::vector<uint8_t> oid;
  for (size_t i = 1; i < arcs.size(); ++i) {
    int groups = 1;
    while (groups < 19 && arcs[i] >> (7 * groups) != 0) ++groups;
    while (groups-- > 0) {
      oid.push_back(static_cast<uint8_t>((arcs[i] >> (7 * groups) & 0x7f) |
                                         (groups > 0 ? 0x80 : 0)));
    }
  }
  return oid;
}

// The short names, for a type's octets.
class ShortNames {
 public:
  ShortNames() {
    for (const AttributeType& attribute : kAttributeTypes) {
      const std::vector<uint8_t> oid = *EncodeOid(attribute.dotted);
      if (IsOfX520(oid)) {
        of_x520_[oid.back()] = attribute.short_name;
      } else {
        others_.emplace_back(oid, attribute.short_name);
      }
    }
  }

  // Empty for a type without one.
  std::string_view Of(Bytes type) const {
    if (IsOfX520(type)) return of_x520_[type.back()];
    for (const auto& [oid, short_name] : others_) {
      if (Equal(type, oid)) return short_name;
    }
    return {};
  }

 private:
  // 2.5.4.n, which nearly all are.
  static bool IsOfX520(Bytes oid) {
    return oid.size() == 3 && oid[0] == 0x55 && oid[1] == 0x04 && oid[2] < 128;
  }

  std::array<std::string_view, 128> of_x520_;
  std::vector<std::pair<std::vector<uint8_t>, std::string_view>> others_;
};

void AppendType(Bytes type, std::string* text) {
  static const auto* const names = new ShortNames;
  const std::string_view name = names->Of(type);
  if (name.empty()) {
    *text += oid::ToDotted(type);
  } else {
    *text += name;
  }
}

void AppendHexPair(char c, std::string* text) {
  *text += '\\';
  *text += ToHex(BytesOf(std::string_view(&c, 1)));
}

// RFC 4514 2.4; and C1 controls, which drive some terminals as ESC does.
void AppendEscaped(std::string_view value, std::string* text) {
  // Static: else it is made anew on the stack each time.
  static constexpr auto kIsPlain = [] {
    std::array<bool, 256> plain = {};
    for (size_t c = 0x21; c < 0x100; ++c)
      plain[c] = c != 0x7f &&
                 std::string_view("#\"+,;<>\\").find(static_cast<char>(c)) ==
                     std::string_view::npos;
    plain[kC1Lead] = false;
    return plain;
  }();
  const auto is_plain = [&](char c) {
    return kIsPlain[static_cast<unsigned char>(c)];
  };
  // Mostly nothing is to be escaped.
  if (!value.empty() && is_plain(value.front()) && is_plain(value.back()) &&
      std::all_of(value.begin(), value.end(),
                  [&](char c) { return c == ' ' || is_plain(c); })) {
    *text += value;
    return;
  }
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool edge_space = c == ' ' && (i == 0 || i + 1 == value.size());
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      AppendHexPair(c, text);
    } else if (BeginsWithC1(value.substr(i))) {
      AppendHexPair(c, text);
      AppendHexPair(value[++i], text);
    } else {
      if (edge_space || (c == '#' && i == 0) ||
          std::string_view("\"+,;<>\\").find(c) != std::string_view::npos) {
        *text += '\\';
      }
      *text += c;
    }
  }
}

void AppendValue(const der::Element& value, std::string* text) {
  if (value.tag == der::kUtf8String || value.tag == der::kPrintableString) {
    AppendEscaped(TextOf(value.value), text);
  } else if (const auto decoded = DecodeDirectoryString(value)) {
    AppendEscaped(*decoded, text);
  } else {
    *text += '#';
    *text += ToHex(value.tlv);
  }
}

std::optional<std::vector<uint8_t>> TypeOf(std::string_view text) {
  const std::string lower = Lower(text);
  for (const AttributeType& known : kAttributeTypes) {
    if (lower == Lower(known.short_name)) return EncodeOid(known.dotted);
  }
  if (lower == "s" || lower == "e" || lower == "email") {
    return EncodeOid(lower == "s" ? "2.5.4.8" : "1.2.840.113549.1.9.1");
  }
  return EncodeOid(lower.starts_with("oid.") ? std::string_view(lower).substr(4)
                                             : lower);
}

class NameParser {
 public:
  explicit NameParser(std::string_view text) : text_(text) {}

  absl::StatusOr<std::string> Run(RdnOrder order) {
    std::vector<std::string> rdns;
    SkipSpace();
    while (position_ < text_.size()) {
      std::vector<std::string> attributes;
      do {
        auto attribute = ReadAttribute();
        if (!attribute.ok()) return attribute.status();
        attributes.push_back(*std::move(attribute));
      } while (Take('+'));
      rdns.push_back(CanonicalRdnOf(std::move(attributes)));
      if (position_ == text_.size()) break;
      if (!Take(',') && !Take(';')) return Fail("a comma should stand here");
      if (position_ == text_.size()) return Fail("an attribute should follow");
    }
    if (order == RdnOrder::kLastFirst) std::reverse(rdns.begin(), rdns.end());
    std::string canonical;
    for (const std::string& rdn : rdns) canonical += rdn;
    return canonical;
  }

 private:
  absl::Status Fail(std::string_view why) const {
    return MakeError(
        ErrorCode::kBadText,
        Concat({"name \"", text_.substr(0, 120), "\" at character ",
                std::to_string(position_ + 1), ": ", why}));
  }

  void SkipSpace() {
    while (position_ < text_.size() && text_[position_] == ' ') ++position_;
  }
  bool Take(char c) {
    if (position_ == text_.size() || text_[position_] != c) return false;
    ++position_;
    SkipSpace();
    return true;
  }

  absl::StatusOr<std::string> ReadAttribute() {
    const size_t end = text_.find('=', position_);
    if (end == std::string_view::npos)
      return Fail("an attribute type and '=' should stand here");
    std::string_view type = text_.substr(position_, end - position_);
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    const auto oid = TypeOf(type);
    if (!oid.has_value())
      return Fail("the attribute type is not known; a dotted one always is");
    position_ = end + 1;
    SkipSpace();
    if (position_ < text_.size() && text_[position_] == '#')
      return ReadHexValue(*oid);
    auto value = ReadString();
    if (!value.ok()) return value.status();
    return CanonicalAttribute(*oid, *value);
  }

  // "#" and the hexadecimal of an element.
  absl::StatusOr<std::string> ReadHexValue(Bytes type) {
    const size_t end =
        std::min(text_.find_first_of(",;+ ", position_), text_.size());
    const auto octets =
        FromHex(text_.substr(position_ + 1, end - position_ - 1));
    if (!octets.has_value())
      return Fail("'#' should begin the hexadecimal of a value");
    der::Trace trace(*octets);
    der::Cursor cursor(*octets, &trace);
    const der::Element value = cursor.ReadAny("value");
    cursor.ExpectEnd("value");
    if (!trace.ok())
      return Fail("'#' should begin the hexadecimal of a value in DER");
    position_ = end;
    SkipSpace();
    return CanonicalAttribute(type, value);
  }

  absl::StatusOr<std::string> ReadString() {
    std::string value;
    size_t keep = 0;  // up to here a trailing space was escaped
    const bool quoted = Take('"');
    for (;; ++position_) {
      if (position_ == text_.size()) {
        if (quoted) return Fail("the quoted value does not end");
        break;
      }
      const char c = text_[position_];
      if (quoted ? c == '"' : (c == ',' || c == ';' || c == '+')) break;
      if (c != '\\') {
        value += c;
        continue;
      }
      const auto octet = FromHex(text_.substr(position_ + 1, 2));
      if (octet.has_value() && octet->size() == 1) {
        value += static_cast<char>(octet->front());
        position_ += 2;
      } else if (position_ + 1 < text_.size()) {
        value += text_[++position_];
      } else {
        return Fail("a character should follow the backslash");
      }
      keep = value.size();
    }
    if (quoted) {
      ++position_;
      SkipSpace();
    } else {
      while (value.size() > keep && value.back() == ' ') value.pop_back();
    }
    return value;
  }

  std::string_view text_;
  size_t position_ = 0;
};

}  // namespace

void AppendName(NameView name, std::string* text) {
  absl::InlinedVector<Bytes, 8> rdns;
  name.ForEachRdn([&](Bytes rdn) { rdns.push_back(rdn); });
  // RFC 4514 2.1: the last RDN comes first; 2.2: inside one nothing turns.
  for (size_t i = rdns.size(); i-- > 0;) {
    if (i + 1 < rdns.size()) *text += ',';
    bool is_first = true;
    ForEachAttributeOf(rdns[i], [&](Bytes type, const der::Element& value) {
      if (!is_first) *text += '+';
      is_first = false;
      AppendType(type, text);
      *text += '=';
      AppendValue(value, text);
    });
  }
}

std::string FormatName(NameView name) {
  std::string text;
  AppendName(name, &text);
  return text;
}

absl::StatusOr<std::string> CanonicalNameOfText(std::string_view text,
                                                RdnOrder order) {
  return NameParser(text).Run(order);
}

}  // namespace revstat
