// What the headers of an HTTP answer say of time.
//
// Thread-safety: pure functions. Errors: none; what cannot be read counts as
// absent, and no value is negative or above a year.
#ifndef REVSTAT_ENGINE_REFRESH_HTTP_FRESHNESS_H_
#define REVSTAT_ENGINE_REFRESH_HTTP_FRESHNESS_H_

#include <chrono>
#include <optional>
#include <string_view>

#include "engine/base/time.h"

namespace revstat {

// An IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7). The two
// obsolete forms are not read.
std::optional<Time> ParseHttpDate(std::string_view text);

struct FreshnessHeaders {
  std::string_view cache_control;
  std::string_view expires;
  std::string_view date;
  std::string_view age;
};

// RFC 9111 4.2: how long the answer stays fresh from when it was received.
// Nothing where it does not say.
std::optional<std::chrono::seconds> FreshnessOf(
    const FreshnessHeaders& headers);

// RFC 9110 8.8.2.2: whether a Last-Modified tells this copy from any later one.
// Not where the answer is of the same second or the next: the file may be
// changed again within the second that it names, and clocks of file systems
// tick behind. Without a readable Date the answer is of `received`.
bool IsStrongLastModified(std::string_view last_modified, std::string_view date,
                          Time received);

// Retry-After: seconds, or a date seen from `now`.
std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view text,
                                                    Time now);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_HTTP_FRESHNESS_H_
