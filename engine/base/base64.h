// Base64 (RFC 4648 4) as PEM has it.
#ifndef REVSTAT_ENGINE_BASE_BASE64_H_
#define REVSTAT_ENGINE_BASE_BASE64_H_

#include <string>
#include <string_view>

namespace revstat {

// Writes the octets to *octets; false where the text is broken. White space
// between characters is passed over (RFC 7468 3), padding may be absent. What
// is in lines of whole groups, as programs write it, is fast; the rest is left
// to Abseil, which is also what the answer is for any text.
bool DecodeBase64(std::string_view text, std::string* octets);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_BASE64_H_
