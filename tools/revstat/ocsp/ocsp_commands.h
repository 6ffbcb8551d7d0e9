// The subcommands of `revstat ocsp`.
#ifndef REVSTAT_TOOLS_REVSTAT_OCSP_OCSP_COMMANDS_H_
#define REVSTAT_TOOLS_REVSTAT_OCSP_OCSP_COMMANDS_H_

namespace CLI {
class App;
}

namespace revstat::tool {

// Each adds its subcommand; running it sets *exit_status.
void AddOcspQueryCommand(CLI::App& ocsp, int* exit_status);
void AddOcspVerifyCommand(CLI::App& ocsp, int* exit_status);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_OCSP_OCSP_COMMANDS_H_
