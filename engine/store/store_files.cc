#include "engine/store/store_files.h"

namespace revstat {

namespace {

constexpr size_t kDigits = 16;
constexpr std::string_view kSegment = ".seg";
constexpr std::string_view kRouter = ".rtr";
constexpr std::string_view kPack = ".pck";

std::string Numbered(uint64_t id, std::string_view suffix) {
  std::string digits(kDigits, '0');
  for (size_t i = digits.size(); id != 0; id >>= 4)
    digits[--i] = "0123456789abcdef"[id & 15];
  return Concat({digits, suffix});
}

}  // namespace

std::string StoreFiles::SegmentName(uint64_t id) {
  return Numbered(id, kSegment);
}

std::string StoreFiles::RouterName(uint64_t id) {
  return Numbered(id, kRouter);
}

std::string StoreFiles::PackName(uint64_t id) { return Numbered(id, kPack); }

bool StoreFiles::IsNumbered(std::string_view name) {
  if (name.size() <= kDigits) return false;
  const std::string_view digits = name.substr(0, kDigits);
  const std::string_view suffix = name.substr(kDigits);
  return digits.find_first_not_of("0123456789abcdef") ==
             std::string_view::npos &&
         (suffix == kSegment || suffix == kRouter || suffix == kPack);
}

absl::Status DamagedAt(std::string_view file, uint64_t offset,
                       std::string_view field) {
  return MakeError(
      ErrorCode::kStoreDamaged,
      Concat({file, ": ", field, " (octet ", std::to_string(offset), ")"}));
}

}  // namespace revstat
