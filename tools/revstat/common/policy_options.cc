#include "tools/revstat/common/policy_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/base/bytes.h"
#include "tools/revstat/store/store_options.h"

namespace revstat::tool {
namespace {

std::string CheckTimeText(const std::string& text) {
  return ParseTime(text).has_value()
             ? ""
             : "is no time (2026-06-01, 2026-06-01T12:00:00Z, or Unix "
               "seconds): " +
                   text;
}

Format FormatNamed(const std::string& name) {
  return name == "csv"     ? Format::kCsv
         : name == "jsonl" ? Format::kJsonLines
                           : Format::kTable;
}

void AddSeconds(CLI::App* command, const char* name, int64_t* seconds,
                int64_t limit, const char* meaning) {
  command->add_option(name, *seconds, meaning)
      ->type_name("SECONDS")
      ->check(CLI::Range(int64_t{0}, limit));
}

}  // namespace

CLI::Option* AddFilesOption(CLI::App* command, const char* name,
                            std::vector<std::string>* files,
                            std::string_view meaning, const std::string& kind) {
  return command
      ->add_option(name, *files, Concat({meaning, "; may be repeated"}))
      ->type_name(kind)
      // Else CLI11 writes "FILE ...", as if one option took several.
      ->option_text(kind)
      ->allow_extra_args(false);
}

void AddPolicyOptions(CLI::App* command, PolicyOptions* options) {
  AddFilesOption(command, "--trust", &options->files.trust,
                 "Certificates of the issuers, trusted to sign certificates "
                 "and CRLs");
  AddStoreOption(command, &options->files.store);
  // Without either there is nothing to go by.
  command->parse_complete_callback([options] {
    if (options->files.trust.empty() && options->files.store.empty())
      throw CLI::RequiredError("--store or --trust");
  });
  AddFilesOption(
      command, "--untrusted", &options->files.untrusted,
      "Certificates of other CAs, used where a path leads to a trusted one");
  AddFilesOption(command, "--crl", &options->files.crls,
                 "CRLs, PEM or DER: complete, delta, indirect or partitioned");
  AddFilesOption(command, "--ocsp", &options->files.ocsp,
                 "OCSP responses, PEM or DER");
  AddFilesOption(
      command, "--ocsp-cache", &options->files.ocsp_caches,
      "Answers that `ocsp query --cache` has kept with the same options");
  AddFilesOption(command, "--trust-responder",
                 &options->files.trusted_responders,
                 "Certificates of OCSP responders, believed for every issuer");
  command
      ->add_option_function<std::string>(
          "--policy",
          [options](const std::string& name) {
            options->sources = *SourcePolicyNamed(name);
          },
          "crl_only, ocsp_only, prefer_crl, prefer_ocsp (default) or both")
      ->type_name("POLICY")
      ->check(CLI::Validator(
          [](std::string& name) {
            return SourcePolicyNamed(name).has_value()
                       ? std::string()
                       : "is not crl_only, ocsp_only, prefer_crl, prefer_ocsp "
                         "or both: " +
                             name;
          },
          ""));
  command
      ->add_option("--at", options->at,
                   "The time to answer for; now if not given")
      ->type_name("TIME")
      ->check(CLI::Validator(CheckTimeText, ""));
  AddSeconds(command, "--clock-skew", &options->clock_skew, 86400,
             "Allowed difference of clocks; 0 if not given");
  AddSeconds(command, "--max-age", &options->max_age, int64_t{1} << 40,
             "A CRL older than this never proves that a certificate is active");
  AddSeconds(command, "--short-lived", &options->short_lived, int64_t{1} << 40,
             "A certificate valid for no longer than this needs no CRL");
  command->add_flag_callback(
      "--ignore-next-update",
      [options] { options->next_update = NextUpdatePolicy::kIgnore; },
      "Let a CRL prove that a certificate is active after its nextUpdate");
  command->add_flag_callback(
      "--allow-sha1",
      [options] { options->weak_digest = WeakDigest::kAllowSha1; },
      "Accept SHA-1 in signatures");
  command->add_flag_callback(
      "--all-partitions",
      [options] { options->partitions = Partitions::kAllHeld; },
      "All distribution points are given: a bare serial in none is active");
  command
      ->add_option_function<std::string>(
          "--unknown",
          [options](const std::string& name) {
            options->unknown = name == "accept" ? UnknownPolicy::kAccept
                                                : UnknownPolicy::kRefuse;
          },
          "refuse or accept what is not known; refuse if not given")
      ->type_name("POLICY")
      ->check(CLI::IsMember({"refuse", "accept"}));
}

void AddFormatOption(CLI::App* command, const std::vector<std::string>& names,
                     std::function<void(const std::string& name)> take) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : name == names.back() ? " or " : ", ") + name;
  const auto check = [names, text](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end()
               ? std::string()
               : "is not " + text + ": " + name;
  };
  command
      ->add_option_function<std::string>("--format", std::move(take),
                                         text + "; table if not given")
      ->type_name("FORMAT")
      ->check(CLI::Validator(check, ""));
}

void AddFormatOption(CLI::App* command, const std::vector<std::string>& names,
                     Format* format) {
  AddFormatOption(command, names, [format](const std::string& name) {
    *format = FormatNamed(name);
  });
}

LookupPolicy LookupPolicyOf(const PolicyOptions& options) {
  LookupPolicy policy;
  policy.at = options.at.empty() ? std::chrono::floor<std::chrono::seconds>(
                                       std::chrono::system_clock::now())
                                 : *ParseTime(options.at);
  policy.clock_skew = std::chrono::seconds(options.clock_skew);
  if (options.max_age >= 0)
    policy.max_age = std::chrono::seconds(options.max_age);
  if (options.short_lived >= 0)
    policy.short_lived = std::chrono::seconds(options.short_lived);
  policy.next_update = options.next_update;
  return policy;
}

absl::StatusOr<std::unique_ptr<OcspChecker>> MakeOcspChecker(
    const LoadedEvidence& evidence, const EvidencePolicy& policy,
    const PolicyOptions& options) {
  const bool is_needed = options.sources == SourcePolicy::kOcspOnly ||
                         options.sources == SourcePolicy::kBoth ||
                         !options.files.stapled.empty();
  if (evidence.ocsp.empty() && !is_needed) return nullptr;
  OcspCheckPolicy check;
  check.sources = options.sources;
  check.lookup = policy.lookup;
  check.signature = policy.ingest.signature;
  check.trusted_responders = evidence.trusted_responders;
  return OcspChecker::Create(evidence.snapshot(), evidence.ocsp,
                             std::move(check));
}

EvidencePolicy EvidencePolicyOf(const PolicyOptions& options) {
  EvidencePolicy policy;
  policy.ingest.signature.weak_digest = options.weak_digest;
  policy.lookup = LookupPolicyOf(options);
  policy.partitions = options.partitions;
  return policy;
}

}  // namespace revstat::tool
