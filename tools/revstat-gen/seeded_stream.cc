#include "tools/revstat-gen/seeded_stream.h"

#include <openssl/sha.h>

#include <algorithm>

namespace revstat::gen {
namespace {

void AppendBigEndian(uint64_t value, Octets* out) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out->push_back(static_cast<uint8_t>(value >> shift));
  }
}

}  // namespace

SeededStream::SeededStream(const KeySeed& seed) {
  prefix_ = der::Join(
      {BytesOf("revstat-gen test data 1/"), BytesOf(seed.label), Octets{0}});
  AppendBigEndian(seed.seed, &prefix_);
  AppendBigEndian(seed.index, &prefix_);
}

void SeededStream::Fill(std::span<uint8_t> out) {
  for (uint8_t& octet : out) {
    if (used_ == block_.size()) {
      Octets input = prefix_;
      AppendBigEndian(counter_++, &input);
      SHA512(input.data(), input.size(), block_.data());
      used_ = 0;
    }
    octet = block_[used_++];
  }
}

Octets SeededStream::Take(size_t count) {
  Octets out(count);
  Fill(out);
  return out;
}

}  // namespace revstat::gen
