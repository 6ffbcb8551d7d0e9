// revstat: is this certificate active, revoked or expired?
#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>

#include "engine/base/bytes.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/common/output.h"

int main(int argc, char** argv) {
  using namespace revstat::tool;
  // A reader that goes away is an error of writing, not a death.
  std::signal(SIGPIPE, SIG_IGN);
  int exit_status = kExitFailure;
  CLI::App app(
      "revstat tells whether certificates are active, revoked or expired, and "
      "why.");
  app.set_version_flag("--version", "revstat " REVSTAT_VERSION);
  app.require_subcommand(1);
  app.footer("revstat COMMAND --help shows a command's options and examples.");
  AddCheckCommand(app, &exit_status);
  AddVerifyCommand(app, &exit_status);
  AddIngestCommand(app, &exit_status);
  AddStoreCommand(app, &exit_status);
  AddOcspCommand(app, &exit_status);
  AddInspectCommand(app, &exit_status);
  AddBenchCommand(app, &exit_status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 names what is missing before what it does not know, which is the
    // likelier mistake.
    const std::vector<std::string> unknown = app.remaining(true);
    if (error.get_name() == "RequiredError" && !unknown.empty()) {
      Report(revstat::Concat({"no such command or option: ", unknown.front()}));
    }
    return app.exit(error) == 0 ? 0 : kExitFailure;
  } catch (const std::exception& error) {
    Report(revstat::Concat({"stopped: ", error.what()}));
    return kExitFailure;
  }
  return exit_status;
}
