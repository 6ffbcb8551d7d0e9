// The batch algorithm over a Match: uint32_t(const SerialSetLine&, uint16_t),
// a mask of the slots (bit i: slot i) that hold the fingerprint. See kernel.h
// for why everything here is in an unnamed namespace.
#ifndef REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_
#define REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_

#include "engine/index/kernel.h"

namespace revstat {
namespace {

// A probe goes through four stages:
//   locate   hash; prefetch the line of fingerprints
//   match    compare the line; most probes of unlisted serials end here
//   fetch    read the offset of a match; prefetch the entry in the DER
//   confirm  compare the serial in the DER
// Locate runs kAhead probes ahead of match, one by one, so that a steady number
// of lines is on its way; bench/README.md has the figures for other distances
// and for whole blocks. The last two stages see matches only and take them in
// blocks, each a block behind the stage before.
constexpr size_t kAhead = 48;
constexpr size_t kRing = 64;  // a power of two above kAhead
constexpr size_t kBlock = 64;
constexpr size_t kHitBlocks = 3;

// Questions about one set.
struct OneSet {
  const SerialSet& the_set;
  const uint8_t* serials;
  size_t stride;

  const SerialSet& set(size_t) const { return the_set; }
  const uint8_t* serial(size_t i) const { return serials + i * stride; }
};

// Questions about sets of their own.
struct ManySets {
  const Probe* probes;

  const SerialSet& set(size_t i) const { return *probes[i].set; }
  const uint8_t* serial(size_t i) const {
    return reinterpret_cast<const uint8_t*>(probes[i].serial);
  }
};

struct Serial {
  uint64_t words[3];
};

inline Serial LoadSerial(const uint8_t* serial) {
  Serial loaded;
  __builtin_memcpy(loaded.words, serial, sizeof(loaded.words));
  return loaded;
}

// KeyedHash, on plain words.
inline uint64_t HashOf(const SerialSet& set, const Serial& serial) {
  const auto& w = serial.words;
  return KeyedHash(SerialSetAccess::key(set), {w[0], w[1], w[2]});
}

// True where the entry at `offset` has the usual one-octet length and this very
// serial. False decides nothing.
inline bool QuickConfirm(const SerialSet& set, uint32_t offset,
                         const Serial& serial) {
  if (offset == SerialSet::kNotListed ||
      offset + uint64_t{4 + 24} > SerialSetAccess::der_size(set)) {
    return false;
  }
  const uint8_t* entry = SerialSetAccess::der(set) + offset;
  const uint64_t octets = serial.words[2] >> 56;
  if (entry[1] >= 0x80 || entry[3] != octets) return false;
  const Serial listed = LoadSerial(entry + 4);
  // Octets behind the serial are zero on one side and the date on the other.
  const auto mask = [octets](uint64_t word) {
    const uint64_t used = octets > 8 * word ? octets - 8 * word : 0;
    return used >= 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * used)) - 1;
  };
  return (((serial.words[0] ^ listed.words[0]) & mask(0)) |
          ((serial.words[1] ^ listed.words[1]) & mask(1)) |
          ((serial.words[2] ^ listed.words[2]) & mask(2))) == 0;
}

// All the lines and slots that may hold the serial, as SerialSet::Find does.
template <class Match>
uint32_t FindFromLine(const SerialSet& set, const SerialSetLine* line,
                      uint16_t fingerprint, const uint8_t* serial,
                      Match match) {
  const SerialSetLine* const end =
      SerialSetAccess::lines(set) + SerialSetAccess::line_count(set);
  for (; line != end; ++line) {
    for (uint32_t mask = match(*line, fingerprint); mask != 0;
         mask &= mask - 1) {
      const uint64_t rank =
          uint64_t{line->rank} + static_cast<uint32_t>(__builtin_ctz(mask));
      if (rank >= SerialSetAccess::entry_count(set)) continue;
      const uint32_t offset = SerialSetAccess::offsets(set)[rank];
      if (QuickConfirm(set, offset, LoadSerial(serial)) ||
          SerialSetAccess::Confirm(set, offset, serial)) {
        return offset;
      }
    }
    if ((line->overflow & OverflowBit(fingerprint)) == 0) break;
  }
  return SerialSet::kNotListed;
}

// One probe, stage after stage.
template <class Match>
uint32_t RunOne(const SerialSet& set, const SerialNumber& serial, Match match) {
  const auto* octets = reinterpret_cast<const uint8_t*>(&serial);
  const SerialSetHome home = HomeOf(HashOf(set, LoadSerial(octets)),
                                    SerialSetAccess::partition_bits(set),
                                    SerialSetAccess::bucket_count(set));
  return FindFromLine(set, SerialSetAccess::lines(set) + home.bucket,
                      home.fingerprint, octets, match);
}

template <class Questions, class Match>
class Batch {
 public:
  Batch(const Questions& questions, size_t count, uint32_t* offsets,
        Match match)
      : questions_(questions),
        count_(count),
        offsets_(offsets),
        match_(match) {}

  void Run() {
    const size_t ahead = count_ < kAhead ? count_ : kAhead;
    for (size_t i = 0; i < ahead; ++i) Locate(i);
    const size_t blocks = (count_ + kBlock - 1) / kBlock;
    for (size_t b = 0; b < blocks + kHitBlocks - 1; ++b) {
      // Each stage frees the block that the stage before it wants next.
      if (b >= 2) Confirm(hits_[(b - 2) % kHitBlocks]);
      if (b >= 1 && b - 1 < blocks) Fetch(hits_[(b - 1) % kHitBlocks]);
      if (b < blocks) MatchBlock(b * kBlock, hits_[b % kHitBlocks]);
    }
  }

 private:
  struct Located {
    const SerialSetLine* line;
    uint64_t fingerprint;
  };
  struct Hit {
    const SerialSetLine* line;
    uint64_t rank;  // of the first match; kNoRank: only the overflow bit
    uint32_t probe;
    uint32_t offset;
  };
  struct HitBlock {
    size_t size = 0;
    Hit hits[kBlock];
  };
  static constexpr uint64_t kNoRank = ~uint64_t{0};

  void Locate(size_t i) {
    const SerialSet& set = questions_.set(i);
    const SerialSetHome home =
        HomeOf(HashOf(set, LoadSerial(questions_.serial(i))),
               SerialSetAccess::partition_bits(set),
               SerialSetAccess::bucket_count(set));
    const SerialSetLine* const line = SerialSetAccess::lines(set) + home.bucket;
    __builtin_prefetch(line);
    ring_[i % kRing] = {line, home.fingerprint};
  }

  void MatchOne(size_t i, HitBlock& block) {
    const Located located = ring_[i % kRing];
    const SerialSetLine& line = *located.line;
    const auto fingerprint = static_cast<uint16_t>(located.fingerprint);
    const uint32_t mask = match_(line, fingerprint);
    const uint32_t goes_on = line.overflow & OverflowBit(fingerprint);
    offsets_[i] = SerialSet::kNotListed;
    // Without a branch: whether a serial is listed cannot be predicted.
    Hit& hit = block.hits[block.size];
    hit.line = &line;
    hit.rank = mask != 0 ? uint64_t{line.rank} +
                               static_cast<uint32_t>(__builtin_ctz(mask))
                         : kNoRank;
    hit.probe = static_cast<uint32_t>(i);
    block.size += (mask | goes_on) != 0 ? 1 : 0;
  }

  void MatchBlock(size_t begin, HitBlock& block) {
    block.size = 0;
    const size_t end = begin + kBlock < count_ ? begin + kBlock : count_;
    const size_t to_locate = count_ < kAhead ? 0 : count_ - kAhead;
    size_t i = begin;
    for (; i < end && i < to_locate; ++i) {
      Locate(i + kAhead);
      MatchOne(i, block);
    }
    for (; i < end; ++i) MatchOne(i, block);
    for (size_t k = 0; k < block.size; ++k) {
      const Hit& hit = block.hits[k];
      const SerialSet& set = questions_.set(hit.probe);
      if (hit.rank == kNoRank) {
        __builtin_prefetch(hit.line + 1);
      } else {
        __builtin_prefetch(SerialSetAccess::offsets(set) + hit.rank);
      }
    }
  }

  void Fetch(HitBlock& block) {
    for (size_t k = 0; k < block.size; ++k) {
      Hit& hit = block.hits[k];
      const SerialSet& set = questions_.set(hit.probe);
      hit.offset = SerialSet::kNotListed;
      if (hit.rank >= SerialSetAccess::entry_count(set)) continue;
      hit.offset = SerialSetAccess::offsets(set)[hit.rank];
      const uint8_t* const entry = SerialSetAccess::der(set) + hit.offset;
      __builtin_prefetch(entry);
      __builtin_prefetch(entry + 40);  // an entry of the usual size ends there
    }
  }

  void Confirm(const HitBlock& block) {
    for (size_t k = 0; k < block.size; ++k) {
      const Hit& hit = block.hits[k];
      const SerialSet& set = questions_.set(hit.probe);
      const uint8_t* const octets = questions_.serial(hit.probe);
      const Serial serial = LoadSerial(octets);
      if (QuickConfirm(set, hit.offset, serial)) {
        offsets_[hit.probe] = hit.offset;
        continue;
      }
      // A fingerprint shared by chance, or an overflowing line: about one probe
      // in fifty.
      const SerialSetHome home =
          HomeOf(HashOf(set, serial), SerialSetAccess::partition_bits(set),
                 SerialSetAccess::bucket_count(set));
      offsets_[hit.probe] =
          FindFromLine(set, hit.line, home.fingerprint, octets, match_);
    }
  }

  const Questions questions_;
  const size_t count_;
  uint32_t* const offsets_;
  const Match match_;
  Located ring_[kRing];
  HitBlock hits_[kHitBlocks];
};

template <class Match>
void RunBatch(const Probe* probes, size_t count, uint32_t* offsets,
              Match match) {
  Batch<ManySets, Match>(ManySets{probes}, count, offsets, match).Run();
}

template <class Match>
void RunBatch(const SerialSet& set, const SerialColumn& serials, size_t count,
              uint32_t* offsets, Match match) {
  const OneSet questions{set, reinterpret_cast<const uint8_t*>(serials.first),
                         serials.stride};
  Batch<OneSet, Match>(questions, count, offsets, match).Run();
}

}  // namespace
}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_
