// What a refresher remembers from one run to the next, in a file beside the
// store. Nothing in it is believed of a CRL: it is only when and how to ask.
#ifndef REVSTAT_ENGINE_REFRESH_REFRESH_STATE_H_
#define REVSTAT_ENGINE_REFRESH_REFRESH_STATE_H_

#include <map>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace revstat {

struct UrlState {
  std::string etag;
  std::string last_modified;
  Time not_before;  // Retry-After

  friend bool operator==(const UrlState&, const UrlState&) = default;
};

struct SourceState {
  Time next_attempt;
  unsigned failures = 0;
  // Of the CRL that the source gave last: what the URLs' validators are about.
  // Where the store does not hold it, they count for nothing.
  std::string crl_sha256;  // hexadecimal
  std::map<std::string, UrlState> urls;

  friend bool operator==(const SourceState&, const SourceState&) = default;
};

// By the source's id. Thread-safety: values and pure functions.
using RefreshState = std::map<std::string, SourceState>;

// TOML.
std::string EncodeRefreshState(const RefreshState& state);

// Whatever of it can be read. Losing it costs some fetches, so that damage is
// no error: a part that is damaged is left out.
RefreshState DecodeRefreshState(std::string_view text);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_REFRESH_STATE_H_
