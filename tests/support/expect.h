// How tests say what a parser should answer.
#ifndef REVSTAT_TESTS_SUPPORT_EXPECT_H_
#define REVSTAT_TESTS_SUPPORT_EXPECT_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/der/cursor.h"

namespace revstat {

// GoogleTest prints an ErrorCode by its name.
inline void PrintTo(ErrorCode code, std::ostream* out) { *out << NameOf(code); }

namespace test {

// A copy in memory of exactly its size, so that AddressSanitizer sees a read
// one octet past the end.
class Exact {
 public:
  explicit Exact(Bytes bytes)
      : octets_(new uint8_t[bytes.size()]), size_(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), octets_.get());
  }
  Bytes bytes() const { return {octets_.get(), size_}; }

 private:
  std::unique_ptr<uint8_t[]> octets_;
  size_t size_;
};

// A ParseError as a value.
struct Failure {
  ErrorCode code = ErrorCode::kOk;
  uint64_t offset = 0;
  std::string field;

  friend bool operator==(const Failure&, const Failure&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Failure& failure) {
    return out << NameOf(failure.code) << " at " << failure.offset << " in "
               << failure.field;
  }
};

inline Failure AsFailure(const ParseError& error) {
  return {error.code, error.offset, error.field};
}

// What a View's parser says of `der`.
template <class View>
Failure FailureOf(Bytes der) {
  const Exact exact(der);
  der::Trace trace(exact.bytes());
  View::Parse(exact.bytes(), &trace);
  return AsFailure(trace.error());
}

// What read(cursor), which must consume all of `der`, says of it.
template <class Read>
Failure FailureOfRead(Bytes der, Read&& read) {
  const Exact exact(der);
  der::Trace trace(exact.bytes());
  der::Cursor cursor(exact.bytes(), &trace);
  read(cursor);
  cursor.ExpectEnd("whole");
  return AsFailure(trace.error());
}

template <class T>
ErrorCode CodeOf(const absl::StatusOr<T>& result) {
  return ErrorCodeOf(result.status());
}

}  // namespace test
}  // namespace revstat

#endif  // REVSTAT_TESTS_SUPPORT_EXPECT_H_
