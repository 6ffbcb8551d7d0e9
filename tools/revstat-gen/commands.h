// The commands of revstat-gen. Each adds itself to the program; when it is the
// one that was asked for, it runs during parsing and leaves its outcome.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_COMMANDS_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_COMMANDS_H_

#include "absl/status/status.h"

namespace CLI {
class App;
}  // namespace CLI

namespace revstat::gen {

void AddPkiCommand(CLI::App* program, absl::Status* outcome);
void AddCrlCommand(CLI::App* program, absl::Status* outcome);
void AddQueriesCommand(CLI::App* program, absl::Status* outcome);
void AddCertsCommand(CLI::App* program, absl::Status* outcome);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_COMMANDS_H_
