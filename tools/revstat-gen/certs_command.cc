// `revstat-gen certs`: a bundle of any number of end-entity certificates.
#include <memory>

#include "tools/revstat-gen/command_line.h"
#include "tools/revstat-gen/commands.h"
#include "tools/revstat-gen/hit_plan.h"
#include "tools/revstat-gen/leaf.h"

namespace revstat::gen {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  # 100,000 certificates, of which 1 % are in the CRL of `crl --seed 7 "
    "--entries 1000000`\n"
    "  revstat-gen certs --out bundle.pem --seed 7 --entries 1000000 --count "
    "100000 \\\n"
    "      --hit-rate 0.01 --ca-out ca.pem";

struct CertsOptions {
  std::string out;
  Encoding encoding = Encoding::kPem;
  AuthorityOptions authority;
  AuthorityOutput authority_output;
  std::optional<KeyType> leaf_key;
  std::vector<std::string> crl_urls = {"http://crl.example/ca.crl"};
  SerialOptions serials;
  uint64_t entries = 0;
  uint64_t count = 0;
  double hit_rate = 0;
  Time not_before = kDefaultTime - std::chrono::days(180);
  Time not_after = kDefaultTime + std::chrono::days(730);
};

absl::Status RunCerts(CertsOptions options) {
  options.serials.seed = options.authority.seed;
  const auto plan = HitPlan::Create(options.serials, options.entries,
                                    options.count, options.hit_rate);
  if (!plan.ok()) return plan.status();
  // A certificate is asked for once, so a serial twice would be two
  // certificates with one.
  if (plan->hits() > options.entries) {
    return absl::InvalidArgumentError(
        "--hit-rate asks for " + std::to_string(plan->hits()) +
        " listed certificates, --entries lists only " +
        std::to_string(options.entries));
  }
  if (options.not_after < options.not_before) {
    return absl::InvalidArgumentError("--not-after is before --not-before");
  }
  const auto authority = GetAuthority(options.authority);
  if (!authority.ok()) return authority.status();
  const LeafProfile profile{options.authority.seed,
                            options.leaf_key.value_or(KeyType::kP256),
                            options.crl_urls};
  OutputFile file(options.out);
  for (uint64_t i = 0; i < options.count; ++i) {
    const Octets certificate =
        MakeLeaf(profile,
                 {i, plan->At(i), "Certificate " + std::to_string(i + 1),
                  options.not_before, options.not_after},
                 *authority);
    if (options.encoding == Encoding::kDer) {
      file.Write(certificate);
    } else {
      file.WritePem("CERTIFICATE", certificate);
    }
  }
  if (absl::Status status = file.Close(); !status.ok()) return status;
  return WriteAuthority(*authority, options.authority_output);
}

}  // namespace

void AddCertsCommand(CLI::App* program, absl::Status* outcome) {
  CLI::App* const app = program->add_subcommand(
      "certs", "Make a bundle of end-entity certificates");
  app->footer(kExamples);
  const auto options = std::make_shared<CertsOptions>();
  app->add_option("--out", options->out,
                  "The bundle's file, - for standard output")
      ->type_name("FILE")
      ->required();
  AddEncoding(app, &options->encoding);
  AddCount(app, "--count", &options->count, "How many certificates")
      ->required();
  AddShare(app, "--hit-rate", &options->hit_rate,
           "Share that the CRL lists (0)");
  AddTime(app, "--not-before", &options->not_before,
          "Start of validity (2025-07-05T00:00:00Z)");
  AddTime(app, "--not-after", &options->not_after,
          "End of validity (2028-01-01T00:00:00Z)");
  AddKeyType(app, "--leaf-key", &options->leaf_key,
             "Keys of the certificates (p256)");
  AddCrlUrl(app, &options->crl_urls);
  AddKeyOptions(app, &options->authority);
  AddDigest(app, &options->authority);
  AddCaFiles(app, &options->authority, KeyFile::kNeeded);
  AddCaOutput(app, &options->authority_output);
  AddCount(app, "--entries", &options->entries,
           "Entries of the CRL with the same seed (0)")
      ->group("Serials");
  AddSerialOptions(app, &options->serials);
  app->callback([options, outcome] { *outcome = RunCerts(*options); });
}

}  // namespace revstat::gen
