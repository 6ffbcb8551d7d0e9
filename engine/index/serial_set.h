// SerialSet: which serials a CRL lists, and where in its DER each entry stands.
//
// The bytes (FORMAT.md beside this file) are position-independent, in memory as
// in a segment's file. A line of 64 octets holds 29 fingerprints of 16 bits and
// is all that a serial that is not listed touches; a second plane holds the
// entries' offsets, read on a fingerprint match only. Every match is confirmed
// against the serial in the DER, so answers are exact.
//
// Lifetime: a SerialSet borrows the index bytes and the CRL's DER.
// Thread-safety: immutable. Cost: one cache line for a serial that is not
// listed (two where it is asked for alone), one more and one or two of the DER
// for one that is; no allocation, no lock, no failure. Memory: about 6.9 octets
// an entry.
#ifndef REVSTAT_ENGINE_INDEX_SERIAL_SET_H_
#define REVSTAT_ENGINE_INDEX_SERIAL_SET_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/prefetch.h"
#include "engine/base/serial_number.h"
#include "engine/index/keyed_hash.h"

namespace revstat {

// One cache line of fingerprints.
struct alignas(64) SerialSetLine {
  static constexpr unsigned kSlots = 29;
  static constexpr unsigned kOverflowClasses = 16;

  uint32_t rank;      // of the first slot in the plane of offsets
  uint16_t overflow;  // bit c: fingerprints of class c went on behind
  uint16_t fingerprint[kSlots];  // 0: empty
};
static_assert(sizeof(SerialSetLine) == 64);

// The start of the index bytes; see FORMAT.md. Little-endian.
struct alignas(64) SerialSetHeader {
  static constexpr uint64_t kMagic = 0x3274657356525352;  // "RSRVset2"

  uint64_t magic;
  uint64_t line_count;
  uint64_t bucket_count;  // lines that a hash can choose; the rest is overflow
  uint64_t entry_count;
  HashKey key;
  uint32_t partition_bits;
  uint32_t reserved[9];
  uint64_t checksum;  // of all octets before this one
};
static_assert(sizeof(SerialSetHeader) == 128);

// What `checksum` has to be.
uint64_t ChecksumOf(const SerialSetHeader& header);

// Where a hash sends a serial.
struct SerialSetHome {
  uint64_t bucket;
  uint16_t fingerprint;
};

// Where lookups in a set begin. 16 octets: tables of these serve batches over
// many sets that have one key.
struct SerialSetHead {
  const SerialSetLine* lines;
  uint32_t bucket_count;
  uint32_t partition_bits;
};

// Aligned so that what a probe of an unlisted serial reads of it, the first
// members, is one cache line.
class alignas(64) SerialSet {
 public:
  // What Find returns for a serial that is not listed. No entry is at offset 0:
  // the CertificateList itself begins there.
  static constexpr uint32_t kNotListed = 0;

  // The empty set: lists nothing.
  SerialSet() : lines_(&kNoEntries), bucket_count_(1), line_count_(1) {}

  // Reads index bytes made for the CRL `der`. Fails with kBadIndex where sizes
  // do not agree or the header is damaged, which would hide every entry; damage
  // inside the planes can give a wrong answer (the store keeps a checksum
  // against that) but never a read outside index and DER.
  static absl::StatusOr<SerialSet> Open(Bytes index, Bytes der);

  // The offset in the DER of the entry that lists this serial, or kNotListed.
  // This is the reference: the batch kernels must agree with it.
  uint32_t Find(const SerialNumber& serial) const;

  uint64_t size() const { return entry_count_; }
  const HashKey& key() const { return key_; }
  SerialSetHead head() const {
    return {lines_, bucket_count_, partition_bits_};
  }

  // The serial of an entry by its position in the index; nothing where no entry
  // stands there. A random read of the DER.
  std::optional<SerialNumber> SerialAt(uint64_t rank) const;

  // Whether Find finds the last entry in the order of the index; true for the
  // empty set. False where the planes were lost, or are not of this DER. Three
  // random reads.
  bool FindsItsEnd() const;

  // Calls visit(const std::array<uint64_t, 3>&) with the Words() of each serial
  // listed, once, in the order of the index. Random reads of the DER.
  template <class Visit>
  void ForEachSerial(Visit&& visit) const {
    constexpr uint64_t kAhead = 16;
    for (uint64_t rank = 0; rank < entry_count_; ++rank) {
      if (rank + kAhead < entry_count_) PrefetchSerial(offsets_[rank + kAhead]);
      std::array<uint64_t, 3> words;
      if (ReadSerial(offsets_[rank], &words)) visit(words);
    }
  }

 private:
  friend struct SerialSetAccess;

  bool Confirm(uint32_t offset, const SerialNumber& serial) const;
  // False, and zeros, where no serial that Confirm could accept stands there.
  bool ReadSerial(uint32_t offset, std::array<uint64_t, 3>* words) const;
  // Never read as it stands: it need not be inside the DER.
  [[gnu::always_inline]] void PrefetchSerial(uint32_t offset) const {
    constexpr uintptr_t kLast = 4 + SerialNumber::kMaxOctets - 1;
    const uintptr_t entry = reinterpret_cast<uintptr_t>(der_.data()) + offset;
    __builtin_prefetch(reinterpret_cast<const void*>(entry), 0,
                       kIntoSecondLevel);
    __builtin_prefetch(reinterpret_cast<const void*>(entry + kLast), 0,
                       kIntoSecondLevel);
  }
  uint32_t FindFrom(uint64_t line, uint16_t fingerprint,
                    const SerialNumber& serial) const;

  static const SerialSetLine kNoEntries;

  // The first cache line of it.
  const SerialSetLine* lines_;
  HashKey key_;
  uint32_t bucket_count_;  // 1 or more, so that a line can always be read
  uint32_t partition_bits_ = 0;
  // The second.
  const uint32_t* offsets_ = nullptr;
  uint64_t line_count_;
  uint64_t entry_count_ = 0;
  Bytes der_;
};
static_assert(sizeof(SerialSet) == 128);

// The hash cut up: partition and position choose the bucket, the 16 bits behind
// them are the fingerprint, never 0.
inline constexpr uint32_t kPositionBits = 16;
[[gnu::always_inline]] inline SerialSetHome HomeOf(uint64_t hash,
                                                   uint32_t partition_bits,
                                                   uint64_t bucket_count) {
  using Wide = unsigned __int128;
  const uint32_t bits = partition_bits + kPositionBits;
  // As a fraction of 1, so that the line is the high word of one product:
  // position x bucket_count >> bits, as FORMAT.md has it.
  const uint64_t position = hash & ~uint64_t{0} << (64 - bits);
  const uint64_t fingerprint = hash << bits >> 48;
  return {static_cast<uint64_t>(Wide{position} * bucket_count >> 64),
          static_cast<uint16_t>(fingerprint + (fingerprint == 0 ? 1 : 0))};
}

[[gnu::always_inline]] inline uint16_t OverflowBit(uint16_t fingerprint) {
  return static_cast<uint16_t>(
      1u << (fingerprint % SerialSetLine::kOverflowClasses));
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_SERIAL_SET_H_
