#include "tests/support/der_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace revstat::test {

Octets Hex(std::string_view text) {
  std::string digits;
  for (char c : text) {
    if (c != ' ') digits += c;
  }
  const auto octets = FromHex(digits);
  EXPECT_TRUE(octets.has_value()) << text;
  return octets.value_or(Octets{});
}

Octets Ascii(std::string_view text) { return {text.begin(), text.end()}; }

Octets Join(const std::vector<Octets>& parts) {
  Octets whole;
  for (const Octets& part : parts)
    whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

Octets Tlv(der::Tag tag, const Octets& content) {
  Octets tlv = {tag};
  const size_t size = content.size();
  if (size < 0x80) {
    tlv.push_back(static_cast<uint8_t>(size));
  } else {
    int octets = 1;
    while (size >> (8 * octets) != 0) ++octets;
    tlv.push_back(static_cast<uint8_t>(0x80 | octets));
    while (octets-- > 0)
      tlv.push_back(static_cast<uint8_t>(size >> (8 * octets)));
  }
  tlv.insert(tlv.end(), content.begin(), content.end());
  return tlv;
}

Octets Nest(der::Tag tag, const std::vector<Octets>& parts) {
  return Tlv(tag, Join(parts));
}

Octets Oid(std::string_view dotted) {
  std::vector<uint64_t> arcs = {0};
  for (char c : dotted) {
    if (c == '.') {
      arcs.push_back(0);
    } else {
      arcs.back() = arcs.back() * 10 + static_cast<uint64_t>(c - '0');
    }
  }
  arcs[1] += 40 * arcs[0];
  Octets content;
  for (size_t i = 1; i < arcs.size(); ++i) {
    Octets groups = {static_cast<uint8_t>(arcs[i] & 0x7f)};
    for (uint64_t rest = arcs[i] >> 7; rest != 0; rest >>= 7)
      groups.push_back(static_cast<uint8_t>(0x80 | (rest & 0x7f)));
    content.insert(content.end(), groups.rbegin(), groups.rend());
  }
  return Tlv(der::kOid, content);
}

Octets Integer(uint32_t value) {
  Octets content;
  for (int shift = 24; shift >= 0; shift -= 8)
    content.push_back(static_cast<uint8_t>(value >> shift));
  while (content.size() > 1 && content[0] == 0 && content[1] < 0x80)
    content.erase(content.begin());
  if (content[0] >= 0x80) content.insert(content.begin(), 0);
  return Tlv(der::kInteger, content);
}

Octets IntegerOf(std::string_view hex) { return Tlv(der::kInteger, Hex(hex)); }

Octets OctetString(const Octets& content) {
  return Tlv(der::kOctetString, content);
}

Octets BitString(const Octets& content) {
  return Nest(der::kBitString, {{0}, content});
}

Octets Attribute(std::string_view dotted, const Octets& value) {
  return Seq({Oid(dotted), value});
}

Octets NameOf(const std::vector<Octets>& attributes) {
  Octets rdns;
  for (const Octets& attribute : attributes)
    rdns = Join({rdns, Tlv(der::kSet, attribute)});
  return Tlv(der::kSequence, rdns);
}

Octets CommonName(std::string_view text) {
  return NameOf({Attribute("2.5.4.3", Utf8(text))});
}

Octets MakeExtension(std::string_view dotted, const Octets& value,
                     Criticality criticality) {
  return Seq({Oid(dotted),
              criticality == Criticality::kCritical ? True() : Octets{},
              OctetString(value)});
}

uint64_t OffsetOf(const Octets& part, const Octets& whole) {
  const auto found =
      std::search(whole.begin(), whole.end(), part.begin(), part.end());
  EXPECT_NE(found, whole.end()) << "the part is not in the whole";
  return static_cast<uint64_t>(found - whole.begin());
}

}  // namespace revstat::test
