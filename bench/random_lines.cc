#include "bench/random_lines.h"

#include <cstring>

#include "engine/base/prefetch.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

constexpr size_t kLine = 64;

}  // namespace

RandomLines::RandomLines(uint64_t bytes, Reads reads)
    : reads_(reads),
      lines_(std::max<uint64_t>(bytes / kLine, 1)),
      table_(lines_ * kLine) {
  // Pages never written to are all the same page of zeros.
  std::memset(table_.data(), 1, lines_ * kLine);
}

uint64_t RandomLines::Run(unsigned thread, size_t most) {
  if (reads_ == Reads::kAhead) return RunAhead(thread, most);
  const uint8_t* const base = table_.bytes().data();
  uint64_t state = states_.of(thread);
  uint64_t sum = 0;
  for (size_t i = 0; i < most; ++i)
    sum += base[(RandomStates::Next(&state) * lines_ >> 32) * kLine];
  tool::KeepResult(sum);
  states_.of(thread) = state;
  return most;
}

uint64_t RandomLines::RunAhead(unsigned thread, size_t most) {
  constexpr size_t kBlock = 64;
  const uint8_t* const base = table_.bytes().data();
  std::array<const uint8_t*, kBlock> ahead;
  uint64_t state = states_.of(thread);
  const auto ask = [&](const uint8_t** line) {
    *line = base + (RandomStates::Next(&state) * lines_ >> 32) * kLine;
    __builtin_prefetch(*line, 0, kIntoSecondLevel);
  };
  const size_t block = std::min(kBlock, most);
  for (size_t i = 0; i < block; ++i) ask(&ahead[i]);
  uint64_t sum = 0;
  for (size_t i = 0; i < most; ++i) {
    const uint8_t*& line = ahead[i % kBlock];
    sum += *line;
    if (i + block < most) ask(&line);
  }
  tool::KeepResult(sum);
  states_.of(thread) = state;
  return most;
}

HitLines::HitLines(uint64_t entries, uint64_t index_bytes, uint64_t der_bytes)
    : entries_(std::max<uint64_t>(entries, 1)),
      entry_bytes_(std::max<uint64_t>(der_bytes / entries_, 1)),
      lines_(std::max<uint64_t>(
          (index_bytes - std::min(index_bytes, 4 * entries)) / kLine, 1)),
      fingerprints_(lines_ * kLine),
      offsets_(entries_ * sizeof(uint32_t)),
      der_(entries_ * entry_bytes_) {
  std::memset(fingerprints_.data(), 1, fingerprints_.size());
  std::memset(der_.data(), 1, der_.size());
  for (uint64_t i = 0; i < entries_; ++i) {
    const auto offset = static_cast<uint32_t>(i * entry_bytes_);
    std::memcpy(offsets_.data() + i * sizeof(offset), &offset, sizeof(offset));
  }
}

uint64_t HitLines::Run(unsigned thread, size_t most) {
  const uint8_t* const fingerprints = fingerprints_.bytes().data();
  const uint8_t* const offsets = offsets_.bytes().data();
  const uint8_t* const der = der_.bytes().data();
  const size_t last = entry_bytes_ - 1;
  std::array<const uint8_t*, kBlock> at;
  uint64_t state = states_.of(thread);
  uint64_t sum = 0;
  for (size_t begin = 0; begin < most; begin += kBlock) {
    const size_t count = std::min(kBlock, most - begin);
    for (size_t i = 0; i < count; ++i) {
      const uint64_t line = RandomStates::Next(&state) * lines_ >> 32;
      at[i] = fingerprints + line * kLine;
      __builtin_prefetch(at[i], 0, kIntoSecondLevel);
    }
    // Which of all entries it is follows from what the line says, all ones.
    for (size_t i = 0; i < count; ++i) {
      const uint64_t entry = RandomStates::Next(&state) * entries_ >> 32;
      at[i] = offsets + (entry + *at[i] - 1) * sizeof(uint32_t);
      __builtin_prefetch(at[i], 0, kIntoSecondLevel);
    }
    for (size_t i = 0; i < count; ++i) {
      uint32_t offset;
      std::memcpy(&offset, at[i], sizeof(offset));
      at[i] = der + offset;
      __builtin_prefetch(at[i], 0, kIntoSecondLevel);
      __builtin_prefetch(at[i] + last, 0, kIntoSecondLevel);
    }
    for (size_t i = 0; i < count; ++i) sum += at[i][0] + at[i][last];
  }
  tool::KeepResult(sum);
  states_.of(thread) = state;
  return most;
}

}  // namespace revstat::bench
