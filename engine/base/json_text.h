// JSON (RFC 8259), written.
#ifndef REVSTAT_ENGINE_BASE_JSON_TEXT_H_
#define REVSTAT_ENGINE_BASE_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace revstat {

// With its quotes and escapes. Octets that are not UTF-8, which names may hold,
// become U+FFFD, one for each longest start of a sequence.
std::string JsonString(std::string_view value);

// An object that is put together member by member. Names are plain text. Not
// thread-safe.
class JsonObject {
 public:
  // Left out where it is empty: what is not known is absent.
  void Text(std::string_view name, std::string_view value) {
    if (!value.empty()) Raw(name, JsonString(value));
  }
  void Number(std::string_view name, int64_t value) {
    Raw(name, std::to_string(value));
  }
  void At(std::string_view name, Time value) { Text(name, FormatTime(value)); }
  // `value` is JSON.
  void Raw(std::string_view name, std::string_view value);
  std::string Take() const;

 private:
  std::string text_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_JSON_TEXT_H_
