// What was thrown, as a Status: for threads of the library, which an exception
// would end together with the host.
#ifndef REVSTAT_ENGINE_BASE_THROWN_H_
#define REVSTAT_ENGINE_BASE_THROWN_H_

#include <exception>
#include <new>

#include "absl/status/status.h"

namespace revstat {

// Calls body(). What it throws; null where it comes to its end.
template <class Body>
std::exception_ptr ThrownBy(Body&& body) noexcept {
  try {
    body();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

// kResourceExhausted for memory, else kInternal. `thrown` is not null. Without
// a message where there is no memory for one.
inline absl::Status StatusOfThrown(const std::exception_ptr& thrown) noexcept {
  try {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::bad_alloc&) {
      return absl::ResourceExhaustedError("memory is not to be had");
    } catch (const std::exception& error) {
      return absl::InternalError(error.what());
    } catch (...) {
      return absl::InternalError("an unknown exception");
    }
  } catch (...) {
    return absl::Status(absl::StatusCode::kResourceExhausted, "");
  }
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_THROWN_H_
