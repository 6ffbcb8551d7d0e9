// Options that the commands around a store share.
#ifndef REVSTAT_TOOLS_REVSTAT_STORE_STORE_OPTIONS_H_
#define REVSTAT_TOOLS_REVSTAT_STORE_STORE_OPTIONS_H_

#include <string>

#include "absl/status/status.h"
#include "engine/base/time.h"
#include "engine/refresh/store_updater.h"
#include "tools/revstat/common/evidence.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace revstat::tool {

CLI::Option* AddStoreOption(CLI::App* command, std::string* store);
CLI::Option* AddAtOption(CLI::App* command, std::string* at,
                         const char* meaning);
// The time that a checked text names; now for none.
Time TimeOr(const std::string& text);
// The message of why a store cannot be read or written and, where it is
// damaged, what mends it.
std::string StoreProblem(const absl::Status& status, const std::string& store);
// What was damaged or missing when the store was opened.
void ReportLost(const StoreUpdater& updater);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_STORE_STORE_OPTIONS_H_
