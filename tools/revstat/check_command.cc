#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>

#include "engine/base/error.h"
#include "tools/revstat/answer_session.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/evidence.h"

namespace revstat::tool {
namespace {

struct CheckOptions {
  EvidenceFiles evidence;
  std::vector<std::string> inputs;
  std::string at;
  Format format = Format::kTable;
  int64_t clock_skew = 0;
  int64_t max_age = -1;
  NextUpdatePolicy next_update = NextUpdatePolicy::kEnforce;
  WeakDigest weak_digest = WeakDigest::kRefuse;
};

constexpr char kExamples[] = R"(
Prints for each certificate whether it is active, revoked, on_hold, expired,
not_yet_valid or unknown, with the reason or the cause.

INPUT is a certificate or a bundle of them (PEM, DER, PKCS#7), a folder, "-" for
standard input, or a CSV/TSV list whose header names issuer and serial and, if
wanted, not_before and not_after. The issuer in a list is the SHA-256 of the
issuer's certificate in hexadecimal, or its subject as in "CN=CA,O=Org,C=EE".
What a certificate says of itself is taken as it stands: check looks up its
issuer and serial and does not verify its signature or path.
TIME is RFC 3339 (2026-06-01T00:00:00Z) or Unix seconds.

Examples:
  revstat check --trust ca.pem --crl ca.crl server.pem
  revstat check --trust ca.pem --crl ca.crl --format csv list.csv > result.csv
  cat *.pem | revstat check --trust ca.pem --crl ca.crl --format jsonl -

Exit status: 0 all are active; 1 one is revoked, on hold, expired or not yet
valid; 3 none of these, but one is unknown; 2 wrong usage or unreadable input.)";

LookupPolicy PolicyOf(const CheckOptions& options) {
  LookupPolicy policy;
  policy.at = options.at.empty() ? std::chrono::floor<std::chrono::seconds>(
                                       std::chrono::system_clock::now())
                                 : *ParseTime(options.at);
  policy.clock_skew = std::chrono::seconds(options.clock_skew);
  if (options.max_age >= 0)
    policy.max_age = std::chrono::seconds(options.max_age);
  policy.next_update = options.next_update;
  return policy;
}

int ExitStatusOf(const Tally& tally, uint64_t failures) {
  if (failures > 0 || tally.unreadable > 0) return kExitFailure;
  if (tally.of(Status::kUnknown) + tally.of(Status::kActive) != tally.total()) {
    return kExitNotActive;
  }
  return tally.of(Status::kUnknown) > 0 ? kExitUnknown : kExitActive;
}

int RunCheck(const CheckOptions& options) {
  IngestOptions ingest;
  ingest.signature.weak_digest = options.weak_digest;
  const LoadedEvidence evidence = LoadEvidence(options.evidence, ingest);

  Output output(STDOUT_FILENO);
  AnswerSession session(*evidence.snapshot, PolicyOf(options), options.format,
                        &output);
  const auto start = std::chrono::steady_clock::now();
  session.Begin();
  for (const std::string& input : options.inputs) session.Answer(input);
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  session.End(elapsed.count());
  output.Flush();
  if (!output.status().ok()) {
    Report(MessageOf(output.status()));
    return kExitFailure;
  }
  return ExitStatusOf(session.tally(), evidence.failures);
}

std::string CheckTimeText(const std::string& text) {
  return ParseTime(text).has_value()
             ? ""
             : "is neither RFC 3339 nor Unix seconds: " + text;
}

std::optional<Format> FormatNamed(const std::string& name) {
  if (name == "table") return Format::kTable;
  if (name == "csv") return Format::kCsv;
  if (name == "jsonl") return Format::kJsonLines;
  return std::nullopt;
}

std::string CheckFormatText(const std::string& name) {
  return FormatNamed(name).has_value() ? ""
                                       : "is not table, csv or jsonl: " + name;
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
  check
      ->add_option(
          "--trust", options->evidence.trust,
          "Certificates of the issuers, trusted to sign certificates and CRLs")
      ->type_name("FILE")
      ->required()
      ->allow_extra_args(false);
  check->add_option("--crl", options->evidence.crls, "CRLs, PEM or DER")
      ->type_name("FILE")
      ->allow_extra_args(false);
  check
      ->add_option("--at", options->at,
                   "The time to answer for; now if not given")
      ->type_name("TIME")
      ->check(CLI::Validator(CheckTimeText, ""));
  check
      ->add_option_function<std::string>(
          "--format",
          [options](const std::string& name) {
            options->format = *FormatNamed(name);
          },
          "table, csv or jsonl; table if not given")
      ->type_name("FORMAT")
      ->check(CLI::Validator(CheckFormatText, ""));
  check
      ->add_option("--clock-skew", options->clock_skew,
                   "Allowed difference of clocks on thisUpdate and nextUpdate")
      ->type_name("SECONDS")
      ->check(CLI::Range(int64_t{0}, int64_t{86400}));
  check
      ->add_option(
          "--max-age", options->max_age,
          "A CRL older than this never proves that a certificate is active")
      ->type_name("SECONDS")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 40));
  check->add_flag_callback(
      "--ignore-next-update",
      [options] { options->next_update = NextUpdatePolicy::kIgnore; },
      "Let a CRL prove that a certificate is active after its nextUpdate");
  check->add_flag_callback(
      "--allow-sha1",
      [options] { options->weak_digest = WeakDigest::kAllowSha1; },
      "Accept SHA-1 in the signatures of CRLs");
  check->callback(
      [options, exit_status] { *exit_status = RunCheck(*options); });
}

}  // namespace revstat::tool
