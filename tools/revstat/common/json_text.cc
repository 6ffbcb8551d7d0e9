#include "tools/revstat/common/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/bytes.h"

namespace revstat::tool {

std::string JsonString(std::string_view value) {
  const bool is_plain = std::all_of(value.begin(), value.end(), [](char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
  });
  if (is_plain) return Concat({"\"", value, "\""});
  return nlohmann::json(value).dump(-1, ' ', false,
                                    nlohmann::json::error_handler_t::replace);
}

}  // namespace revstat::tool
