// The CRLs that a refresher watches: what the blocks of the sources file come
// to, discovered distribution points included.
#ifndef REVSTAT_ENGINE_REFRESH_WATCH_LIST_H_
#define REVSTAT_ENGINE_REFRESH_WATCH_LIST_H_

#include <cstddef>
#include <string>
#include <vector>

#include "engine/refresh/event.h"
#include "engine/refresh/sources.h"

namespace revstat {

// One CRL, fetched from any of its mirrors.
struct WatchedCrl {
  // The same from run to run as long as name, kind and URLs are.
  std::string id;
  size_t issuer = 0;  // position of its block
  CrlKind kind = CrlKind::kComplete;
  std::vector<std::string> urls;
  // CanonicalNames of those who may issue it: the subjects of the block's
  // certificates.
  std::vector<std::string> allowed_issuers;
  // Whether a certificate named it, and not the operator.
  enum class Origin : uint8_t { kConfigured, kDiscovered };
  Origin origin = Origin::kConfigured;
};

// No URL is in two of them: whatever is known already is not discovered again.
// Of a discovered point only http and https names are used. Thread-safety:
// pure. Cost: linear.
std::vector<WatchedCrl> MakeWatchList(const std::vector<IssuerSource>& issuers);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_WATCH_LIST_H_
