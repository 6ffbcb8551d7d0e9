// revstat-gen: makes PKIs, CRLs, certificates and query lists for tests and
// benchmarks. Exit status: 0 done, 2 not done.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <new>
#include <string>

#include "tools/revstat-gen/commands.h"

int main(int argc, char** argv) {
  CLI::App program(
      "Makes a PKI, CRLs, certificates and query lists of any size for tests "
      "and benchmarks.\n"
      "The same options and the same --seed give the same bytes, on any "
      "machine.\n"
      "FOR TEST DATA ONLY: every private key follows from the seed.",
      "revstat-gen");
  program.require_subcommand(1);
  absl::Status outcome;
  revstat::gen::AddPkiCommand(&program, &outcome);
  revstat::gen::AddCrlCommand(&program, &outcome);
  revstat::gen::AddQueriesCommand(&program, &outcome);
  revstat::gen::AddCertsCommand(&program, &outcome);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  } catch (const std::bad_alloc&) {
    // A CRL is built in memory: --entries decides how much it takes.
    outcome =
        absl::ResourceExhaustedError("not enough memory for so many entries");
  }
  if (outcome.ok()) return 0;
  std::fprintf(stderr, "revstat-gen: %s\n",
               std::string(outcome.message()).c_str());
  return 2;
}
