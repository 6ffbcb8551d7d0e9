// revstat ocsp verify: what a response says of a certificate, without a
// network.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_text.h"
#include "engine/check/ocsp_checker.h"
#include "engine/verify/crl_verifier.h"
#include "engine/x509/name_text.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/common/input_files.h"
#include "tools/revstat/common/ocsp_text.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/common/policy_options.h"
#include "tools/revstat/ocsp/ocsp_commands.h"

namespace revstat::tool {
namespace {

constexpr uint64_t kMaxBytes = uint64_t{1} << 20;

struct OcspVerifyOptions {
  std::string response;
  std::string issuer;
  std::string certificate;
  std::string serial;
  std::vector<std::string> trusted_responders;
  std::optional<std::string> nonce;
  std::string at;
  int64_t max_age = -1;
  int64_t clock_skew = 0;
  WeakDigest weak_digest = WeakDigest::kRefuse;
  OcspNextUpdate next_update = OcspNextUpdate::kEnforced;
  Format format = Format::kTable;
};

constexpr char kExamples[] = R"(
Tells what an OCSP response says of a certificate, if the response is authentic
and current: signed by the issuer, by a delegate with id-kp-OCSPSigning that the
issuer has certified, or by a responder given with --trust-responder. Nothing is
fetched. A delegate's own status is not asked.

RESPONSE is DER or PEM ("OCSP RESPONSE"); for example of
  openssl ocsp -issuer ca.pem -cert server.pem -url URL -respout server.ocsp

Examples:
  revstat ocsp verify server.ocsp --issuer ca.pem --cert server.pem
  revstat ocsp verify server.ocsp --issuer ca.pem --serial 0a1b2c --max-age 86400
  revstat ocsp verify server.ocsp --issuer ca.pem --cert server.pem \
    --nonce 3f1c9a --format jsonl

--cert holds one certificate. One that the issuer has not signed is unknown,
whatever the response says of its serial.

Exit status: 0 active; 1 revoked, on hold, expired or not yet valid; 3 unknown,
or the response proves nothing; 2 wrong usage or an input that cannot be read.)";

// What is known of one certificate at the end.
struct Answer {
  Question question;
  std::optional<OcspIssuer> issuer;
  absl::StatusOr<VerifiedOcsp> verified;  // set where an issuer was read
  Verdict verdict;
};

LookupPolicy LookupPolicyOf(const OcspVerifyOptions& options) {
  PolicyOptions policy;
  policy.at = options.at;
  policy.clock_skew = options.clock_skew;
  policy.max_age = options.max_age;
  return LookupPolicyOf(policy);
}

OcspPolicy OcspPolicyOf(const OcspVerifyOptions& options,
                        const LookupPolicy& lookup, Bytes nonce) {
  OcspPolicy policy;
  policy.at = lookup.at;
  policy.clock_skew = lookup.clock_skew;
  policy.max_age = lookup.max_age;
  policy.next_update = options.next_update;
  policy.nonce =
      options.nonce.has_value() ? OcspNonce::kRequired : OcspNonce::kIgnored;
  policy.expected_nonce = nonce;
  return policy;
}

std::string TableOf(const Answer& answer, const OcspSource& source) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text += Concat({name, std::string(14 - name.size(), ' '), value, "\n"});
  };
  const Verdict& verdict = answer.verdict;
  add("status", NameOf(verdict.status));
  if (verdict.status == Status::kRevoked || verdict.status == Status::kOnHold) {
    add("since", FormatTime(verdict.revocation_time()));
    if (verdict.reason != ReasonCode::kAbsent)
      add("reason", NameOf(verdict.reason));
  }
  if (verdict.cause != Cause::kNone) {
    add("cause",
        Concat({NameOf(verdict.cause), ": ", MeaningOf(verdict.cause)}));
  }
  if (!answer.verified.ok()) add("error", MessageOf(answer.verified.status()));
  add("serial", answer.question.key.serial.ToText());
  add("issuer", FormatName(answer.issuer->certificate().subject()));
  if (!source.response.is_basic()) return text;
  const std::string responder = ResponderText(source.response.responder());
  add("responder",
      answer.verified.ok()
          ? Concat({responder, "  (", NameOf(answer.verified->signer()), ")"})
          : responder);
  add("producedAt", FormatTime(source.response.produced_at()));
  if (!answer.verified.ok()) return text;
  const OcspSingleResponse& single = answer.verified->single();
  add("thisUpdate", FormatTime(single.this_update));
  if (single.next_update.has_value())
    add("nextUpdate", FormatTime(*single.next_update));
  return text;
}

std::string JsonOf(const std::string& input, const Answer& answer,
                   const OcspSource& source) {
  const Verdict& verdict = answer.verdict;
  const std::string issuer =
      JsonString(FormatName(answer.issuer->certificate().subject()));
  std::string json =
      Concat({"{\"input\":", JsonString(input), ",\"issuer\":", issuer,
              ",\"serial\":\"", answer.question.key.serial.ToText(),
              "\",\"status\":\"", NameOf(verdict.status), "\""});
  if (answer.question.not_after != Time::max())
    json += verdict.is_expired() ? ",\"expired\":true" : ",\"expired\":false";
  OcspEvidence evidence;
  if (source.response.is_basic()) evidence.source = &source;
  if (answer.verified.ok()) evidence.single = answer.verified->single();
  if (verdict.status == Status::kRevoked || verdict.status == Status::kOnHold) {
    if (verdict.reason != ReasonCode::kAbsent)
      json += Concat({",\"reason\":\"", NameOf(verdict.reason), "\""});
    json += Concat({",\"revocation_time\":\"",
                    FormatTime(verdict.revocation_time()), "\""});
    if (evidence.single.has_value() &&
        evidence.single->invalidity_date.has_value()) {
      json += Concat({",\"invalidity_time\":\"",
                      FormatTime(*evidence.single->invalidity_date), "\""});
    }
  }
  if (verdict.cause != Cause::kNone)
    json += Concat({",\"cause\":\"", NameOf(verdict.cause), "\""});
  if (!answer.verified.ok()) {
    json += Concat(
        {",\"error\":", JsonString(MessageOf(answer.verified.status()))});
  }
  if (evidence.source != nullptr) json += OcspSourceJson(evidence, issuer);
  return json += "}\n";
}

// The certificate or serial that is asked about. `der` keeps the certificate.
absl::StatusOr<OcspQuestion> ReadQuestion(const OcspVerifyOptions& options,
                                          std::shared_ptr<const Buffer>* der,
                                          Question* question) {
  OcspQuestion asked;
  if (!options.serial.empty()) {
    const auto serial = SerialNumber::FromText(options.serial);
    if (!serial.ok()) return Annotate(serial.status(), "--serial");
    asked.serial = *serial;
  } else {
    const auto certificates =
        ReadObjects(options.certificate, ObjectKind::kCertificate, kMaxBytes);
    if (!certificates.ok()) return certificates.status();
    if (certificates->size() > 1) {
      return MakeError(
          ErrorCode::kTooMany,
          Concat({options.certificate, ": certificates; one is asked about"}));
    }
    *der = certificates->front();
    const auto view = CertificateView::Parse((*der)->bytes());
    if (!view.ok()) return Annotate(view.status(), options.certificate);
    asked = {view->serial(), view->issuer()};
    question->not_before = view->not_before();
    question->not_after = view->not_after();
  }
  question->key.serial = asked.serial;
  return asked;
}

// OK where this issuer has signed the certificate, or only a serial is asked
// about: other CAs have certificates with the same serial, some with the same
// name as well.
absl::Status CheckIssued(const std::shared_ptr<const Buffer>& certificate,
                         const CertificateView& issuer,
                         const SignaturePolicy& policy) {
  if (certificate == nullptr) return absl::OkStatus();
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  absl::Status issued = VerifyIssuedBy(*view, issuer, policy);
  if (ErrorCodeOf(issued) != ErrorCode::kBadSignature) return issued;
  return MakeError(ErrorCode::kWrongIssuer, "certificate signature");
}

// The answer under the first of the issuers that the certificate is of and the
// response is about.
absl::Status Ask(const OcspVerifyOptions& options, const OcspSource& source,
                 const OcspQuestion& asked,
                 const std::shared_ptr<const Buffer>& certificate,
                 const LookupPolicy& lookup, Bytes nonce, Answer* answer) {
  const auto issuers =
      ReadObjects(options.issuer, ObjectKind::kCertificate, kMaxBytes);
  if (!issuers.ok()) return issuers.status();
  OcspVerifierOptions verifier_options;
  verifier_options.signature.weak_digest = options.weak_digest;
  const SignaturePolicy signature = verifier_options.signature;
  OcspVerifier verifier(std::move(verifier_options));
  for (const std::string& path : options.trusted_responders) {
    const auto responders =
        ReadObjects(path, ObjectKind::kCertificate, kMaxBytes);
    if (!responders.ok()) return responders.status();
    for (const auto& responder : *responders) {
      const absl::Status added = verifier.AddTrustedResponder(responder);
      if (!added.ok()) return Annotate(added, path);
    }
  }
  const OcspPolicy policy = OcspPolicyOf(options, lookup, nonce);
  for (const auto& der : *issuers) {
    auto issuer = OcspIssuer::Create(der);
    if (!issuer.ok()) return Annotate(issuer.status(), options.issuer);
    answer->issuer = *std::move(issuer);
    absl::Status issued =
        CheckIssued(certificate, answer->issuer->certificate(), signature);
    if (!issued.ok()) {
      answer->verified = std::move(issued);
      continue;
    }
    answer->verified =
        verifier.Verify(source.response, *answer->issuer, asked, policy);
    if (certificate != nullptr ||
        ErrorCodeOf(answer->verified.status()) != ErrorCode::kOcspOtherIssuer)
      break;
  }
  return absl::OkStatus();
}

int ExitStatusOf(Status status) {
  switch (status) {
    case Status::kActive:
      return kExitActive;
    case Status::kUnknown:
      return kExitUnknown;
    default:
      return kExitNotActive;
  }
}

int Fail(std::string_view message) {
  Report(message);
  return kExitFailure;
}

int RunOcspVerify(const OcspVerifyOptions& options) {
  if (options.certificate.empty() == options.serial.empty())
    return Fail("one of --cert and --serial is needed");
  // RFC 9654 2.1: 1 to 128 octets. A script whose variable is empty must not
  // turn the check off.
  const auto nonce = FromHex(options.nonce.value_or(""));
  if (!nonce.has_value() || nonce->size() > kMaxOcspNonce ||
      nonce->empty() == options.nonce.has_value())
    return Fail("--nonce: 1 to 128 octets in hexadecimal");
  const auto responses =
      ReadObjects(options.response, ObjectKind::kOcspResponse, kMaxBytes);
  if (!responses.ok()) return Fail(MessageOf(responses.status()));
  if (responses->size() > 1)
    return Fail(Concat({options.response, ": more than one OCSP response"}));
  const auto source = OcspSource::Create(responses->front());
  if (!source.ok())
    return Fail(Concat({options.response, ": ", MessageOf(source.status())}));
  Answer answer;
  std::shared_ptr<const Buffer> certificate;
  const auto asked = ReadQuestion(options, &certificate, &answer.question);
  if (!asked.ok()) return Fail(MessageOf(asked.status()));
  const LookupPolicy lookup = LookupPolicyOf(options);
  const absl::Status status =
      Ask(options, *source, *asked, certificate, lookup, *nonce, &answer);
  if (!status.ok()) return Fail(MessageOf(status));
  answer.verdict = VerdictOf(answer.verified, answer.question, lookup);
  ApplyCertificate(lookup, answer.question, &answer.verdict);
  Output output(STDOUT_FILENO);
  output.Write(options.format == Format::kTable
                   ? TableOf(answer, *source)
                   : JsonOf(options.response, answer, *source));
  output.Flush();
  if (!output.status().ok()) return Fail(MessageOf(output.status()));
  return ExitStatusOf(answer.verdict.status);
}

void AddTimes(CLI::App* verify, OcspVerifyOptions* options) {
  verify
      ->add_option("--at", options->at,
                   "The time to answer for; now if not given")
      ->type_name("TIME")
      ->check(CLI::Validator(
          [](std::string& text) {
            return ParseTime(text).has_value() ? std::string()
                                               : "is no time: " + text;
          },
          ""));
  verify
      ->add_option("--max-age", options->max_age,
                   "An answer older than this proves nothing but a revocation")
      ->type_name("SECONDS")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 40));
  verify
      ->add_option("--clock-skew", options->clock_skew,
                   "Allowed difference of clocks")
      ->type_name("SECONDS")
      ->check(CLI::Range(int64_t{0}, int64_t{86400}));
  verify->add_flag_callback(
      "--ignore-next-update",
      [options] { options->next_update = OcspNextUpdate::kIgnored; },
      "Let an answer count after its nextUpdate, or without one");
}

}  // namespace

void AddOcspVerifyCommand(CLI::App& ocsp, int* exit_status) {
  auto options = std::make_shared<OcspVerifyOptions>();
  CLI::App* verify = ocsp.add_subcommand(
      "verify", "Verify a response and tell what it says of a certificate");
  verify->footer(kExamples);
  verify->add_option("RESPONSE", options->response, "The response")->required();
  verify->add_option("--issuer", options->issuer, "The issuer's certificate")
      ->type_name("FILE")
      ->required();
  verify->add_option("--cert", options->certificate, "The certificate")
      ->type_name("FILE");
  verify->add_option("--serial", options->serial, "The certificate's serial")
      ->type_name("HEX");
  AddFilesOption(verify, "--trust-responder", &options->trusted_responders,
                 "Certificates of responders that are believed");
  // Not into an optional, which CLI11 leaves empty for an empty text.
  verify
      ->add_option_function<std::string>(
          "--nonce",
          [options](const std::string& text) { options->nonce = text; },
          "The nonce that was sent")
      ->type_name("HEX");
  AddTimes(verify, options.get());
  verify->add_flag_callback(
      "--allow-sha1",
      [options] { options->weak_digest = WeakDigest::kAllowSha1; },
      "Accept SHA-1 in signatures");
  AddFormatOption(verify, {"table", "jsonl"}, &options->format);
  verify->callback(
      [options, exit_status] { *exit_status = RunOcspVerify(*options); });
}

}  // namespace revstat::tool
