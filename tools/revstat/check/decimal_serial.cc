#include "tools/revstat/check/decimal_serial.h"

#include <openssl/bn.h>

#include <algorithm>
#include <memory>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace revstat::tool {
namespace {

// 2 to the 160th has 49.
constexpr size_t kMaxDigits = 64;
// Of random digits, one list in a hundred million has none from a to f.
constexpr size_t kTellingDigits = 40;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
struct FreeText {
  void operator()(char* text) const { OPENSSL_free(text); }
};

}  // namespace

absl::StatusOr<SerialNumber> SerialOfDecimal(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const auto fail = [&](std::string_view why) {
    return MakeError(
        ErrorCode::kBadText,
        Concat({"serial number \"", text.substr(0, 80), "\" ", why}));
  };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), IsDigit))
    return fail("is not decimal");
  if (digits.size() > kMaxDigits) return fail("is longer than 20 octets");
  BIGNUM* parsed = nullptr;
  const int used = BN_dec2bn(&parsed, std::string(text).c_str());
  const std::unique_ptr<BIGNUM, FreeNumber> number(parsed);
  if (used == 0) return fail("is not decimal");
  const std::unique_ptr<char, FreeText> hex(BN_bn2hex(number.get()));
  if (hex == nullptr) return fail("cannot be converted");
  return SerialNumber::FromText(hex.get());
}

bool LookDecimal(const ListColumns& columns, std::string_view head) {
  if (columns.serial_base() == SerialBase::kDecimal) return false;
  std::deque<std::string> unquoted;
  size_t digits = 0;
  // The last line of the head may be cut.
  for (size_t end = head.find('\n'); end != std::string_view::npos;
       end = head.find('\n')) {
    head.remove_prefix(end + 1);
    const size_t next = head.find('\n');
    if (next == std::string_view::npos) break;
    std::string_view line = head.substr(0, next);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::string_view serial = columns.ReadRow(line, &unquoted).serial;
    if (!std::all_of(serial.begin(), serial.end(), IsDigit)) return false;
    digits += serial.size();
  }
  return digits >= kTellingDigits;
}

}  // namespace revstat::tool
