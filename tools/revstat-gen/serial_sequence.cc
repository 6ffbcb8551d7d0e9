#include "tools/revstat-gen/serial_sequence.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <string>

#include "tools/revstat-gen/counter_rng.h"

namespace revstat::gen {
namespace {

// From this length on, a permuted tail of 56 bits makes a serial unique and the
// octets before it are free to be random.
constexpr unsigned kTailOctets = 7;
constexpr unsigned kFirstTailLength = 9;
constexpr uint64_t kMaxCapacity = uint64_t{1} << (8 * kTailOctets);

// The smallest positive INTEGER of that many content octets (8 at most): 1,
// 00 80, 00 80 00, ...
uint64_t Smallest(unsigned octets) {
  return octets == 1 ? 1 : uint64_t{1} << (8 * (octets - 1) - 1);
}

// How many positive INTEGERs of exactly that many content octets we tell apart.
uint64_t DomainOf(unsigned octets) {
  if (octets >= kFirstTailLength) return kMaxCapacity;
  return (uint64_t{1} << (8 * octets - 1)) - Smallest(octets);
}

uint64_t CountOf(unsigned octets) {
  return std::min(DomainOf(octets), kMaxCapacity);
}

using Buffer = std::array<uint8_t, 20>;

void PutBigEndian(uint64_t value, std::span<uint8_t> out) {
  for (size_t i = out.size(); i-- > 0; value >>= 8)
    out[i] = static_cast<uint8_t>(value);
}

SerialOptions WithDefaults(SerialOptions options) {
  if (options.min_octets != 0) return options;
  const bool random = options.order == SerialOrder::kRandom;
  options.min_octets = random ? 16 : 1;
  options.max_octets = random ? 16 : 8;
  return options;
}

SerialNumber MakeSerial(const Buffer& buffer, unsigned octets) {
  return *SerialNumber::FromContent(Bytes(buffer).first(octets));
}

}  // namespace

SerialSequence::SerialSequence(const SerialOptions& options)
    : options_(WithDefaults(options)) {
  const CounterRng keys(options_.seed, Stream::kSerialPermutation);
  uint64_t used_rank = 0;
  for (unsigned octets = options_.min_octets; octets <= options_.max_octets;
       ++octets) {
    permutations_.emplace_back(DomainOf(octets), keys.At(octets));
    if (CountOf(octets) == used_rank) continue;
    phases_.push_back({capacity_, used_rank, octets});
    const uint64_t lengths = options_.max_octets - octets + 1;
    capacity_ += (CountOf(octets) - used_rank) * lengths;
    used_rank = CountOf(octets);
  }
  capacity_ = std::min(capacity_, kMaxCapacity);
}

absl::Status SerialSequence::CheckCapacity(uint64_t count) const {
  if (count <= capacity_) return absl::OkStatus();
  const std::string range = options_.min_octets == options_.max_octets
                                ? std::to_string(options_.min_octets)
                                : std::to_string(options_.min_octets) + "-" +
                                      std::to_string(options_.max_octets);
  return absl::InvalidArgumentError(
      "--serial-bytes " + range + " has only " + std::to_string(capacity_) +
      " different serials, " + std::to_string(count) + " are needed");
}

SerialNumber SerialSequence::At(uint64_t index) const {
  if (options_.order == SerialOrder::kSequential) return Sequential(index);
  auto phase = phases_.end() - 1;
  while (phase->first_index > index) --phase;
  const uint64_t lengths = options_.max_octets - phase->min_octets + 1;
  const uint64_t turn = index - phase->first_index;
  return Random(phase->min_octets + static_cast<unsigned>(turn % lengths),
                phase->first_rank + turn / lengths);
}

SerialNumber SerialSequence::Random(unsigned octets, uint64_t rank) const {
  const uint64_t value = permutations_[octets - options_.min_octets].At(rank);
  Buffer buffer;
  const std::span<uint8_t> all = std::span(buffer).first(octets);
  if (octets < kFirstTailLength) {
    PutBigEndian(Smallest(octets) + value, all);
    return MakeSerial(buffer, octets);
  }
  const std::span<uint8_t> front = all.first(octets - kTailOctets);
  const CounterRng rng(options_.seed, Stream::kSerialHigh);
  for (size_t i = 0; i < front.size(); i += 8) {
    PutBigEndian(rng.At(2 * rank + i / 8),
                 front.subspan(i, std::min<size_t>(front.size() - i, 8)));
  }
  // RFC 5280 4.1.2.2: positive; X.690 8.3.2: the first nine bits are not all
  // equal.
  buffer[0] &= 0x7F;
  if (buffer[0] == 0) buffer[1] |= 0x80;
  PutBigEndian(value, all.last(kTailOctets));
  return MakeSerial(buffer, octets);
}

SerialNumber SerialSequence::Sequential(uint64_t index) const {
  Buffer buffer = {};
  unsigned octets = options_.min_octets;
  if (octets >= kFirstTailLength) {
    // 00 80 00 ... and the index at the end: it never reaches the front.
    buffer[1] = 0x80;
    PutBigEndian(index, std::span(buffer).first(octets).last(kTailOctets));
    return MakeSerial(buffer, octets);
  }
  const uint64_t value = Smallest(octets) + index;
  octets = static_cast<unsigned>(std::bit_width(value)) / 8 + 1;
  PutBigEndian(value, std::span(buffer).first(octets));
  return MakeSerial(buffer, octets);
}

}  // namespace revstat::gen
