// The options that check and verify share: which evidence, and how it counts.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMON_POLICY_OPTIONS_H_
#define REVSTAT_TOOLS_REVSTAT_COMMON_POLICY_OPTIONS_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/check/ocsp_checker.h"
#include "engine/check/path_checker.h"
#include "tools/revstat/check/result_writer.h"
#include "tools/revstat/common/evidence.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace revstat::tool {

struct PolicyOptions {
  EvidenceFiles files;
  std::string at;
  int64_t clock_skew = 0;
  int64_t max_age = -1;
  int64_t short_lived = -1;
  NextUpdatePolicy next_update = NextUpdatePolicy::kEnforce;
  WeakDigest weak_digest = WeakDigest::kRefuse;
  UnknownPolicy unknown = UnknownPolicy::kRefuse;
  Partitions partitions = Partitions::kMayBeMissing;
  SourcePolicy sources = SourcePolicy::kPreferOcsp;
};

// `options` outlives the app.
void AddPolicyOptions(CLI::App* command, PolicyOptions* options);
// An option that takes one file, and the next where it is given again.
CLI::Option* AddFilesOption(CLI::App* command, const char* name,
                            std::vector<std::string>* files,
                            std::string_view meaning,
                            const std::string& kind = "FILE");
// --format with the names that the command has; `take` gets one of them.
void AddFormatOption(CLI::App* command, const std::vector<std::string>& names,
                     std::function<void(const std::string& name)> take);
void AddFormatOption(CLI::App* command, const std::vector<std::string>& names,
                     Format* format);

LookupPolicy LookupPolicyOf(const PolicyOptions& options);
EvidencePolicy EvidencePolicyOf(const PolicyOptions& options);
// Null where no OCSP response was given and none is needed; fails where a
// trusted responder's certificate cannot be used.
absl::StatusOr<std::unique_ptr<OcspChecker>> MakeOcspChecker(
    const LoadedEvidence& evidence, const EvidencePolicy& policy,
    const PolicyOptions& options);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_POLICY_OPTIONS_H_
