#include "engine/der/cursor.h"

namespace revstat::der {
namespace {

// Identifier and length octets, or the reason why they are not DER.
struct Header {
  ErrorCode code = ErrorCode::kOk;
  size_t header_size = 0;
  uint64_t content_size = 0;
};

// X.690 8.1.3 and 10.1: definite form, in the fewest octets.
Header ReadHeader(const uint8_t* p, size_t available) {
  if (available < 2) return {ErrorCode::kTruncated};
  if ((p[0] & 0x1f) == 0x1f) return {ErrorCode::kHighTagNumber};
  const uint8_t first = p[1];
  if (first < 0x80) return {ErrorCode::kOk, 2, first};
  if (first == 0x80) return {ErrorCode::kIndefiniteLength};
  const size_t count = first & 0x7f;
  if (count > 4) return {ErrorCode::kLengthTooLarge};
  if (available < 2 + count) return {ErrorCode::kTruncated};
  uint64_t length = 0;
  for (size_t i = 0; i < count; ++i) length = length << 8 | p[2 + i];
  if (length < 0x80 || length >> (8 * (count - 1)) == 0)
    return {ErrorCode::kNonMinimalLength};
  return {ErrorCode::kOk, 2 + count, length};
}

}  // namespace

Element Cursor::ReadUnusual(const char* field) {
  const auto available = static_cast<size_t>(end_ - position_);
  const Header header = ReadHeader(position_, available);
  if (header.code != ErrorCode::kOk) {
    Fail(header.code, field);
    return {};
  }
  if (header.content_size > available - header.header_size) {
    Fail(ErrorCode::kTruncated, field);
    return {};
  }
  return Take(header.header_size, static_cast<size_t>(header.content_size));
}

}  // namespace revstat::der
