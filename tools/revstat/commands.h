// The subcommands of revstat: each registers itself with its options.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMANDS_H_
#define REVSTAT_TOOLS_REVSTAT_COMMANDS_H_

namespace CLI {
class App;
}

namespace revstat::tool {

// The exit statuses scripts rely on.
inline constexpr int kExitActive = 0;  // every certificate is active
inline constexpr int kExitNotActive =
    1;  // one is revoked, on hold, expired or not yet valid
inline constexpr int kExitFailure =
    2;  // wrong usage, or an input could not be read
inline constexpr int kExitUnknown = 3;  // none of these, but one is unknown

// Each adds its subcommand; running it sets *exit_status.
void AddCheckCommand(CLI::App& app, int* exit_status);
void AddVerifyCommand(CLI::App& app, int* exit_status);
void AddOcspCommand(CLI::App& app, int* exit_status);
void AddInspectCommand(CLI::App& app, int* exit_status);
void AddIngestCommand(CLI::App& app, int* exit_status);
void AddStoreCommand(CLI::App& app, int* exit_status);
void AddBenchCommand(CLI::App& app, int* exit_status);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMANDS_H_
