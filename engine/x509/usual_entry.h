// An entry of the form that all but a few entries of real CRLs have, read with
// branches for all others only: some nanoseconds instead of some fifty.
//
// The form: every length in one octet, UTCTime, and no extension or a
// reasonCode alone. Whatever else there is, correct or not, is no usual entry
// and decides nothing: CrlEntryReader then reads it the long way. All ways
// give the same entry; a test and a fuzz target compare them.
//
// Thread-safety: pure functions.
#ifndef REVSTAT_ENGINE_X509_USUAL_ENTRY_H_
#define REVSTAT_ENGINE_X509_USUAL_ENTRY_H_

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/serial_number.h"

namespace revstat {

struct UsualEntry {
  uint32_t size = 0;    // octets of the entry
  uint32_t reason = 0;  // a ReasonCode
  int64_t revocation_seconds = 0;
  // SerialNumber::Words(), one by one: compilers then keep them in registers.
  uint64_t serial0 = 0;
  uint64_t serial1 = 0;
  uint64_t serial2 = 0;

  std::array<uint64_t, 3> serial_words() const {
    return {serial0, serial1, serial2};
  }
};

namespace usual_entry {

// So many octets behind an entry's start are read, whatever its length.
inline constexpr size_t kReadable = 64;

// Days from 1970-01-01 to the first of month MM of the year that a UTCTime
// calls YY, at [YY * 16 + MM]. Month 13 is the next January.
constexpr std::array<int32_t, 1600> MakeMonthStarts() {
  std::array<int32_t, 1600> starts = {};
  for (int yy = 0; yy < 100; ++yy) {
    // RFC 5280 4.1.2.5.1: YY of 50 and more is 19YY, else 20YY.
    const int year = yy < 50 ? 2000 + yy : 1900 + yy;
    for (int month = 1; month <= 13; ++month) {
      const std::chrono::sys_days day = std::chrono::year_month_day(
          std::chrono::year(month == 13 ? year + 1 : year),
          std::chrono::month(static_cast<unsigned>(month == 13 ? 1 : month)),
          std::chrono::day(1));
      starts[static_cast<size_t>(yy * 16 + month)] =
          static_cast<int32_t>(day.time_since_epoch().count());
    }
  }
  return starts;
}
inline constexpr std::array<int32_t, 1600> kMonthStarts = MakeMonthStarts();

// 24 octets of ones and 24 of zeros: read from 24 - n on, the masks of the
// first n of 24 octets.
inline constexpr auto kMasks = [] {
  std::array<uint8_t, 48> masks = {};
  for (size_t i = 0; i < 24; ++i) masks[i] = 0xff;
  return masks;
}();

// At any address.
static_assert(std::endian::native == std::endian::little);
template <class Word>
[[gnu::always_inline]] inline Word Load(const uint8_t* p) {
  Word word;
  std::memcpy(&word, p, sizeof(word));
  return word;
}

// Sixteen octets, and the same as eight numbers (g++ and clang++ compile these
// for any processor).
using Octets16 = uint8_t __attribute__((vector_size(16)));
using Numbers8 = uint16_t __attribute__((vector_size(16)));
using Halves2 = uint64_t __attribute__((vector_size(16)));

// A UTCTime: tag and length, YY, MM, DD, HH, MM, SS, and "Z" with whatever
// stands behind it.
struct UtcTime {
  uint64_t bad;    // 0: all digits and, but for the day, in their ranges
  uint64_t date;   // YY, MM, DD in octets 2, 4, 6
  uint64_t clock;  // HH, MM, SS in octets 0, 2, 4
};
[[gnu::always_inline]] inline UtcTime ReadUtcTime(const uint8_t* p) {
  constexpr Octets16 kText = {0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,    0};
  constexpr Numbers8 kLeast = {0, 0, 1, 1, 0, 0, 0, 0};
  constexpr Numbers8 kRange = {0xffff, 99, 11, 30, 23, 59, 59, 0xffff};
  const Octets16 digits = (Load<Octets16>(p) - uint8_t{'0'}) & kText;
  const auto pairs = reinterpret_cast<Numbers8>(digits);
  // The tens come first: in the low octet.
  const Numbers8 numbers = ((pairs * 10) & 0xff) + (pairs >> 8);
  const auto no_digits = reinterpret_cast<Halves2>(digits > 9);
  const auto out_of_range =
      reinterpret_cast<Halves2>(numbers - kLeast > kRange);
  const auto halves = reinterpret_cast<Halves2>(numbers);
  const Halves2 bad = no_digits | out_of_range;
  return {bad[0] | bad[1], halves[0], halves[1]};
}

// Extensions that hold nothing but a reasonCode, up to the code itself:
// 30 0c  30 0a  06 03 55 1d 15  04 03 0a 01
inline constexpr uint64_t kReasonHead = 0x1d5503060a300c30;
inline constexpr uint64_t kReasonTail = 0x010a030415;  // five octets
inline constexpr uint32_t kReasonOnlySize = 14;
inline constexpr uint32_t kUtcTimeSize = 15;
inline constexpr uint64_t kUtcTimeHead = 0x0d17;  // tag and length
// The codes 0 to 6, 9 and 10. removeFromCRL (8) is for delta CRLs alone, which
// takes the long way to tell.
inline constexpr uint64_t kUsualReasons = 0x67f;
inline constexpr uint32_t kAbsentReason = 255;

// SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time,
//            crlEntryExtensions Extensions OPTIONAL -- if present, v2 -- }
// from revocationDate on, where it is of the usual form and nothing before it
// was `bad`: then visit(reason, revocation_seconds), and true.
//
// The checks are masks: of conditional expressions compilers make branches, and
// whether an entry has a reason cannot be predicted. A wrong guess costs as
// much as to read the entry.
template <class Visit>
[[gnu::always_inline]] inline bool ReadFromTime(const uint8_t* time,
                                                uint32_t content_size,
                                                uint32_t serial_size,
                                                int version, uint64_t bad,
                                                Visit&& visit) {
  bad |= Load<uint16_t>(time) ^ kUtcTimeHead;
  const uint32_t plain_size = 2 + serial_size + kUtcTimeSize;
  const bool has_reason = content_size == plain_size + kReasonOnlySize;
  const uint8_t* const extensions = time + kUtcTimeSize;
  const uint64_t tail = Load<uint64_t>(extensions + 6) >> 16;
  const auto code = static_cast<uint8_t>(tail >> 40);
  const uint64_t bad_reason =
      (Load<uint64_t>(extensions) ^ kReasonHead) |
      ((tail & 0xffffffffff) ^ kReasonTail) | (code >= 64) |
      (~(kUsualReasons >> (code & 63)) & 1) | (version != 2);
  const uint64_t mask = uint64_t{0} - static_cast<uint64_t>(has_reason);
  bad |= (bad_reason & mask) | ((content_size ^ plain_size) & ~mask);

  const UtcTime utc = ReadUtcTime(time);
  bad |= utc.bad | (time[14] ^ 'Z');
  if (bad != 0) return false;
  const size_t in_table =
      (utc.date >> 16 & 0xff) * 16 + (utc.date >> 32 & 0xff);
  const int32_t start = kMonthStarts[in_table];
  const auto day = static_cast<int32_t>(utc.date >> 48) - 1;
  if (day >= kMonthStarts[in_table + 1] - start) return false;
  visit(has_reason ? code : kAbsentReason,
        int64_t{start + day} * 86400 +
            static_cast<int64_t>((utc.clock & 0xff) * 3600 +
                                 (utc.clock >> 16 & 0xff) * 60 +
                                 (utc.clock >> 32 & 0xff)));
  return true;
}

// The entry at `p`. Reads kReadable octets, all of which must be readable. True
// after visit(const UsualEntry&), false where the entry is not of the usual
// form. (A returned UsualEntry is built in memory by g++ 12, which costs four
// times as much as all the rest.)
template <class Visit>
[[gnu::always_inline]] inline bool Read(const uint8_t* p, int version,
                                        Visit&& visit) {
  const uint32_t content_size = p[1];
  const uint32_t serial_size = p[3];
  // Nothing below may be read at a place that these two have not bounded.
  if (p[0] != 0x30 || p[2] != 0x02 ||
      serial_size - 1 >= SerialNumber::kMaxOctets) {
    return false;
  }
  // X.690 8.3.2: the first nine bits of an INTEGER are not all alike.
  const uint32_t nine = (uint32_t{p[4]} << 1 | p[5] >> 7) + 1;
  const uint64_t bad =
      static_cast<uint64_t>(serial_size > 1) & ((nine & 0x1ff) <= 1);
  return ReadFromTime(
      p + 4 + serial_size, content_size, serial_size, version, bad,
      [&](uint32_t reason, int64_t revocation_seconds) {
        UsualEntry entry;
        entry.size = content_size + 2;
        entry.reason = reason;
        entry.revocation_seconds = revocation_seconds;
        const uint8_t* const masks = kMasks.data() + 24 - serial_size;
        entry.serial0 = Load<uint64_t>(p + 4) & Load<uint64_t>(masks);
        entry.serial1 = Load<uint64_t>(p + 12) & Load<uint64_t>(masks + 8);
        entry.serial2 = (Load<uint64_t>(p + 20) & Load<uint64_t>(masks + 16)) |
                        uint64_t{serial_size} << 56;
        visit(static_cast<const UsualEntry&>(entry));
      });
}

// As Read, where the serial is known by its SerialNumber's Words(): true after
// visit(reason, revocation_seconds) where Read finds an entry with this very
// serial. Faster, for where everything stands is known before the entry's line
// has come. Reads kReadable octets, too.
template <class Visit>
[[gnu::always_inline]] inline bool ReadOf(uint64_t serial0, uint64_t serial1,
                                          uint64_t serial2, const uint8_t* p,
                                          int version, Visit&& visit) {
  const auto serial_size = static_cast<uint32_t>(serial2 >> 56);
  if (serial_size - 1 >= SerialNumber::kMaxOctets) return false;
  const uint8_t* const masks = kMasks.data() + 24 - serial_size;
  const auto head = Load<uint32_t>(p);
  uint64_t bad = (head & 0xffff00ff) ^ (0x00020030 | serial_size << 24);
  bad |= (Load<uint64_t>(p + 4) ^ serial0) & Load<uint64_t>(masks);
  bad |= (Load<uint64_t>(p + 12) ^ serial1) & Load<uint64_t>(masks + 8);
  bad |= (Load<uint64_t>(p + 20) ^ serial2) & Load<uint64_t>(masks + 16);
  return ReadFromTime(p + 4 + serial_size, head >> 8 & 0xff, serial_size,
                      version, bad, std::forward<Visit>(visit));
}

}  // namespace usual_entry
}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_USUAL_ENTRY_H_
