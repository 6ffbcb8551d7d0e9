#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "engine/base/error.h"
#include "tools/revstat/check/answer_session.h"
#include "tools/revstat/check/exit_status.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/common/policy_options.h"

namespace revstat::tool {
namespace {

struct CheckOptions {
  PolicyOptions policy;
  std::vector<std::string> inputs;
  Format format = Format::kTable;
};

constexpr char kExamples[] = R"(
Prints for each certificate whether it is active, revoked, on_hold, expired,
not_yet_valid or unknown, with the reason or the cause.

INPUT is a certificate or a bundle of them (PEM, DER, PKCS#7), a folder, "-" for
standard input, or a CSV list (with commas, semicolons or tabs) whose header
names issuer and serial and, if wanted, not_before and not_after:

    issuer,serial
    "CN=CA,O=Org,C=EE",3e4c6c8c6dc5cde5e3cd792ae1a5dccd

The issuer in a list is the SHA-256 of the issuer's certificate in hexadecimal
(openssl x509 -in ca.pem -noout -fingerprint -sha256), or its subject as above,
or as `openssl x509 -issuer` prints it: "C = EE, O = Org, CN = CA".
Serials in a list are hexadecimal, without or with 0x, colons or spaces; or
decimal, in a column serial_decimal instead.
What a certificate says of itself is taken as it stands: check looks up its
issuer and serial and does not verify its signature or path.
One of --trust and --store is needed.
TIME is RFC 3339 (2026-06-01T00:00:00Z), a date (2026-06-01: its midnight UTC) or
Unix seconds.
With --trust, --untrusted, --crl, --ocsp and --trust-responder, FILE may be a
folder: of all files in it, those that hold such are taken; one that is named
like them (.crl, .pem, .cer, ...) and is nothing of the kind is an error.

Examples:
  revstat check --trust ca.pem --crl ca.crl server.pem
  revstat check --trust ca.pem --ocsp server.ocsp --policy ocsp_only server.pem
  revstat check --trust ca.pem --crl ca.crl --format csv list.csv > result.csv
  cat *.pem | revstat check --trust ca.pem --crl ca.crl --format jsonl -

FILE:N in the result is the N-th certificate of a bundle, or line N of a list.

Exit status: 0 all are active; 1 one is revoked, on hold, expired or not yet
valid; 3 none of these, but one is unknown, unless --unknown accept is given;
2 wrong usage or unreadable input.)";

int RunCheck(const CheckOptions& options) {
  const EvidencePolicy policy = EvidencePolicyOf(options.policy);
  const LoadedEvidence evidence = LoadEvidence(options.policy.files, policy);

  Output output(STDOUT_FILENO);
  AnswerSession session(evidence.snapshot(), policy.lookup, options.format,
                        &output);
  auto first = MakeOcspChecker(evidence, policy, options.policy);
  auto second = MakeOcspChecker(evidence, policy, options.policy);
  if (!first.ok() || !second.ok()) {
    Report(MessageOf(first.ok() ? second.status() : first.status()));
    return kExitFailure;
  }
  session.UseOcsp(&evidence.ocsp, *std::move(first), *std::move(second));
  const auto start = std::chrono::steady_clock::now();
  session.Begin();
  for (const std::string& input : options.inputs) session.Answer(input);
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  session.End(elapsed.count());
  output.Flush();
  if (const uint64_t count = session.tally().contradicted; count > 0) {
    Report(Concat({"CRLs and OCSP responses contradict each other about ",
                   WithCommas(count),
                   count == 1 ? " certificate" : " certificates",
                   ": the stricter answer counts"}));
  }
  ReportRefusedOcsp(evidence, session.checkers());
  if (!output.status().ok()) {
    Report(MessageOf(output.status()));
    return kExitFailure;
  }
  return ExitStatusOf(session.tally(), options.policy.unknown,
                      evidence.failures);
}

}  // namespace

void AddCheckCommand(CLI::App& app, int* exit_status) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* check =
      app.add_subcommand("check", "Tell the status of certificates");
  check->footer(kExamples);
  check
      ->add_option("INPUT", options->inputs,
                   "Certificates, bundles, folders, lists or -")
      ->required();
  AddPolicyOptions(check, &options->policy);
  AddFormatOption(check, {"table", "csv", "jsonl"}, &options->format);
  check->callback(
      [options, exit_status] { *exit_status = RunCheck(*options); });
}

}  // namespace revstat::tool
