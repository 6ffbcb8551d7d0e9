// The batch algorithm over a Match: uint32_t(const SerialSetLine&, uint16_t),
// a mask of the slots (bit i: slot i) that hold the fingerprint. See kernel.h
// for why everything here is in an unnamed namespace.
#ifndef REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_
#define REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_

#include "engine/base/prefetch.h"
#include "engine/index/kernel.h"
#include "engine/x509/usual_entry.h"

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
// So many candidates are fetched before those of the step before are confirmed.
constexpr size_t kStep = 128;
// So many before its turn a line comes from the second-level cache, where it
// was fetched to, into the first.
constexpr size_t kNear = 6;
// What is near has been located, or fetched, unless it is behind the last.
static_assert(kNear <= kBlock && kNear <= kStep);

// So many serials or more are mostly followed by others, of the next batch:
// these come while the lines do.
constexpr size_t kFullBatch = 512;

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
  // Never read as it stands: it may be behind the last.
  void PrefetchFrom(size_t i, size_t ahead) const {
    __builtin_prefetch(reinterpret_cast<const void*>(
        reinterpret_cast<uintptr_t>(serials) + (i + ahead) * stride));
  }
};

// Questions about sets of their own.
struct ManySets {
  const Probe* probes;

  const SerialSet& set(size_t i) const { return *probes[i].set; }
  const uint8_t* serial(size_t i) const {
    return reinterpret_cast<const uint8_t*>(probes[i].serial);
  }
  void PrefetchFrom(size_t, size_t) const {}
};

inline LocatedSerial LocateIn(const SerialSet& set, const uint8_t* serial) {
  // Word by word, as SerialNumber::Words does.
  uint64_t w0, w1, w2;
  __builtin_memcpy(&w0, serial, sizeof(w0));
  __builtin_memcpy(&w1, serial + 8, sizeof(w1));
  __builtin_memcpy(&w2, serial + 16, sizeof(w2));
  return Locate(set.head(), KeyedHash(set.key(), {w0, w1, w2}));
}

// True where the entry at `offset` has the usual form and this very serial;
// then `found` has what it says. False decides nothing.
[[gnu::always_inline]] inline bool ReadUsual(const SerialSet& set,
                                             uint32_t offset,
                                             const uint8_t* serial,
                                             ListedSerial* found) {
  if (offset + uint64_t{usual_entry::kReadable} >
      SerialSetAccess::der_size(set)) {
    return false;
  }
  // A CRL of version 1 has no reasons: that was checked when it was taken in.
  constexpr int kVersion = 2;
  return usual_entry::ReadOf(serial, SerialSetAccess::der(set) + offset,
                             kVersion,
                             [found](uint32_t reason, int64_t seconds) {
                               found->reason = reason;
                               found->revocation_seconds = seconds;
                             });
}

// True where there is an entry at `offset` and has this serial; then `found`
// has what it says, as far as that is read.
[[gnu::always_inline]] inline bool Confirm(const SerialSet& set,
                                           uint32_t offset,
                                           const uint8_t* serial,
                                           ListedSerial* found) {
  found->offset = offset;
  if (offset == SerialSet::kNotListed) return false;
  if (ReadUsual(set, offset, serial, found)) return true;
  found->reason = ListedSerial::kNotRead;
  return SerialSetAccess::Confirm(set, offset, serial);
}

// All the lines and slots that may hold the serial, as SerialSet::Find does.
template <class Match>
[[gnu::noinline]] bool FindFromLine(const SerialSet& set,
                                    const LocatedSerial& located,
                                    const uint8_t* serial, ListedSerial* found,
                                    Match match) {
  const auto fingerprint = static_cast<uint16_t>(located.fingerprint);
  const SerialSetLine* const end =
      SerialSetAccess::lines(set) + SerialSetAccess::line_count(set);
  for (const SerialSetLine* line = located.line; line != end; ++line) {
    for (uint32_t mask = match(*line, fingerprint); mask != 0;
         mask &= mask - 1) {
      const uint64_t rank =
          uint64_t{line->rank} + static_cast<uint32_t>(__builtin_ctz(mask));
      if (rank < SerialSetAccess::entry_count(set) &&
          Confirm(set, SerialSetAccess::offsets(set)[rank], serial, found)) {
        return true;
      }
    }
    if ((line->overflow & OverflowBit(fingerprint)) == 0) break;
  }
  found->offset = SerialSet::kNotListed;
  return false;
}

// A hit waits for three lines in turn, and for the page of each to be looked
// up. Where the offset will be is known about before the line has come, as
// hashes spread evenly: some 500 entries off at most in a million, 1600 in ten.
// Asking for that place finds the page, or what leads to pages near it. It
// costs who is not listed a line, too, but no time: nothing waits for it.
[[gnu::always_inline]] inline void PrefetchNearOffset(
    const SerialSet& set, const SerialSetLine* line) {
  const SerialSetHead head = set.head();
  const auto bucket = static_cast<uint64_t>(line - head.lines);
  const uint64_t rank =
      bucket * SerialSetAccess::entry_count(set) / head.bucket_count;
  __builtin_prefetch(SerialSetAccess::offsets(set) + rank);
}

// One probe, stage after stage.
template <class Match>
ListedSerial RunOne(const SerialSet& set, const SerialNumber& serial,
                    const LocatedSerial& located, Match match) {
  PrefetchNearOffset(set, located.line);
  ListedSerial found = {};
  FindFromLine(set, located, reinterpret_cast<const uint8_t*>(&serial), &found,
               match);
  return found;
}

// Appends to `found` what is listed, in the order of the questions.
template <class Questions, class Match>
class Batch {
 public:
  Batch(const Questions& questions, size_t count, ListedSerial* found,
        Match match)
      : questions_(questions),
        count_(count),
        serials_ahead_(count < kFullBatch ? 0 : kFullBatch),
        found_(found),
        match_(match) {}

  size_t Run() {
    if (count_ == 0) return 0;
    Locate(0);
    // What is asked for near the last ones.
    for (size_t i = count_; i < Min(count_ + kNear, kRing); ++i)
      ring_[i] = ring_[0];
    for (size_t begin = 0; begin < count_; begin += kBlock) {
      Locate(begin + kBlock);
      const size_t end = Min(begin + kBlock, count_);
      const LocatedSerial* const block = &ring_[begin % kRing];
      // Not size_ itself, which would be stored for each.
      size_t size = size_;
      for (size_t i = begin; i < end; ++i) {
        __builtin_prefetch(ring_[(i + kNear) % kRing].line);
        size += MatchOne(i, block[i - begin], &candidates_[size]);
      }
      size_ = size;
      if (size_ > kCandidates - kBlock) Resolve();
    }
    Resolve();
    return found_count_;
  }

  // The same without looking ahead for lines.
  size_t RunSmall() {
    for (size_t begin = 0; begin < count_; begin += kBlock) {
      const size_t end = Min(begin + kBlock, count_);
      for (size_t i = begin; i < end; ++i)
        size_ += MatchOne(i, LocateIn(questions_.set(i), questions_.serial(i)),
                          &candidates_[size_]);
      if (size_ > kCandidates - kBlock) Resolve();
    }
    Resolve();
    return found_count_;
  }

 private:
  struct Candidate {
    LocatedSerial at;
    uint64_t rank;  // of the first slot that matches, or kNoRank
    uint32_t mask;  // of the slots that match; 0: none does
    uint32_t probe;
    uint32_t offset;  // of the entry
  };
  static constexpr uint64_t kNoRank = ~uint64_t{0};
  static constexpr size_t kRing = 2 * kBlock;

  static size_t Min(size_t a, size_t b) { return a < b ? a : b; }

  // The block that begins there. Prefetches that find no room hold up what is
  // behind them: in a loop of their own that is the block before, which can be
  // matched meanwhile, and among the hashes it is the next hash.
  void Locate(size_t begin) {
    const size_t end = Min(begin + kBlock, count_);
    LocatedSerial* const block = &ring_[begin % kRing];
    for (size_t i = begin; i < end; ++i) {
      block[i - begin] = LocateIn(questions_.set(i), questions_.serial(i));
      questions_.PrefetchFrom(i, serials_ahead_);
    }
    for (size_t i = begin; i < end; ++i)
      __builtin_prefetch(block[i - begin].line, 0, kIntoSecondLevel);
  }

  static uint32_t GoesOn(const SerialSetLine& line, uint32_t fingerprint) {
    return line.overflow & OverflowBit(static_cast<uint16_t>(fingerprint));
  }

  // 1 where it is a candidate. Without a branch: whether a serial is listed
  // cannot be predicted.
  size_t MatchOne(size_t i, const LocatedSerial& at,
                  Candidate* candidate) const {
    const auto fingerprint = static_cast<uint16_t>(at.fingerprint);
    candidate->at = at;
    candidate->mask = match_(*at.line, fingerprint);
    candidate->probe = static_cast<uint32_t>(i);
    return (candidate->mask | GoesOn(*at.line, fingerprint)) != 0 ? 1 : 0;
  }

  // Follow takes all candidates at once. Then fetch and confirm take turns, a
  // step of candidates each: those of one are compared while the entries of the
  // next come. Fetch is a short loop of its own, so that the processor has many
  // of its rounds, and the page walks of their addresses, under way at once.
  void Resolve() {
    FollowOverflow();
    // What ConfirmEntries asks for near the last ones.
    for (size_t k = size_; k < size_ + kNear; ++k) {
      candidates_[k].probe = 0;
      candidates_[k].offset = SerialSet::kNotListed;
    }
    for (size_t begin = 0; begin < size_ + kStep; begin += kStep) {
      const size_t end = Min(begin + kStep, size_);
      for (size_t k = begin; k < end; ++k) FetchOffset(&candidates_[k]);
      if (begin >= kStep) ConfirmEntries(begin - kStep, Min(begin, size_));
    }
    size_ = 0;
  }

  static uint64_t RankOf(const Candidate& candidate) {
    return uint64_t{candidate.at.line->rank} +
           static_cast<uint32_t>(__builtin_ctz(candidate.mask));
  }

  // The address is never read as it stands: it need not be inside the plane.
  void PrefetchOffset(const Candidate& candidate) const {
    const uint32_t* const offsets =
        SerialSetAccess::offsets(questions_.set(candidate.probe));
    __builtin_prefetch(
        reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(offsets) +
                                      candidate.rank * sizeof(uint32_t)),
        0, kIntoSecondLevel);
  }

  // Ranks the candidates, and prefetches their offsets. Those that have no
  // match in their line go on to the next one; where there is none either, they
  // stay without a rank, and FindFromLine ends the search or goes further.
  void FollowOverflow() {
    uint32_t overflowed[kCandidates];
    size_t count = 0;
    for (size_t k = 0; k < size_; ++k) {
      Candidate& candidate = candidates_[k];
      if (candidate.mask == 0) {
        __builtin_prefetch(candidate.at.line + 1, 0, kIntoSecondLevel);
        overflowed[count++] = static_cast<uint32_t>(k);
        continue;
      }
      candidate.rank = RankOf(candidate);
      PrefetchOffset(candidate);
    }
    for (size_t n = 0; n < count; ++n) {
      Candidate& candidate = candidates_[overflowed[n]];
      const SerialSet& set = questions_.set(candidate.probe);
      const SerialSetLine* const last =
          SerialSetAccess::lines(set) + SerialSetAccess::line_count(set) - 1;
      candidate.at.line += candidate.at.line != last ? 1 : 0;
      candidate.mask = match_(*candidate.at.line,
                              static_cast<uint16_t>(candidate.at.fingerprint));
      candidate.rank = candidate.mask == 0 ? kNoRank : RankOf(candidate);
    }
  }

  void FetchOffset(Candidate* candidate) {
    const SerialSet& set = questions_.set(candidate->probe);
    if (candidate->rank >= SerialSetAccess::entry_count(set)) {
      candidate->offset = SerialSet::kNotListed;
      return;
    }
    candidate->offset = SerialSetAccess::offsets(set)[candidate->rank];
    __builtin_prefetch(EntryOf(*candidate), 0, kIntoSecondLevel);
    __builtin_prefetch(EndOfEntry(*candidate), 0, kIntoSecondLevel);
  }

  // Never read as they stand: they need not be inside the DER.
  const void* EntryOf(const Candidate& candidate) const {
    const SerialSet& set = questions_.set(candidate.probe);
    return reinterpret_cast<const void*>(
        reinterpret_cast<uintptr_t>(SerialSetAccess::der(set)) +
        candidate.offset);
  }
  // The last octet that a usual one may have, or is read of it.
  const void* EndOfEntry(const Candidate& candidate) const {
    return reinterpret_cast<const void*>(
        reinterpret_cast<uintptr_t>(EntryOf(candidate)) +
        usual_entry::kReadable - 1);
  }

  void ConfirmEntries(size_t begin, size_t end) {
    ListedSerial* found = found_ + found_count_;
    for (size_t k = begin; k < end; ++k) {
      const Candidate& near = candidates_[k + kNear];
      __builtin_prefetch(EntryOf(near));
      __builtin_prefetch(EndOfEntry(near));
      found += ConfirmEntry(candidates_[k], found) ? 1 : 0;
    }
    found_count_ = static_cast<size_t>(found - found_);
  }

  [[gnu::always_inline]] bool ConfirmEntry(const Candidate& candidate,
                                           ListedSerial* found) const {
    const SerialSet& set = questions_.set(candidate.probe);
    const uint8_t* const serial = questions_.serial(candidate.probe);
    found->probe = candidate.probe;
    // Else a fingerprint shared by chance, an entry that was carried over
    // several lines, or none in the line behind one that overflowed.
    return Confirm(set, candidate.offset, serial, found) ||
           FindFromLine(set, candidate.at, serial, found, match_);
  }

  const Questions questions_;
  const size_t count_;
  const size_t serials_ahead_;
  ListedSerial* const found_;
  const Match match_;
  size_t found_count_ = 0;
  size_t size_ = 0;  // of candidates_
  LocatedSerial ring_[kRing];
  Candidate candidates_[kCandidates + kNear];
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

template <class Match>
size_t RunSelect(const LocatedSerial* serials, size_t count, uint32_t* maybe,
                 Match match) {
  size_t selected = 0;
  for (size_t i = 0; i < count; ++i) {
    const SerialSetLine& line = *serials[i].line;
    const auto fingerprint = static_cast<uint16_t>(serials[i].fingerprint);
    const uint32_t goes_on = line.overflow & OverflowBit(fingerprint);
    // Without a branch: whether a serial is listed cannot be predicted.
    maybe[selected] = static_cast<uint32_t>(i);
    selected += (match(line, fingerprint) | goes_on) != 0 ? 1 : 0;
  }
  return selected;
}

}  // namespace
}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_
