#include "tools/revstat-gen/der.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>

namespace revstat::gen::der {
namespace {

void Append(Bytes bytes, Octets* out) {
  out->insert(out->end(), bytes.begin(), bytes.end());
}

uint8_t* PutTwoDigits(unsigned value, uint8_t* out) {
  *out++ = static_cast<uint8_t>('0' + value / 10 % 10);
  *out++ = static_cast<uint8_t>('0' + value % 10);
  return out;
}

// MMDDHHMMSSZ, the end that both time types share; `date` gives the year away.
uint8_t* PutAfterYear(const std::chrono::year_month_day& date, unsigned second,
                      uint8_t* out) {
  out = PutTwoDigits(static_cast<unsigned>(date.month()), out);
  out = PutTwoDigits(static_cast<unsigned>(date.day()), out);
  out = PutTwoDigits(second / 3600, out);
  out = PutTwoDigits(second / 60 % 60, out);
  out = PutTwoDigits(second % 60, out);
  *out++ = 'Z';
  return out;
}

struct CivilTime {
  explicit CivilTime(Time time)
      : day(std::chrono::floor<std::chrono::days>(time)),
        date(day),
        second(static_cast<unsigned>((time - day).count())) {}

  unsigned year() const {
    return static_cast<unsigned>(static_cast<int>(date.year()));
  }

  std::chrono::sys_days day;
  std::chrono::year_month_day date;
  unsigned second;
};

// Base 128, most significant group first, the high bit on all but the last.
void AppendSubidentifier(uint64_t value, Octets* out) {
  int groups = 1;
  for (uint64_t rest = value >> 7; rest != 0; rest >>= 7) ++groups;
  for (int i = groups; i-- > 0;) {
    const auto group = static_cast<uint8_t>((value >> (7 * i)) & 0x7F);
    out->push_back(static_cast<uint8_t>(group | (i > 0 ? 0x80 : 0x00)));
  }
}

}  // namespace

size_t HeaderSize(size_t content_size) {
  if (content_size < 0x80) return 2;
  return 2 + (static_cast<size_t>(std::bit_width(content_size)) + 7) / 8;
}

uint8_t* PutHeader(uint8_t tag, size_t content_size, uint8_t* out) {
  *out++ = tag;
  const size_t length_octets = HeaderSize(content_size) - 2;
  if (length_octets == 0) {
    *out++ = static_cast<uint8_t>(content_size);
    return out;
  }
  *out++ = static_cast<uint8_t>(0x80 | length_octets);
  for (size_t i = length_octets; i-- > 0;) {
    *out++ = static_cast<uint8_t>(content_size >> (8 * i));
  }
  return out;
}

Octets Tlv(uint8_t tag, Bytes content) {
  Octets out(HeaderSize(content.size()) + content.size());
  uint8_t* end = PutHeader(tag, content.size(), out.data());
  if (!content.empty()) std::memcpy(end, content.data(), content.size());
  return out;
}

Octets Join(std::initializer_list<Bytes> elements) {
  size_t size = 0;
  for (Bytes element : elements) size += element.size();
  Octets out;
  out.reserve(size);
  for (Bytes element : elements) Append(element, &out);
  return out;
}

Octets JoinAll(const std::vector<Octets>& elements) {
  Octets out;
  for (const Octets& element : elements) Append(element, &out);
  return out;
}

Octets Sequence(std::initializer_list<Bytes> elements) {
  return Tlv(kSequence, Join(elements));
}

Octets Set(std::initializer_list<Bytes> elements) {
  return Tlv(kSet, Join(elements));
}

Octets Constructed(unsigned number, Bytes content) {
  return Tlv(static_cast<uint8_t>(0xA0 | number), content);
}

Octets Primitive(unsigned number, Bytes content) {
  return Tlv(static_cast<uint8_t>(0x80 | number), content);
}

Octets True() { return {0x01, 0x01, 0xFF}; }

Octets Null() { return {0x05, 0x00}; }

Octets Integer(uint64_t value) {
  std::array<uint8_t, 8> octets;
  for (size_t i = 0; i < 8; ++i)
    octets[i] = static_cast<uint8_t>(value >> (8 * (7 - i)));
  return Unsigned(octets);
}

Octets Unsigned(Bytes magnitude) {
  while (!magnitude.empty() && magnitude.front() == 0)
    magnitude = magnitude.subspan(1);
  // A zero octet stands before a set first bit, and stands for zero itself.
  const bool needs_zero = magnitude.empty() || (magnitude.front() & 0x80) != 0;
  const Octets zero(needs_zero ? 1 : 0);
  return Tlv(kInteger, Join({zero, magnitude}));
}

Octets Enumerated(uint8_t value) { return {0x0A, 0x01, value}; }

Octets Oid(std::string_view dotted) {
  Octets content;
  uint64_t arc = 0;
  uint64_t first_arc = 0;
  int arcs = 0;
  for (size_t i = 0; i <= dotted.size(); ++i) {
    if (i < dotted.size() && dotted[i] != '.') {
      arc = arc * 10 + static_cast<uint64_t>(dotted[i] - '0');
      continue;
    }
    // X.690 8.19.4: the first two arcs share one subidentifier.
    if (arcs == 0) {
      first_arc = arc;
    } else {
      AppendSubidentifier(arcs == 1 ? first_arc * 40 + arc : arc, &content);
    }
    ++arcs;
    arc = 0;
  }
  return Tlv(0x06, content);
}

Octets OctetString(Bytes content) { return Tlv(kOctetString, content); }

Octets BitString(Bytes content) {
  const Octets no_unused_bits = {0x00};
  return Tlv(kBitString, Join({no_unused_bits, content}));
}

Octets NamedBitsContent(uint32_t bits) {
  const auto width = static_cast<unsigned>(std::bit_width(bits));
  Octets content(1 + (width + 7) / 8);
  content[0] = static_cast<uint8_t>((8 - width % 8) % 8);
  for (unsigned i = 0; i < width; ++i) {
    if ((bits >> i & 1) == 0) continue;
    uint8_t& octet = content[1 + i / 8];
    octet = static_cast<uint8_t>(octet | 0x80 >> i % 8);
  }
  return content;
}

Octets NamedBits(uint32_t bits) {
  return Tlv(kBitString, NamedBitsContent(bits));
}

Octets Utf8String(std::string_view text) { return Tlv(0x0C, BytesOf(text)); }

TimeForm FormOf(Time time) {
  constexpr Time kYear1950 =
      std::chrono::sys_days(std::chrono::year(1950) / 1 / 1);
  constexpr Time kYear2050 =
      std::chrono::sys_days(std::chrono::year(2050) / 1 / 1);
  return time >= kYear1950 && time < kYear2050 ? TimeForm::kUtc
                                               : TimeForm::kGeneralized;
}

uint8_t* PutUtcTimeContent(Time time, uint8_t* out) {
  const CivilTime civil(time);
  out = PutTwoDigits(civil.year() % 100, out);
  return PutAfterYear(civil.date, civil.second, out);
}

uint8_t* PutGeneralizedTimeContent(Time time, uint8_t* out) {
  const CivilTime civil(time);
  out = PutTwoDigits(civil.year() / 100, out);
  out = PutTwoDigits(civil.year() % 100, out);
  return PutAfterYear(civil.date, civil.second, out);
}

Octets GeneralizedTime(Time time) {
  std::array<uint8_t, 15> content;
  PutGeneralizedTimeContent(time, content.data());
  return Tlv(kGeneralizedTime, content);
}

Octets ChoiceTime(Time time) {
  if (FormOf(time) == TimeForm::kGeneralized) return GeneralizedTime(time);
  std::array<uint8_t, 13> content;
  PutUtcTimeContent(time, content.data());
  return Tlv(kUtcTime, content);
}

}  // namespace revstat::gen::der
