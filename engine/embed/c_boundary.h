// What every function of the C interface does at its edges. A part of it.
#ifndef REVSTAT_ENGINE_EMBED_C_BOUNDARY_H_
#define REVSTAT_ENGINE_EMBED_C_BOUNDARY_H_

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string_view>
#include <system_error>

#include "absl/status/status.h"
#include "engine/base/time.h"
#include "engine/embed/revstat.h"

namespace revstat::c {

// Keeps `text` for revstat_last_error, cut to its room, and returns `error`.
revstat_error Fail(revstat_error error, std::string_view text) noexcept;
// The same with the class of a Status that is not OK, and its message.
revstat_error Fail(const absl::Status& status) noexcept;

// REVSTAT_INVALID_ARGUMENT: "<what> is NULL or not allowed".
revstat_error Refuse(std::string_view what) noexcept;
inline revstat_error IsForked() noexcept {
  return Fail(REVSTAT_FORKED, "the handle's thread is in the parent process");
}

// Calls body(), which returns a revstat_error; no exception leaves.
template <class Body>
revstat_error Guarded(Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return Fail(REVSTAT_OUT_OF_MEMORY, "memory is not to be had");
  } catch (const std::system_error& error) {  // of a thread's start
    return Fail(REVSTAT_UNAVAILABLE, error.what());
  } catch (const std::exception& error) {
    return Fail(REVSTAT_INTERNAL, error.what());
  } catch (...) {
    return Fail(REVSTAT_INTERNAL, "an unknown exception");
  }
}

// Times whose sums with any policy do not overflow: some 34,000 years around
// 1970.
constexpr int64_t kMaxSeconds = int64_t{1} << 40;
inline bool IsTime(int64_t at) {
  return at >= -kMaxSeconds && at <= kMaxSeconds;
}

// The time by a host's clock, or by the system's.
Time TimeBy(revstat_clock clock, void* context) noexcept;

// Writes `text` by the rules of revstat_explain.
revstat_error WriteText(std::string_view text, char* buffer, size_t size,
                        size_t* needed) noexcept;

// No version of a structure is larger.
constexpr size_t kMaxStructSize = 4096;

// Writes the defaults to a structure that is as large as the caller's program
// knows it, and not an octet more: it may be on the stack of a program that was
// built when it was shorter. Of a later version the rest is zero.
template <class Struct>
void InitStruct(const Struct& defaults, size_t size, Struct* given) noexcept {
  if (given == nullptr || size < sizeof(given->struct_size) ||
      size > kMaxStructSize) {
    return;
  }
  std::memset(given, 0, size);
  std::memcpy(given, &defaults, std::min(size, sizeof(Struct)));
  given->struct_size = static_cast<uint32_t>(size);
}

// Reads a structure that begins with struct_size over `*defaults`. One of an
// earlier version may be shorter, down to `first_size`; a later one's members
// that are not known here must be zero.
template <class Struct>
revstat_error ReadStruct(const Struct* given, size_t first_size,
                         Struct* defaults) noexcept {
  if (given == nullptr) return REVSTAT_OK;
  const size_t size = given->struct_size;
  if (size < first_size || size > kMaxStructSize) return Refuse("struct_size");
  const auto* octets = reinterpret_cast<const unsigned char*>(given);
  for (size_t i = sizeof(Struct); i < size; ++i) {
    if (octets[i] != 0)
      return Fail(REVSTAT_UNSUPPORTED, "a member of a later version");
  }
  std::memcpy(defaults, given, std::min(size, sizeof(Struct)));
  return REVSTAT_OK;
}

// Blocks signals on this thread while it lives: threads that are started
// inherit that, so that a host's handlers never run on them. Not those that a
// thread brings on itself, which would end the process without a handler.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int own :
         {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP})
      sigdelset(&blocked, own);
    pthread_sigmask(SIG_SETMASK, &blocked, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace revstat::c

#endif  // REVSTAT_ENGINE_EMBED_C_BOUNDARY_H_
