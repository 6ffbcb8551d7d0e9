#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/json_text.h"
#include "engine/check/path_checker.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/common/input_files.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/common/policy_options.h"

namespace revstat::tool {
namespace {

constexpr uint64_t kMaxBundleBytes = uint64_t{16} << 20;
// More than any path holds; what a stranger sends along is not to keep us busy.
constexpr size_t kMaxBundled = 32;

struct VerifyOptions {
  PolicyOptions policy;
  std::string certificate;
  CheckDepth depth = CheckDepth::kChain;
  AnchorKind anchor_kind = AnchorKind::kSelfSigned;
  Format format = Format::kTable;
};

constexpr char kExamples[] = R"(
Builds the path from a certificate to a trusted one, validates it, and asks the
status of every certificate on it but the trusted one. A certificate is valid
when its path is and all of these are active.

With --stapled the certificate is judged as in a TLS handshake: the response that
came along is looked at first, and a certificate that demands one (RFC 7633) is
not valid without one that verifies. Other responses are given with --ocsp.

CERT is a certificate, PEM or DER, or "-" for standard input; in a file of
several the first is verified and the others are used like --untrusted.
With --trust, --untrusted, --crl, --ocsp and --trust-responder, FILE may be a
folder: of all files in it, those that hold such are taken; one that is named
like them (.crl, .pem, .cer, ...) and is nothing of the kind is an error.

Examples:
  revstat verify --trust root.pem --untrusted ca.pem --crl root.crl --crl ca.crl server.pem
  revstat verify --trust root.pem --crl ca.crl --depth end-entity chain.pem
  revstat verify --trust root.pem --untrusted ca.pem --stapled staple.der server.pem
  revstat verify --trust ca.pem --partial-chain --crl ca.crl --format jsonl server.pem

Exit status: 0 valid; 1 not valid; 3 a status is not known, and nothing worse;
2 wrong usage or an input that cannot be read.)";

// The rows of the path, in the table's or JSON's form.
std::vector<std::string> RowsOf(const std::string& input,
                                const CheckedPath& path, ResultWriter* writer) {
  std::vector<std::string> rows;
  for (const CheckedCertificate& checked : path.certificates) {
    const auto view = CertificateView::Parse(checked.certificate->bytes());
    if (!view.ok()) continue;  // was read before
    ResultRow row;
    // The others come from whatever file; their names say which they are.
    if (rows.empty()) row.input = input;
    row.subject = view->subject();
    row.issuer = view->issuer();
    TextBuffer text;
    writer->Write(row, checked.question, checked.verdict, &text);
    rows.emplace_back(text.view());
  }
  return rows;
}

std::string TableOf(const std::string& input, const CheckedPath& path,
                    ResultWriter* writer) {
  TextBuffer header;
  writer->Begin(&header);
  std::string text(header.view());
  for (const std::string& row : RowsOf(input, path, writer)) text += row;
  text += path.result == PathResult::kValid
              ? "\nvalid\n"
              : Concat({"\nnot valid: ", path.error, "\n"});
  return text;
}

std::string JsonOf(const std::string& input, const CheckedPath& path,
                   ResultWriter* writer) {
  const bool is_valid = path.result == PathResult::kValid;
  std::string text = Concat({"{\"input\":", JsonString(input),
                             ",\"valid\":", is_valid ? "true" : "false"});
  if (!is_valid) text += Concat({",\"error\":", JsonString(path.error)});
  text += ",\"path\":[";
  std::string_view separator;
  for (std::string& row : RowsOf(input, path, writer)) {
    row.pop_back();  // the end of the line
    text += Concat({separator, row});
    separator = ",";
  }
  return text += "]}\n";
}

int ExitStatusOf(const CheckedPath& path, uint64_t failures) {
  if (failures > 0) return kExitFailure;
  switch (path.result) {
    case PathResult::kValid:
      return kExitActive;
    case PathResult::kNotValid:
      return kExitNotActive;
    case PathResult::kUnknown:
      return kExitUnknown;
  }
  return kExitFailure;
}

// Whether a trusted certificate is not its own issuer's.
bool HasOtherAnchors(const Snapshot& snapshot) {
  return std::any_of(snapshot.issuers().begin(), snapshot.issuers().end(),
                     [](const Issuer& issuer) {
                       return issuer.is_vouched_for &&
                              !Equal(issuer.view.issuer().tlv(),
                                     issuer.view.subject().tlv());
                     });
}

// Whoever staples another certificate's response has most likely mixed up two
// files.
void ReportForeignStaple(const VerifyOptions& options,
                         const LoadedEvidence& evidence,
                         const CheckedPath& path) {
  if (!evidence.ocsp.stapled().has_value() || path.certificates.empty()) return;
  Verdict by_staple;
  by_staple.source = OcspSet::kStapled;
  by_staple.flags = Verdict::kFromOcsp;
  const LookupKey& key = path.certificates.front().question.key;
  if (evidence.ocsp.Explain(key, by_staple).single.has_value()) return;
  Report(Concat({options.policy.files.stapled, ": it is not about serial ",
                 key.serial.ToText(), ", and says nothing of it"}));
}

int RunVerify(const VerifyOptions& options) {
  auto certificates = ReadObjects(options.certificate, ObjectKind::kCertificate,
                                  kMaxBundleBytes);
  if (!certificates.ok()) {
    Report(MessageOf(certificates.status()));
    return kExitFailure;
  }
  if (certificates->size() > kMaxBundled) {
    Report(Concat({options.certificate, ": more than ",
                   std::to_string(kMaxBundled), " certificates"}));
    return kExitFailure;
  }
  if (certificates->size() > 1) {
    Report(Concat({options.certificate,
                   ": the first certificate is verified, the others are used "
                   "like --untrusted"}));
  }
  const std::shared_ptr<const Buffer> target = certificates->front();
  certificates->erase(certificates->begin());
  EvidencePolicy policy = EvidencePolicyOf(options.policy);
  policy.anchor_kind = options.anchor_kind;
  policy.store_paths = StorePaths::kBuilt;
  const LoadedEvidence evidence =
      LoadEvidence(options.policy.files, policy, *certificates);
  IssuerResolver resolver(evidence.snapshot());
  const PathCheckPolicy check{policy.lookup, options.depth,
                              options.policy.unknown};
  const auto ocsp = MakeOcspChecker(evidence, policy, options.policy);
  if (!ocsp.ok()) {
    Report(MessageOf(ocsp.status()));
    return kExitFailure;
  }
  Handshake handshake;
  if (const auto& stapled = evidence.ocsp.stapled(); stapled.has_value())
    handshake.stapled = &stapled->response;
  const auto path = CheckPath(
      *evidence.built.paths, evidence.snapshot(), check, target, &resolver,
      ocsp->get(), options.policy.files.stapled.empty() ? nullptr : &handshake);
  if (!path.ok()) {
    Report(Concat({options.certificate, ": ", MessageOf(path.status())}));
    return kExitFailure;
  }
  for (const CheckedCertificate& checked : path->certificates) {
    if ((checked.verdict.flags & Verdict::kContradicted) != 0) {
      Report(Concat({"a CRL and an OCSP response contradict each other about ",
                     checked.question.key.serial.ToText(),
                     ": the stricter answer counts"}));
    }
  }
  ReportRefusedOcsp(evidence, {ocsp->get()});
  ReportForeignStaple(options, evidence, *path);
  if (path->result == PathResult::kNotValid &&
      options.anchor_kind == AnchorKind::kSelfSigned &&
      HasOtherAnchors(evidence.snapshot())) {
    Report(
        "a trusted certificate that is not self-signed ends a path only "
        "with --partial-chain");
  }
  const auto writer = ResultWriter::Create(options.format, evidence.snapshot());
  writer->UseOcsp(&evidence.ocsp);
  Output output(STDOUT_FILENO);
  output.Write(options.format == Format::kTable
                   ? TableOf(options.certificate, *path, writer.get())
                   : JsonOf(options.certificate, *path, writer.get()));
  output.Flush();
  if (!output.status().ok()) {
    Report(MessageOf(output.status()));
    return kExitFailure;
  }
  return ExitStatusOf(*path, evidence.failures);
}

}  // namespace

void AddVerifyCommand(CLI::App& app, int* exit_status) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* verify = app.add_subcommand(
      "verify", "Verify a certificate's path and the status of all on it");
  verify->footer(kExamples);
  verify->add_option("CERT", options->certificate, "The certificate, or -")
      ->required();
  AddPolicyOptions(verify, &options->policy);
  AddFormatOption(verify, {"table", "jsonl"}, &options->format);
  verify
      ->add_option_function<std::string>(
          "--depth",
          [options](const std::string& name) {
            options->depth = name == "end-entity" ? CheckDepth::kEndEntity
                                                  : CheckDepth::kChain;
          },
          "Whose status is asked: end-entity or chain; chain if not given")
      ->type_name("DEPTH")
      ->check(CLI::IsMember({"end-entity", "chain"}));
  verify
      ->add_option("--stapled", options->policy.files.stapled,
                   "The OCSP response that came along in the TLS handshake; an "
                   "empty file says that none did")
      ->type_name("FILE");
  verify->add_flag_callback(
      "--partial-chain", [options] { options->anchor_kind = AnchorKind::kAny; },
      "Let a trusted certificate end the path that is not self-signed");
  verify->callback(
      [options, exit_status] { *exit_status = RunVerify(*options); });
}

}  // namespace revstat::tool
