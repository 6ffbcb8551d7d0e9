// The sources file: which CRLs are kept current, and from where. TOML.
//
//   [defaults]                      # of all blocks; any of the optional keys
//   [[issuer]]
//   name = "Example CA"             # in events; each name once
//   trust = ["ca.pem"]              # certificates that are vouched for
//   untrusted = ["sub.pem"]         # those that count where a path is valid
//   crl_urls = ["http://..."]       # mirrors of one CRL: http, https, file
//   delta_urls = ["http://..."]     # mirrors of its delta CRL
//   discover = false                # also what `certificates`, `trust` and
//   certificates = ["server.pem"]   #   `untrusted` name as distribution
//                                   #   points; and whose expiry is known
//   discover_by_proxy = false       # those of a proxy, which connects anywhere
//   min_interval = "5m"             # "s", "m", "h", "d", or whole seconds
//   max_interval = "24h"
//   grace = "0s"                    # after nextUpdate, until it is stale
//   max_bytes = "1GiB"              # "KiB", "MiB", "GiB", or octets
//   max_time = "15m"                # of one fetch
//   proxy = "http://proxy:3128"
//   ca_file = "tls.pem"             # for https, instead of the system's
//   headers = ["X-Key: value"]
//   user_agent = "revstat"
//   refuse_shrunk = false           # or only report a CRL with fewer entries
//   shrink_to = 0.5                 #   than this share of those before
//   refuse_conflicting = false      # or only report a number used again
//   refuse_vanished = false         # or only report a certificate that is
//                                   #   listed no longer before it expires
//   allow_private_addresses = false
//   allow_downgrade = false         # a redirect from https to http
//
// Files are named from the folder of the sources file. A partitioned CRL has a
// block for each part, with the same trust.
#ifndef REVSTAT_ENGINE_REFRESH_SOURCES_H_
#define REVSTAT_ENGINE_REFRESH_SOURCES_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/buffer.h"
#include "engine/refresh/fetch.h"
#include "engine/refresh/odd_crl.h"
#include "engine/refresh/schedule.h"

namespace revstat {

enum class Discovery : uint8_t { kOff, kOn };

// One block. A value.
struct IssuerSource {
  std::string name;
  uint32_t line = 0;  // of the block, for errors

  // Paths, as written but for the folder put before relative ones.
  std::vector<std::string> trust_files;
  std::vector<std::string> untrusted_files;
  std::vector<std::string> certificate_files;
  // What is in them, one certificate in DER each: the reader of the
  // configuration leaves them empty, whoever reads PEM fills them.
  std::vector<std::shared_ptr<const Buffer>> trusted;
  std::vector<std::shared_ptr<const Buffer>> untrusted;
  std::vector<std::shared_ptr<const Buffer>> certificates;

  std::vector<std::string> crl_urls;
  std::vector<std::string> delta_urls;
  Discovery discovery = Discovery::kOff;
  ProxyPolicy discovered_by_proxy = ProxyPolicy::kRefuse;

  ScheduleLimits schedule;
  std::chrono::seconds grace{0};
  FetchLimits limits;
  std::string proxy;
  std::string ca_file;
  std::vector<std::string> headers;
  std::string user_agent = "revstat";
  AddressPolicy addresses = AddressPolicy::kPublicOnly;
  DowngradePolicy downgrade = DowngradePolicy::kRefuse;
  OddRules odd;
};

struct ConfigProblem {
  uint32_t line = 0;  // from 1
  uint32_t column = 0;
  std::string message;
};

struct ParsedSources {
  std::vector<IssuerSource> issuers;
  // All there are, in the order of the file; where there is one, `issuers` is
  // not to be used.
  std::vector<ConfigProblem> problems;
};

// `folder` is put before relative names of files; empty: none is. Unknown keys,
// wrong types and values out of range are problems. Reads no file but `text`.
ParsedSources ParseSources(std::string_view text, std::string_view folder);

// "<file>:<line>:<column>: <message>", a line each.
std::string Describe(const std::vector<ConfigProblem>& problems,
                     std::string_view file);

// The request for a URL that the operator wrote; of a discovered one, `files`
// has to be refused.
FetchRequest RequestFor(const IssuerSource& issuer, const std::string& url);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_SOURCES_H_
