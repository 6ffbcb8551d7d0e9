// `revstat-gen queries`: a list of (issuer, serial) for `revstat check`.
#include <memory>

#include "tools/revstat-gen/command_line.h"
#include "tools/revstat-gen/commands.h"
#include "tools/revstat-gen/hit_plan.h"

namespace revstat::gen {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  # a million queries to the CRL of `crl --seed 7 --entries 10000000`, 1 "
    "% listed there\n"
    "  revstat-gen queries --out queries.csv --seed 7 --entries 10000000 "
    "--count 1000000 \\\n"
    "      --hit-rate 0.01";

enum class ListFormat : uint8_t { kCsv, kTsv };

struct QueriesOptions {
  std::string out;
  ListFormat format = ListFormat::kCsv;
  AuthorityOptions authority;
  std::string issuer;  // empty: the CA's
  SerialOptions serials;
  uint64_t entries = 0;
  uint64_t count = 0;
  double hit_rate = 0;
};

absl::Status RunQueries(QueriesOptions options) {
  options.serials.seed = options.authority.seed;
  const auto plan = HitPlan::Create(options.serials, options.entries,
                                    options.count, options.hit_rate);
  if (!plan.ok()) return plan.status();
  if (options.issuer.empty()) {
    const auto certificate = GetAuthorityCertificate(options.authority);
    if (!certificate.ok()) return certificate.status();
    options.issuer = IssuerText(*certificate);
  }
  const char separator = options.format == ListFormat::kCsv ? ',' : '\t';
  OutputFile file(options.out);
  file.Write(std::string("issuer") + separator + "serial\n");
  std::string row = options.issuer + separator;
  const size_t row_head = row.size();
  for (uint64_t i = 0; i < options.count; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    const SerialNumber serial = plan->At(i);
    Bytes octets = serial.content();
    row.resize(row_head);
    // The zero octet before a set first bit is DER's, not the serial's.
    if (octets.size() > 1 && octets[0] == 0) octets = octets.subspan(1);
    for (uint8_t octet : octets) {
      row += kDigits[octet >> 4];
      row += kDigits[octet & 15];
    }
    row += '\n';
    file.Write(row);
  }
  return file.Close();
}

void AddIssuer(CLI::App* app, std::string* issuer) {
  app->add_option_function<std::string>(
         "--issuer",
         [issuer](const std::string& text) {
           const auto octets = FromHex(text);
           if (!octets || octets->size() != 32) {
             throw CLI::ValidationError(
                 "--issuer", "'" + text + "' is not 64 hexadecimal digits");
           }
           *issuer = ToHex(*octets);
         },
         "SHA-256 of the issuer's certificate (that of --ca or of the seed's "
         "CA)")
      ->type_name("HEX")
      ->group("CA");
}

}  // namespace

void AddQueriesCommand(CLI::App* program, absl::Status* outcome) {
  CLI::App* const app = program->add_subcommand(
      "queries", "Make a list of (issuer, serial) to ask about");
  app->footer(kExamples);
  const auto options = std::make_shared<QueriesOptions>();
  app->add_option("--out", options->out,
                  "The list's file, - for standard output")
      ->type_name("FILE")
      ->required();
  AddCount(app, "--count", &options->count, "How many queries")->required();
  AddShare(app, "--hit-rate", &options->hit_rate,
           "Share that the CRL lists (0)");
  AddChoice<ListFormat>(app, "--format", &options->format,
                        {{"csv", ListFormat::kCsv}, {"tsv", ListFormat::kTsv}},
                        "Form of the list (csv)");
  AddKeyOptions(app, &options->authority);
  AddIssuer(app, &options->issuer);
  AddCaFiles(app, &options->authority, KeyFile::kNotNeeded);
  AddCount(app, "--entries", &options->entries,
           "Entries of the CRL with the same seed (0)")
      ->group("Serials");
  AddSerialOptions(app, &options->serials);
  app->callback([options, outcome] { *outcome = RunQueries(*options); });
}

}  // namespace revstat::gen
