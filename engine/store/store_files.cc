#include "engine/store/store_files.h"

#include <xxhash.h>

namespace revstat {

std::string StoreFiles::SegmentName(uint64_t id) {
  std::string digits(16, '0');
  for (size_t i = digits.size(); id != 0; id >>= 4)
    digits[--i] = "0123456789abcdef"[id & 15];
  return digits + ".seg";
}

std::optional<uint64_t> StoreFiles::SegmentOf(std::string_view name) {
  uint64_t id = 0;
  for (char c : name.substr(0, 16)) {
    const int digit = HexDigit(c);
    if (digit < 0) return std::nullopt;
    id = id << 4 | static_cast<uint64_t>(digit);
  }
  if (name != SegmentName(id)) return std::nullopt;
  return id;
}

uint64_t Checksum(Bytes octets) {
  return XXH3_64bits(octets.data(), octets.size());
}

absl::Status DamagedAt(std::string_view file, uint64_t offset,
                       std::string_view field) {
  return MakeError(
      ErrorCode::kStoreDamaged,
      Concat({file, ": ", field, " (octet ", std::to_string(offset), ")"}));
}

}  // namespace revstat
