// What a refresher remembers from one run to the next, in a file beside the
// store: when and how to ask, and what each source is bound to.
#ifndef REVSTAT_ENGINE_REFRESH_REFRESH_STATE_H_
#define REVSTAT_ENGINE_REFRESH_REFRESH_STATE_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "engine/base/time.h"
#include "engine/store/file_system.h"

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
  // What the source's first CRL was of, and what all others have to be of:
  // CanonicalName and CrlScope::Key(). An empty issuer: there was none yet.
  std::string issuer;
  std::string scope_key;
  std::map<std::string, UrlState> urls;

  friend bool operator==(const SourceState&, const SourceState&) = default;
};

// By the source's id. Thread-safety: values and pure functions.
using RefreshState = std::map<std::string, SourceState>;

// TOML.
std::string EncodeRefreshState(const RefreshState& state);

// Whatever of it can be read. Losing it costs some fetches, and the first CRL
// that comes then says what the source is bound to: damage is no error, and a
// part that is damaged is left out.
RefreshState DecodeRefreshState(std::string_view text);

// From and to a file; nothing where it cannot be read. Replaces the file at
// once, and what was written survives a power cut.
RefreshState ReadRefreshState(FileSystem* files, const std::string& folder);
absl::Status WriteRefreshState(FileSystem* files, const std::string& folder,
                               const RefreshState& state);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_REFRESH_STATE_H_
