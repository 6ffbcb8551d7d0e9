// The batch algorithm over a Match: uint32_t(const SerialSetLine&, uint16_t),
// a mask of the slots (bit i: slot i) that hold the fingerprint. See kernel.h
// for why everything here is in an unnamed namespace.
#ifndef REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_
#define REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_

#include "engine/index/kernel.h"

namespace revstat {
namespace {

// A probe goes through these stages:
//   locate   hash; prefetch the line of fingerprints
//   match    compare the line; most probes of unlisted serials end here, and
//            what is left is a candidate
//   follow   read the line behind one that overflowed
//   fetch    read the offset; prefetch the entry in the DER
//   confirm  compare the serial in the DER
// Locate runs a block of probes ahead of match, so that a steady number of
// lines is on its way. Neither has a branch that depends on the data: it would
// be mispredicted. The last three stages see candidates only, as many together
// as there are. bench/README.md has the figures for other ways.
constexpr size_t kBlock = 64;
constexpr size_t kCandidates = 4 * kBlock;

// A set with no more lines than this, a delta say, is in the cache anyway after
// the first probes: nothing is to be gained by looking ahead.
constexpr uint64_t kSmallSet = 1024;

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

// Appends to `found` what is listed, in the order of the questions.
template <class Questions, class Match>
class Batch {
 public:
  Batch(const Questions& questions, size_t count, ListedSerial* found,
        Match match)
      : questions_(questions), count_(count), found_(found), match_(match) {}

  size_t Run() {
    Locate(0);
    for (size_t begin = 0; begin < count_; begin += kBlock) {
      Locate(begin + kBlock);
      const size_t end = Min(begin + kBlock, count_);
      for (size_t i = begin; i < end; ++i) MatchOne(i, ring_[i % kRing]);
      if (size_ > kCandidates - kBlock) Resolve();
    }
    Resolve();
    return found_count_;
  }

  // The same without looking ahead for lines.
  size_t RunSmall() {
    for (size_t begin = 0; begin < count_; begin += kBlock) {
      const size_t end = Min(begin + kBlock, count_);
      for (size_t i = begin; i < end; ++i) MatchOne(i, Home(i));
      if (size_ > kCandidates - kBlock) Resolve();
    }
    Resolve();
    return found_count_;
  }

 private:
  struct Located {
    const SerialSetLine* line;
    uint64_t fingerprint;
  };
  struct Candidate {
    const SerialSetLine* line;
    uint32_t mask;  // of the slots that match; 0: the search goes on behind
    uint32_t probe;
    uint32_t fingerprint;
    uint32_t offset;
  };
  static constexpr size_t kRing = 2 * kBlock;

  static size_t Min(size_t a, size_t b) { return a < b ? a : b; }

  Located Home(size_t i) const {
    const SerialSet& set = questions_.set(i);
    const SerialSetHome home =
        HomeOf(HashOf(set, LoadSerial(questions_.serial(i))),
               SerialSetAccess::partition_bits(set),
               SerialSetAccess::bucket_count(set));
    return {SerialSetAccess::lines(set) + home.bucket, home.fingerprint};
  }

  // The block that begins there.
  void Locate(size_t begin) {
    const size_t end = Min(begin + kBlock, count_);
    for (size_t i = begin; i < end; ++i) {
      const Located located = Home(i);
      __builtin_prefetch(located.line);
      ring_[i % kRing] = located;
    }
  }

  static uint32_t GoesOn(const SerialSetLine& line, uint32_t fingerprint) {
    return line.overflow & OverflowBit(static_cast<uint16_t>(fingerprint));
  }

  // Without a branch: whether a serial is listed cannot be predicted.
  void MatchOne(size_t i, const Located& located) {
    const SerialSetLine& line = *located.line;
    const auto fingerprint = static_cast<uint16_t>(located.fingerprint);
    Candidate& candidate = candidates_[size_];
    candidate.line = &line;
    candidate.mask = match_(line, fingerprint);
    candidate.probe = static_cast<uint32_t>(i);
    candidate.fingerprint = fingerprint;
    size_ += (candidate.mask | GoesOn(line, fingerprint)) != 0 ? 1 : 0;
  }

  void Resolve() {
    FollowOverflow();
    FetchOffsets();
    Confirm();
    size_ = 0;
  }

  static uint64_t RankOf(const Candidate& candidate) {
    return uint64_t{candidate.line->rank} +
           static_cast<uint32_t>(__builtin_ctz(candidate.mask));
  }

  // Never read as it stands: it need not be inside the plane.
  const void* NextOf(const Candidate& candidate) const {
    if (candidate.mask == 0) return candidate.line + 1;
    const uint32_t* const offsets =
        SerialSetAccess::offsets(questions_.set(candidate.probe));
    return reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(offsets) +
                                         RankOf(candidate) * sizeof(uint32_t));
  }

  // Drops those whose next line ends the search. What may be further behind
  // stays, with an empty mask.
  void FollowOverflow() {
    // Not in a function of its own: g++ 12 sees no effect in it and drops it.
    for (size_t k = 0; k < size_; ++k)
      __builtin_prefetch(NextOf(candidates_[k]));
    size_t kept = 0;
    for (size_t k = 0; k < size_; ++k) {
      Candidate candidate = candidates_[k];
      const SerialSet& set = questions_.set(candidate.probe);
      const SerialSetLine* const last =
          SerialSetAccess::lines(set) + SerialSetAccess::line_count(set) - 1;
      const bool is_next = candidate.mask == 0 && candidate.line != last;
      candidate.line += is_next ? 1 : 0;
      candidate.mask =
          match_(*candidate.line, static_cast<uint16_t>(candidate.fingerprint));
      candidates_[kept] = candidate;
      kept +=
          (candidate.mask | GoesOn(*candidate.line, candidate.fingerprint)) != 0
              ? 1
              : 0;
    }
    size_ = kept;
  }

  void FetchOffsets() {
    for (size_t k = 0; k < size_; ++k) {
      Candidate& candidate = candidates_[k];
      const SerialSet& set = questions_.set(candidate.probe);
      candidate.offset = SerialSet::kNotListed;
      if (candidate.mask == 0) continue;
      const uint64_t rank = RankOf(candidate);
      if (rank >= SerialSetAccess::entry_count(set)) continue;
      candidate.offset = SerialSetAccess::offsets(set)[rank];
      const uint8_t* const entry = SerialSetAccess::der(set) + candidate.offset;
      __builtin_prefetch(entry);
      __builtin_prefetch(entry + 40);  // one of the usual size ends there
    }
  }

  void Confirm() {
    for (size_t k = 0; k < size_; ++k) {
      const Candidate& candidate = candidates_[k];
      const SerialSet& set = questions_.set(candidate.probe);
      const uint8_t* const octets = questions_.serial(candidate.probe);
      uint32_t offset = candidate.offset;
      if (!QuickConfirm(set, offset, LoadSerial(octets))) {
        // A fingerprint shared by chance, an unusual entry, or one that was
        // carried over several lines.
        offset = FindFromLine(set, candidate.line,
                              static_cast<uint16_t>(candidate.fingerprint),
                              octets, match_);
      }
      if (offset != SerialSet::kNotListed)
        found_[found_count_++] = {candidate.probe, offset};
    }
  }

  const Questions questions_;
  const size_t count_;
  ListedSerial* const found_;
  const Match match_;
  size_t found_count_ = 0;
  size_t size_ = 0;  // of candidates_
  Located ring_[kRing];
  Candidate candidates_[kCandidates];
};

template <class Match>
size_t RunBatch(const Probe* probes, size_t count, ListedSerial* found,
                Match match) {
  return Batch<ManySets, Match>(ManySets{probes}, count, found, match).Run();
}

template <class Match>
size_t RunBatch(const SerialSet& set, const SerialColumn& serials, size_t count,
                ListedSerial* found, Match match) {
  const OneSet questions{set, reinterpret_cast<const uint8_t*>(serials.first),
                         serials.stride};
  Batch<OneSet, Match> batch(questions, count, found, match);
  return SerialSetAccess::line_count(set) <= kSmallSet ? batch.RunSmall()
                                                       : batch.Run();
}

// The candidates of one block of probes, and then of the next, so that the
// parts' numbers are on their way meanwhile. Lines are located kAhead probes
// ahead.
template <class Match>
class Routing {
  static constexpr size_t kAhead = 48;
  static constexpr size_t kRing = 64;  // a power of two above kAhead

 public:
  Routing(const SerialSet& table, const SerialColumn& serials, size_t count,
          RoutedSerial* found, size_t capacity, Match match)
      : questions_{table, reinterpret_cast<const uint8_t*>(serials.first),
                   serials.stride},
        count_(count),
        found_(found),
        capacity_(capacity),
        match_(match) {}

  size_t Run() {
    for (size_t i = 0; i < count_ && i < kAhead; ++i) Locate(i);
    size_t pending = 0;
    for (size_t begin = 0; begin < count_; begin += kBlock) {
      const size_t other = begin / kBlock % 2;
      const size_t matched = MatchBlock(begin, matches_[other]);
      if (!Expand(matches_[1 - other], pending)) return kTooManyRouted;
      pending = matched;
    }
    const size_t last = count_ == 0 ? 0 : (count_ - 1) / kBlock % 2;
    return Expand(matches_[last], pending) ? found_count_ : kTooManyRouted;
  }

 private:
  struct Located {
    const SerialSetLine* line;
    uint64_t fingerprint;
  };
  struct Matched {
    Located located;
    uint32_t mask;
    uint32_t probe;
  };

  void Locate(size_t i) {
    const SerialSet& table = questions_.the_set;
    const SerialSetHome home =
        HomeOf(HashOf(table, LoadSerial(questions_.serial(i))),
               SerialSetAccess::partition_bits(table),
               SerialSetAccess::bucket_count(table));
    const SerialSetLine* line = SerialSetAccess::lines(table) + home.bucket;
    __builtin_prefetch(line);
    ring_[i % kRing] = {line, home.fingerprint};
  }

  size_t MatchBlock(size_t begin, Matched* matches) {
    size_t matched = 0;
    const size_t end = begin + kBlock < count_ ? begin + kBlock : count_;
    for (size_t i = begin; i < end; ++i) {
      const Located located = ring_[i % kRing];
      if (i + kAhead < count_) Locate(i + kAhead);
      const SerialSetLine& line = *located.line;
      const auto fingerprint = static_cast<uint16_t>(located.fingerprint);
      const uint32_t mask = match_(line, fingerprint);
      const uint32_t goes_on = line.overflow & OverflowBit(fingerprint);
      // Without a branch: whether a serial is listed cannot be predicted.
      matches[matched] = {located, mask, static_cast<uint32_t>(i)};
      matched += (mask | goes_on) != 0 ? 1 : 0;
    }
    const uint32_t* const parts = SerialSetAccess::offsets(questions_.the_set);
    for (size_t k = 0; k < matched; ++k)
      __builtin_prefetch(parts + matches[k].located.line->rank);
    return matched;
  }

  // Every slot that may be the serial's: a serial is in as many parts as it
  // likes. False where there is no room for them.
  bool Expand(const Matched* matches, size_t count) {
    const SerialSet& table = questions_.the_set;
    const SerialSetLine* const end =
        SerialSetAccess::lines(table) + SerialSetAccess::line_count(table);
    for (size_t k = 0; k < count; ++k) {
      const SerialSetLine* line = matches[k].located.line;
      const auto fingerprint =
          static_cast<uint16_t>(matches[k].located.fingerprint);
      uint32_t mask = matches[k].mask;
      for (;;) {
        for (; mask != 0; mask &= mask - 1) {
          const uint64_t rank =
              uint64_t{line->rank} + static_cast<uint32_t>(__builtin_ctz(mask));
          if (rank >= SerialSetAccess::entry_count(table)) continue;
          if (found_count_ == capacity_) return false;
          found_[found_count_++] = {matches[k].probe,
                                    SerialSetAccess::offsets(table)[rank]};
        }
        if ((line->overflow & OverflowBit(fingerprint)) == 0) break;
        if (++line == end) break;
        mask = match_(*line, fingerprint);
      }
    }
    return true;
  }

  const OneSet questions_;
  const size_t count_;
  RoutedSerial* const found_;
  const size_t capacity_;
  const Match match_;
  size_t found_count_ = 0;
  Located ring_[kRing];
  Matched matches_[2][kBlock];
};

template <class Match>
size_t RunRouting(const SerialSet& table, const SerialColumn& serials,
                  size_t count, RoutedSerial* found, size_t capacity,
                  Match match) {
  return Routing<Match>(table, serials, count, found, capacity, match).Run();
}

}  // namespace
}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_
