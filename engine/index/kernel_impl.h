// The batch algorithm over a Match: uint32_t(const SerialSetLine&, uint16_t),
// a mask of the slots (bit i: slot i) that hold the fingerprint. See kernel.h
// for why everything here is in an unnamed namespace.
#ifndef REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_
#define REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_

#include "engine/index/kernel.h"

namespace revstat {
namespace {

// Probes go through four stages in blocks, each stage one block behind the one
// before, so that a line is asked for well before it is read:
//   locate   hash; prefetch the line of fingerprints
//   match    compare the line; most probes of unlisted serials end here
//   fetch    read the offset of a match; prefetch the entry in the DER
//   confirm  compare the serial in the DER
constexpr size_t kBlockSize = 32;
constexpr size_t kStages = 4;

struct Block {
  size_t begin = 0;
  size_t size = 0;
  const SerialSetLine* line[kBlockSize];
  uint16_t fingerprint[kBlockSize];
  size_t matched_count = 0;
  uint8_t matched[kBlockSize];  // positions in the block
  uint64_t rank[kBlockSize];    // by position; kNoRank where only Find can tell
  uint32_t offset[kBlockSize];
};

constexpr uint64_t kNoRank = ~uint64_t{0};

void Locate(const Probe* probes, Block& block) {
  for (size_t i = 0; i < block.size; ++i) {
    const Probe& probe = probes[block.begin + i];
    const SerialSet& set = *probe.set;
    const SerialSetHome home =
        HomeOf(KeyedHash(SerialSetAccess::key(set), probe.serial->Words()),
               SerialSetAccess::partition_bits(set),
               SerialSetAccess::bucket_count(set));
    block.line[i] = SerialSetAccess::lines(set) + home.bucket;
    block.fingerprint[i] = home.fingerprint;
    __builtin_prefetch(block.line[i]);
  }
}

template <class Match>
void MatchBlock(const Probe* probes, Block& block, uint32_t* offsets,
                Match match) {
  size_t matched = 0;
  for (size_t i = 0; i < block.size; ++i) {
    const SerialSetLine& line = *block.line[i];
    const uint16_t fingerprint = block.fingerprint[i];
    const uint32_t mask = match(line, fingerprint);
    const uint32_t goes_on = line.overflow & OverflowBit(fingerprint);
    offsets[block.begin + i] = SerialSet::kNotListed;
    block.rank[i] = mask != 0 ? uint64_t{line.rank} +
                                    static_cast<uint32_t>(__builtin_ctz(mask))
                              : kNoRank;
    block.matched[matched] = static_cast<uint8_t>(i);
    // Without a branch: whether a serial is listed cannot be predicted.
    matched += (mask | goes_on) != 0 ? 1 : 0;
  }
  block.matched_count = matched;
  for (size_t k = 0; k < matched; ++k) {
    const uint64_t rank = block.rank[block.matched[k]];
    if (rank == kNoRank) continue;
    __builtin_prefetch(
        SerialSetAccess::offsets(*probes[block.begin + block.matched[k]].set) +
        rank);
  }
}

void FetchOffsets(const Probe* probes, Block& block) {
  for (size_t k = 0; k < block.matched_count; ++k) {
    const size_t i = block.matched[k];
    const SerialSet& set = *probes[block.begin + i].set;
    if (block.rank[i] >= SerialSetAccess::entry_count(set)) {
      block.offset[i] = SerialSet::kNotListed;
      continue;
    }
    block.offset[i] = SerialSetAccess::offsets(set)[block.rank[i]];
    const uint8_t* entry = SerialSetAccess::der(set) + block.offset[i];
    __builtin_prefetch(entry);
    __builtin_prefetch(entry + 40);  // an entry of the usual size ends there
  }
}

// True where the entry at `offset` has the usual one-octet length and this very
// serial. False decides nothing.
bool QuickConfirm(const Probe& probe, uint32_t offset) {
  const uint64_t size = SerialSetAccess::der_size(*probe.set);
  if (offset == SerialSet::kNotListed || offset + uint64_t{4 + 24} > size)
    return false;
  const uint8_t* entry = SerialSetAccess::der(*probe.set) + offset;
  uint64_t serial[3];
  __builtin_memcpy(serial, probe.serial, sizeof(serial));
  const uint64_t octets = serial[2] >> 56;
  if (entry[1] >= 0x80 || entry[3] != octets) return false;
  uint64_t listed[3];
  __builtin_memcpy(listed, entry + 4, sizeof(listed));
  // Octets behind the serial are zero on one side and the date on the other.
  const auto mask = [octets](uint64_t word) {
    const uint64_t used = octets > 8 * word ? octets - 8 * word : 0;
    return used >= 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * used)) - 1;
  };
  return (((serial[0] ^ listed[0]) & mask(0)) |
          ((serial[1] ^ listed[1]) & mask(1)) |
          ((serial[2] ^ listed[2]) & mask(2))) == 0;
}

void ConfirmBlock(const Probe* probes, Block& block, uint32_t* offsets) {
  for (size_t k = 0; k < block.matched_count; ++k) {
    const size_t i = block.matched[k];
    const Probe& probe = probes[block.begin + i];
    // A fingerprint shared by chance, or an overflowing line: about one probe
    // in fifty; the reference looks at all there is.
    offsets[block.begin + i] =
        block.rank[i] != kNoRank && QuickConfirm(probe, block.offset[i])
            ? block.offset[i]
            : probe.set->Find(*probe.serial);
  }
}

template <class Match>
void RunBatch(const Probe* probes, size_t count, uint32_t* offsets,
              Match match) {
  Block ring[kStages];
  const size_t blocks = (count + kBlockSize - 1) / kBlockSize;
  for (size_t step = 0; step < blocks + kStages - 1; ++step) {
    if (step < blocks) {
      Block& block = ring[step % kStages];
      block.begin = step * kBlockSize;
      block.size =
          count - block.begin < kBlockSize ? count - block.begin : kBlockSize;
      Locate(probes, block);
    }
    const auto behind = [&](size_t stage) -> Block* {
      return step >= stage && step - stage < blocks
                 ? &ring[(step - stage) % kStages]
                 : nullptr;
    };
    if (Block* block = behind(1)) MatchBlock(probes, *block, offsets, match);
    if (Block* block = behind(2)) FetchOffsets(probes, *block);
    if (Block* block = behind(3)) ConfirmBlock(probes, *block, offsets);
  }
}

}  // namespace
}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_KERNEL_IMPL_H_
