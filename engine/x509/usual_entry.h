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

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

inline constexpr int32_t kSecondsOfDay = 86400;

// Seconds from 1970-01-01 to the day before the first of month MM of the year
// that a UTCTime calls YY, at [YY * 16 + MM]. Month 13 is the next January.
constexpr std::array<int64_t, 1600> MakeMonthStarts() {
  std::array<int64_t, 1600> starts = {};
  for (int yy = 0; yy < 100; ++yy) {
    // RFC 5280 4.1.2.5.1: YY of 50 and more is 19YY, else 20YY.
    const int year = yy < 50 ? 2000 + yy : 1900 + yy;
    for (int month = 1; month <= 13; ++month) {
      const std::chrono::sys_days first = std::chrono::year_month_day(
          std::chrono::year(month == 13 ? year + 1 : year),
          std::chrono::month(static_cast<unsigned>(month == 13 ? 1 : month)),
          std::chrono::day(1));
      starts[static_cast<size_t>(yy * 16 + month)] =
          (first.time_since_epoch().count() - 1) * int64_t{kSecondsOfDay};
    }
  }
  return starts;
}
inline constexpr std::array<int64_t, 1600> kMonthStarts = MakeMonthStarts();

// At any address.
static_assert(std::endian::native == std::endian::little);
template <class Word>
[[gnu::always_inline]] inline Word Load(const uint8_t* p) {
  Word word;
  std::memcpy(&word, p, sizeof(word));
  return word;
}

// Sixteen octets at once, and the same as numbers of 16 and 32 bits.
using Octets16 = uint8_t __attribute__((vector_size(16)));
using Numbers8 = uint16_t __attribute__((vector_size(16)));
using Sums4 = uint32_t __attribute__((vector_size(16)));
using Halves2 = uint64_t __attribute__((vector_size(16)));

// The masks of the first n of 24 octets, at [n]; 32 for a quicker address.
inline constexpr auto kSerialMasks = [] {
  std::array<std::array<uint8_t, 32>, SerialNumber::kMaxOctets + 1> masks = {};
  for (size_t n = 0; n < masks.size(); ++n) {
    for (size_t i = 0; i < n; ++i) masks[n][i] = 0xff;
  }
  return masks;
}();

// 0 where an octet, or a number, is no more than its limit.
[[gnu::always_inline]] inline Halves2 Above(Octets16 octets, Octets16 limit) {
#ifdef __SSE2__
  return reinterpret_cast<Halves2>(_mm_subs_epu8(
      reinterpret_cast<__m128i>(octets), reinterpret_cast<__m128i>(limit)));
#else
  return reinterpret_cast<Halves2>(octets > limit);
#endif
}
[[gnu::always_inline]] inline Halves2 Above(Numbers8 numbers, Numbers8 limit) {
#ifdef __SSE2__
  return reinterpret_cast<Halves2>(_mm_subs_epu16(
      reinterpret_cast<__m128i>(numbers), reinterpret_cast<__m128i>(limit)));
#else
  return reinterpret_cast<Halves2>(numbers > limit);
#endif
}

// Of each two numbers, below 2^15 all of them, the sum of both by their
// weights.
[[gnu::always_inline]] inline Sums4 WeightedPairs(Numbers8 numbers,
                                                  Numbers8 weights) {
#ifdef __SSE2__
  return reinterpret_cast<Sums4>(_mm_madd_epi16(
      reinterpret_cast<__m128i>(numbers), reinterpret_cast<__m128i>(weights)));
#else
  const auto pairs = reinterpret_cast<Sums4>(numbers);
  const auto by = reinterpret_cast<Sums4>(weights);
  return (pairs & 0xffff) * (by & 0xffff) + (pairs >> 16) * (by >> 16);
#endif
}

// A UTCTime: tag and length, YY, MM, DD, HH, MM, SS, and "Z" with whatever
// stands behind it.
struct UtcTime {
  // 0: tag, length and Z, and else digits, in their ranges but for the day.
  Halves2 bad;
  Numbers8 numbers;  // YY to SS at [1] to [6]
};
[[gnu::always_inline]] inline UtcTime ReadUtcTime(const uint8_t* p) {
  constexpr Octets16 kForm = {0x17, 0x0d, '0', '0', '0', '0', '0', '0',
                              '0',  '0',  '0', '0', '0', '0', 'Z', 0};
  constexpr Octets16 kHighest = {0, 0, 9, 9, 9, 9, 9, 9,
                                 9, 9, 9, 9, 9, 9, 0, 0xff};
  constexpr uint16_t kTens = 10 * 256 + 1;
  constexpr Numbers8 kPlaces = {0, kTens, kTens, kTens, kTens, kTens, kTens, 0};
  constexpr Numbers8 kLeast = {0, 0, 1, 1, 0, 0, 0, 0};
  constexpr Numbers8 kRange = {0, 99, 11, 30, 23, 59, 59, 0};
  // As '0' is 0x30, all that are no digits come out above 9.
  const Octets16 digits = Load<Octets16>(p) ^ kForm;
  // The tens come first, in the low octet: ten times them go to the high one.
  const Numbers8 numbers = (reinterpret_cast<Numbers8>(digits) * kPlaces) >> 8;
  return {Above(digits, kHighest) | Above(numbers - kLeast, kRange), numbers};
}

// Extensions that hold nothing but a reasonCode, and what stands behind them:
// 30 0c  30 0a  06 03 55 1d 15  04 03 0a 01 CODE
inline constexpr Octets16 kReasonForm = {0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03,
                                         0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a,
                                         0x01, 0,    0,    0};
inline constexpr Octets16 kReasonHighest = {0, 0, 0, 0, 0, 0,  0, 0,
                                            0, 0, 0, 0, 0, 10, 0, 0};
inline constexpr uint32_t kReasonOnlySize = 14;
// Which of these octets there have to be: none, or all with the code.
inline constexpr std::array<Halves2, 2> kReasonMasks = {
    Halves2{0, 0}, Halves2{~uint64_t{0}, ~uint64_t{0} >> 16}};
inline constexpr uint32_t kUtcTimeSize = 15;
// So many octets from an entry's start on are read at most, however long it is:
// up to the sixteen behind its time. Who fetches an entry fetches them all.
inline constexpr size_t kReadable =
    4 + SerialNumber::kMaxOctets + kUtcTimeSize + sizeof(Octets16);
// The codes 0 to 6, 9 and 10. removeFromCRL (8) is for delta CRLs alone, which
// takes the long way to tell.
inline constexpr uint64_t kUsualReasons = 0x67f;
inline constexpr uint32_t kAbsentReason = 255;

// SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time,
//            crlEntryExtensions Extensions OPTIONAL -- if present, v2 -- }
// from revocationDate on, where it is of the usual form and nothing before it
// was `bad` or `different`: then visit(reason, revocation_seconds), and true.
//
// The checks are masks: of conditional expressions compilers make branches, and
// whether an entry has a reason cannot be predicted. A wrong guess costs as
// much as to read the entry.
template <class Visit>
[[gnu::always_inline]] inline bool ReadFromTime(
    const uint8_t* time, uint32_t content_size, uint32_t serial_size,
    int version, uint32_t bad, Halves2 different, Visit&& visit) {
  // 0 where that is 0 or kReasonOnlySize, and never else: a difference of sizes
  // of one octet is too small for a product that wraps to 0.
  const uint32_t extensions_size =
      content_size - (2 + serial_size + kUtcTimeSize);
  bad |= extensions_size * (extensions_size ^ kReasonOnlySize);
  const auto has_reason = static_cast<uint32_t>(extensions_size != 0);
  const auto extensions = Load<Octets16>(time + kUtcTimeSize) ^ kReasonForm;
  const uint32_t code = time[kUtcTimeSize + kReasonOnlySize - 1];
  // A bit that kReasonOnlySize has.
  different |= Above(extensions, kReasonHighest) &
               kReasonMasks[extensions_size >> 1 & 1];
  bad |= (static_cast<uint32_t>(~(kUsualReasons >> (code & 63))) |
          static_cast<uint32_t>(version != 2)) &
         has_reason;

  const UtcTime utc = ReadUtcTime(time);
  different |= utc.bad;
  if ((bad | different[0] | different[1]) != 0) return false;
  constexpr Numbers8 kWeights = {0, 16, 1, 0, 3600, 60, 1, 0};
  // Year * 16, month, hour * 3600 + minute * 60, second; then sums of two each.
  const Sums4 sums = WeightedPairs(utc.numbers, kWeights);
  const Sums4 totals =
      sums + reinterpret_cast<Sums4>(reinterpret_cast<Halves2>(sums) >> 32);
  const size_t in_table = totals[0];
  const int64_t day =
      kMonthStarts[in_table] + int64_t{utc.numbers[3]} * kSecondsOfDay;
  if (day > kMonthStarts[in_table + 1]) return false;
  visit(has_reason != 0 ? code : kAbsentReason, day + totals[2]);
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
  const uint32_t bad =
      static_cast<uint32_t>(serial_size > 1) & ((nine & 0x1ff) <= 1);
  return ReadFromTime(
      p + 4 + serial_size, content_size, serial_size, version, bad, Halves2{},
      [&](uint32_t reason, int64_t revocation_seconds) {
        UsualEntry entry;
        entry.size = content_size + 2;
        entry.reason = reason;
        entry.revocation_seconds = revocation_seconds;
        const uint8_t* const masks = kSerialMasks[serial_size].data();
        entry.serial0 = Load<uint64_t>(p + 4) & Load<uint64_t>(masks);
        entry.serial1 = Load<uint64_t>(p + 12) & Load<uint64_t>(masks + 8);
        entry.serial2 = (Load<uint64_t>(p + 20) & Load<uint64_t>(masks + 16)) |
                        uint64_t{serial_size} << 56;
        visit(static_cast<const UsualEntry&>(entry));
      });
}

// As Read, where the serial is known, as the octets of a SerialNumber: true
// after visit(reason, revocation_seconds) where Read finds an entry with this
// very serial. Faster, for where everything stands is known before the entry's
// line has come. Reads kReadable octets, too.
template <class Visit>
[[gnu::always_inline]] inline bool ReadOf(const uint8_t* serial,
                                          const uint8_t* p, int version,
                                          Visit&& visit) {
  const uint32_t serial_size = serial[sizeof(SerialNumber) - 1];
  if (serial_size - 1 >= SerialNumber::kMaxOctets) return false;
  const uint8_t* const masks = kSerialMasks[serial_size].data();
  const auto head = Load<uint32_t>(p);
  const uint32_t bad = (head & 0xffff00ff) ^ (0x00020030 | serial_size << 24);
  // The second sixteen begin with the last eight of the first.
  const Halves2 different =
      ((Load<Halves2>(p + 4) ^ Load<Halves2>(serial)) & Load<Halves2>(masks)) |
      ((Load<Halves2>(p + 12) ^ Load<Halves2>(serial + 8)) &
       Load<Halves2>(masks + 8));
  return ReadFromTime(p + 4 + serial_size, head >> 8 & 0xff, serial_size,
                      version, bad, different, std::forward<Visit>(visit));
}

}  // namespace usual_entry
}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_USUAL_ENTRY_H_
