#include "engine/index/serial_filter.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace revstat {
namespace {

// One unlisted serial in 32 or fewer gets a yes.
constexpr uint64_t kBitsEach = 32;
constexpr uint64_t kFewestBits = 64;

}  // namespace

SerialFilter::SerialFilter(const SerialSet& set) {
  for (size_t i = 0; i < key_.size(); ++i) key_[i] = set.key().words[i] | 1;
  const uint64_t bits =
      std::bit_ceil(std::max(kFewestBits, set.size() * kBitsEach));
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(bits));
  bits_.resize(bits / 64);
  set.ForEachSerial([this](const std::array<uint64_t, 3>& words) {
    const uint64_t position = PositionOf(words);
    bits_[position / 64] |= uint64_t{1} << position % 64;
  });
}

size_t SerialFilter::Select(const SerialColumn& serials, size_t count,
                            uint32_t* maybe) const {
  const auto* serial = reinterpret_cast<const uint8_t*>(serials.first);
  size_t selected = 0;
  for (size_t i = 0; i < count; ++i, serial += serials.stride) {
    std::array<uint64_t, 3> words;
    std::memcpy(words.data(), serial, sizeof(words));
    const uint64_t position = PositionOf(words);
    maybe[selected] = static_cast<uint32_t>(i);
    selected += bits_[position / 64] >> position % 64 & 1;
  }
  return selected;
}

}  // namespace revstat
