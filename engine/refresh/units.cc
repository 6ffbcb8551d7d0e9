#include "engine/refresh/units.h"

#include <charconv>
#include <initializer_list>

namespace revstat {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

std::optional<uint64_t> Parse(std::string_view text,
                              std::initializer_list<Unit> units) {
  const char* const end = text.data() + text.size();
  uint64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc()) return std::nullopt;
  const std::string_view name(rest, static_cast<size_t>(end - rest));
  for (const Unit& unit : units) {
    uint64_t product = 0;
    if (name == unit.name &&
        !__builtin_mul_overflow(value, unit.factor, &product))
      return product;
  }
  return std::nullopt;
}

}  // namespace

std::optional<uint64_t> ParseSecondsText(std::string_view text) {
  return Parse(text, {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}});
}

std::optional<uint64_t> ParseBytesText(std::string_view text) {
  return Parse(text, {{"B", 1},
                      {"KiB", uint64_t{1} << 10},
                      {"MiB", uint64_t{1} << 20},
                      {"GiB", uint64_t{1} << 30}});
}

}  // namespace revstat
