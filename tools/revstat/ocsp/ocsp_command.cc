// revstat ocsp: what has to do with OCSP alone.
#include <CLI/CLI.hpp>

#include "tools/revstat/commands.h"
#include "tools/revstat/ocsp/ocsp_commands.h"

namespace revstat::tool {

void AddOcspCommand(CLI::App& app, int* exit_status) {
  CLI::App* ocsp = app.add_subcommand("ocsp", "Work with OCSP responses");
  ocsp->require_subcommand(1);
  ocsp->footer("revstat ocsp COMMAND --help shows its options and examples.");
  AddOcspQueryCommand(*ocsp, exit_status);
  AddOcspVerifyCommand(*ocsp, exit_status);
}

}  // namespace revstat::tool
