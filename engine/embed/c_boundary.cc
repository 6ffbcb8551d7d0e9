#include "engine/embed/c_boundary.h"

#include <chrono>

#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/snapshot/verdict.h"

#define REVSTAT_STRING_OF(x) #x
#define REVSTAT_STRING(x) REVSTAT_STRING_OF(x)
#define REVSTAT_HEADER_VERSION                                  \
  REVSTAT_STRING(REVSTAT_VERSION_MAJOR)                         \
  "." REVSTAT_STRING(REVSTAT_VERSION_MINOR) "." REVSTAT_STRING( \
      REVSTAT_VERSION_PATCH)

static_assert(std::string_view(REVSTAT_HEADER_VERSION) == REVSTAT_VERSION,
              "revstat.h and CMakeLists.txt name different versions");

namespace revstat::c {
namespace {

// An array, so that keeping a text cannot fail for want of memory.
thread_local char last_error[1024] = "";

}  // namespace

revstat_error Fail(revstat_error error, std::string_view text) noexcept {
  size_t size = std::min(text.size(), sizeof(last_error) - 1);
  // Not within a character of UTF-8.
  while (size < text.size() && size > 0 &&
         (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
    --size;
  }
  std::memcpy(last_error, text.data(), size);
  last_error[size] = '\0';
  return error;
}

revstat_error Fail(const absl::Status& status) noexcept {
  return Guarded([&] {
    const auto code_of = [](ErrorClass error_class) -> revstat_error {
      switch (error_class) {
        case ErrorClass::kMalformed:
          return REVSTAT_MALFORMED;
        case ErrorClass::kUnsupported:
          return REVSTAT_UNSUPPORTED;
        case ErrorClass::kUntrue:
          return REVSTAT_UNTRUE;
        case ErrorClass::kInput:
          return REVSTAT_UNAVAILABLE;
        case ErrorClass::kNone:
          break;
      }
      return REVSTAT_INTERNAL;
    };
    return Fail(code_of(ClassOf(ErrorCodeOf(status))), MessageOf(status));
  });
}

revstat_error Refuse(std::string_view what) noexcept {
  return Guarded([&] {
    return Fail(REVSTAT_INVALID_ARGUMENT,
                Concat({what, " is NULL or not allowed"}));
  });
}

Time TimeBy(revstat_clock clock, void* context) noexcept {
  if (clock != nullptr)
    return FromUnix(std::clamp(clock(context), -kMaxSeconds, kMaxSeconds));
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

revstat_error WriteText(std::string_view text, char* buffer, size_t size,
                        size_t* needed) noexcept {
  if (needed != nullptr) *needed = text.size() + 1;
  const bool fits = text.size() < size;
  const size_t written = fits ? text.size() : 0;
  if (size > 0) {
    std::memcpy(buffer, text.data(), written);
    buffer[written] = '\0';
  }
  return fits ? REVSTAT_OK
              : Fail(REVSTAT_BUFFER_TOO_SMALL, "the buffer is too small");
}

}  // namespace revstat::c

using revstat::c::Guarded;

const char* revstat_version(void) { return REVSTAT_VERSION; }

const char* revstat_last_error(void) { return revstat::c::last_error; }

const char* revstat_error_name(revstat_error error) {
  switch (error) {
    case REVSTAT_OK:
      return "ok";
    case REVSTAT_INVALID_ARGUMENT:
      return "invalid_argument";
    case REVSTAT_OUT_OF_MEMORY:
      return "out_of_memory";
    case REVSTAT_UNAVAILABLE:
      return "unavailable";
    case REVSTAT_MALFORMED:
      return "malformed";
    case REVSTAT_UNSUPPORTED:
      return "unsupported";
    case REVSTAT_UNTRUE:
      return "untrue";
    case REVSTAT_BUFFER_TOO_SMALL:
      return "buffer_too_small";
    case REVSTAT_TIMED_OUT:
      return "timed_out";
    case REVSTAT_FORKED:
      return "forked";
    case REVSTAT_INTERNAL:
      return "internal";
    case REVSTAT_LISTED:
      return "listed";
    default:
      return "";
  }
}

const char* revstat_status_name(int32_t status) {
  using revstat::NameOf;
  using revstat::Status;
  // Each is a literal, so that a NUL is behind it.
  switch (status) {
    case REVSTAT_UNKNOWN:
      return NameOf(Status::kUnknown).data();
    case REVSTAT_ACTIVE:
      return NameOf(Status::kActive).data();
    case REVSTAT_REVOKED:
      return NameOf(Status::kRevoked).data();
    case REVSTAT_ON_HOLD:
      return NameOf(Status::kOnHold).data();
    case REVSTAT_EXPIRED:
      return NameOf(Status::kExpired).data();
    case REVSTAT_NOT_YET_VALID:
      return NameOf(Status::kNotYetValid).data();
    default:
      return "";
  }
}

const char* revstat_reason_name(int32_t reason) {
  if (reason < 0 || reason > 254) return "";
  return NameOf(static_cast<revstat::ReasonCode>(reason)).data();
}

namespace {

bool IsCause(int32_t cause) {
  return cause >= 0 && static_cast<size_t>(cause) < revstat::kCauseCount;
}

}  // namespace

const char* revstat_cause_name(int32_t cause) {
  if (!IsCause(cause)) return "";
  const char* name = "";
  // The names are made when first asked for.
  Guarded([&]() -> revstat_error {
    name = NameOf(static_cast<revstat::Cause>(cause)).data();
    return REVSTAT_OK;
  });
  return name;
}

const char* revstat_cause_text(int32_t cause) {
  return IsCause(cause) ? MeaningOf(static_cast<revstat::Cause>(cause)).data()
                        : "";
}
