// Times and sizes as people write them.
//
// Thread-safety: pure functions. Nothing for other texts, and for values that
// do not fit 64 bits.
#ifndef REVSTAT_ENGINE_REFRESH_UNITS_H_
#define REVSTAT_ENGINE_REFRESH_UNITS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace revstat {

// Digits and one of "s", "m", "h", "d": "90s".
std::optional<uint64_t> ParseSecondsText(std::string_view text);

// Digits and one of "B", "KiB", "MiB", "GiB": "100MiB".
std::optional<uint64_t> ParseBytesText(std::string_view text);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_UNITS_H_
