// libcurl, loaded by the first that fetches or reads a URL instead of when the
// program starts.
//
// It comes with more than twenty libraries that nothing else here needs
// (Kerberos, LDAP, SSH, ...): milliseconds of each start, and code that has no
// business in a server that only asks a store.
#ifndef REVSTAT_ENGINE_REFRESH_LIBCURL_H_
#define REVSTAT_ENGINE_REFRESH_LIBCURL_H_

#include <curl/curl.h>

#include "absl/status/status.h"

namespace revstat {

// The functions of libcurl that are used, without their "curl_".
#define REVSTAT_LIBCURL(X) \
  X(easy_cleanup)          \
  X(easy_getinfo)          \
  X(easy_header)           \
  X(easy_init)             \
  X(easy_reset)            \
  X(easy_setopt)           \
  X(easy_strerror)         \
  X(free)                  \
  X(global_init)           \
  X(multi_add_handle)      \
  X(multi_cleanup)         \
  X(multi_info_read)       \
  X(multi_init)            \
  X(multi_perform)         \
  X(multi_poll)            \
  X(multi_remove_handle)   \
  X(multi_setopt)          \
  X(multi_strerror)        \
  X(multi_wakeup)          \
  X(slist_append)          \
  X(slist_free_all)        \
  X(url)                   \
  X(url_cleanup)           \
  X(url_get)               \
  X(url_set)

struct Libcurl {
#define REVSTAT_MEMBER(name) decltype(&curl_##name) name = nullptr;
  REVSTAT_LIBCURL(REVSTAT_MEMBER)
#undef REVSTAT_MEMBER
};

// Loads libcurl.so.4 as the system finds it, and initialises it, once a
// process; then it stays. Thread-safe; not while another thread forks. Fails
// with kFetchFailed, and the loader's words, where there is none of 7.87 or
// later; a later call tries again.
absl::Status LoadLibcurl();

// Only after LoadLibcurl has succeeded.
const Libcurl& libcurl();

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_LIBCURL_H_
