// `revstat-gen pki`: a small PKI in a folder, with what to expect of each
// certificate.
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "tools/revstat-gen/command_line.h"
#include "tools/revstat-gen/commands.h"
#include "tools/revstat-gen/entry_plan.h"
#include "tools/revstat-gen/extensions.h"
#include "tools/revstat-gen/pki_plan.h"

namespace revstat::gen {
namespace {

constexpr char kExamples[] =
    "Writes into the folder: ca/root.pem, ca/issuing.pem (with "
    "--intermediate),\n"
    "crl/root.crl, crl/issuing.crl (likewise), "
    "certs/<expectation>_<number>.pem,\n"
    "bundle.pem (all of these certificates), list.csv (issuer, serial, "
    "validity) and\n"
    "expected.csv (what to expect of each at the time --at).\n"
    "Example:\n"
    "  revstat-gen pki --out pki --seed 7 --key rsa2048 --intermediate --certs "
    "3";

struct PkiOptions {
  std::string out;
  AuthorityOptions authority;
  SerialOptions serials;
  std::optional<KeyType> leaf_key;
  bool intermediate = false;
  bool keep_keys = false;
  uint64_t certs = 1;
  uint64_t more_entries = 0;
  std::string base_url = "http://crl.example/";
  Time at = kDefaultTime;
  std::optional<Time> not_before;
  std::optional<Time> not_after;
  NextUpdate next_update;
};

// Shares among the entries that belong to no certificate.
constexpr EntryShares kShares = {
    .reasons = 0.3, .holds = 0.05, .removals = 0, .invalidity_dates = 0.1};

// One CA, the CRL it signs, and the name of its files.
struct CrlPlan {
  const Authority& authority;
  std::string stem;
  std::vector<CrlEntry> entries;
};

// Writes the folder. Borrows the options.
class PkiWriter {
 public:
  explicit PkiWriter(const PkiOptions& options) : options_(options) {}

  absl::Status Run();

 private:
  std::string Path(const std::string& name) const {
    return options_.out + "/" + name;
  }
  std::vector<Octets> DistributionPoint(const std::string& crl) const;
  absl::Status MakeFolders() const;
  absl::Status WriteCa(const CrlPlan& plan) const;
  absl::Status WriteLeaves(const std::vector<PlannedLeaf>& leaves,
                           const Authority& issuer,
                           const std::string& issuer_stem) const;
  // `count` entries from the serial with that index on.
  std::vector<CrlEntry> MoreEntries(uint64_t first, uint64_t count) const;

  const PkiOptions& options_;
};

std::vector<Octets> PkiWriter::DistributionPoint(const std::string& crl) const {
  return {CrlDistributionPoints({options_.base_url + crl})};
}

absl::Status PkiWriter::MakeFolders() const {
  std::vector<std::string> folders = {"ca", "crl", "certs"};
  if (options_.keep_keys) folders.push_back("keys");
  for (const std::string& folder : folders) {
    std::error_code error;
    std::filesystem::create_directories(Path(folder), error);
    if (error) {
      return absl::UnavailableError("cannot make " + Path(folder) + ": " +
                                    error.message());
    }
  }
  return absl::OkStatus();
}

absl::Status PkiWriter::WriteCa(const CrlPlan& plan) const {
  const Authority& authority = plan.authority;
  const std::string key =
      options_.keep_keys ? Path("keys/" + plan.stem + ".key") : "";
  absl::Status status =
      WriteAuthority(authority, {Path("ca/" + plan.stem + ".pem"), key});
  if (!status.ok()) return status;
  CrlFields fields{
      CrlVersion::kV2,
      authority.name,
      options_.at,
      options_.next_update.After(options_.at),
      {AuthorityKeyIdentifier(authority.key_id), CrlNumber(Octets{1})}};
  CrlBuilder builder(std::move(fields), authority.signer, plan.entries.size());
  for (const CrlEntry& entry : plan.entries) builder.Add(entry);
  const CrlOctets crl = std::move(builder).Finish();
  return WriteFile(Path("crl/" + plan.stem + ".crl"), crl.der());
}

absl::Status PkiWriter::WriteLeaves(const std::vector<PlannedLeaf>& leaves,
                                    const Authority& issuer,
                                    const std::string& issuer_stem) const {
  const LeafProfile profile{options_.authority.seed,
                            options_.leaf_key.value_or(KeyType::kP256),
                            {options_.base_url + issuer_stem + ".crl"}};
  const std::string issuer_text = IssuerText(issuer.certificate);
  OutputFile bundle(Path("bundle.pem")), list(Path("list.csv")),
      expected(Path("expected.csv"));
  list.Write("issuer,serial,not_before,not_after\n");
  expected.Write(ExpectationHeader());
  for (const PlannedLeaf& planned : leaves) {
    const Octets certificate = MakeLeaf(profile, planned.leaf, issuer);
    const std::string file = "certs/" + planned.file_stem + ".pem";
    absl::Status status = WritePemFile(Path(file), "CERTIFICATE", certificate);
    if (!status.ok()) return status;
    bundle.WritePem("CERTIFICATE", certificate);
    list.Write(issuer_text + "," + planned.leaf.serial.ToText() + "," +
               FormatTime(planned.leaf.not_before) + "," +
               FormatTime(planned.leaf.not_after) + "\n");
    expected.Write("certs/" + ExpectationRow(planned));
  }
  for (OutputFile* file : {&bundle, &list, &expected}) {
    if (absl::Status status = file->Close(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::vector<CrlEntry> PkiWriter::MoreEntries(uint64_t first,
                                             uint64_t count) const {
  const EntryPlan plan(options_.serials, kShares, options_.at);
  std::vector<CrlEntry> entries;
  for (uint64_t i = 0; i < count; ++i) entries.push_back(plan.At(first + i));
  return entries;
}

absl::Status PkiWriter::Run() {
  const PkiTimes times{
      options_.at,
      options_.not_before.value_or(options_.at - std::chrono::days(180)),
      options_.not_after.value_or(options_.at + std::chrono::days(730))};
  if (times.not_before >= times.at || times.not_after <= times.at) {
    return absl::InvalidArgumentError(
        "--at must lie between --not-before and --not-after");
  }
  const uint64_t leaf_count = options_.certs * LeafKinds();
  // Serials: those of the certificates, then the issuing CRL's, then the
  // root's.
  absl::Status status =
      SerialSequence(options_.serials)
          .CheckCapacity(leaf_count + 2 * options_.more_entries);
  if (!status.ok()) return status;
  const auto root = GetAuthority(options_.authority);
  if (!root.ok()) return root.status();
  std::optional<Authority> issuing;
  if (options_.intermediate) {
    auto made = MakeIssuingAuthority(options_.authority, *root,
                                     DistributionPoint("root.crl"));
    if (!made.ok()) return made.status();
    issuing.emplace(*std::move(made));
  }
  if (status = MakeFolders(); !status.ok()) return status;

  const std::vector<PlannedLeaf> leaves =
      PlanLeaves(options_.serials, options_.certs, times);
  CrlPlan plan{issuing ? *issuing : *root, issuing ? "issuing" : "root", {}};
  for (const PlannedLeaf& planned : leaves) {
    if (planned.entry) plan.entries.push_back(*planned.entry);
  }
  for (const CrlEntry& entry : MoreEntries(leaf_count, options_.more_entries)) {
    plan.entries.push_back(entry);
  }
  if (status = WriteCa(plan); !status.ok()) return status;
  if (issuing) {
    status = WriteCa({*root, "root",
                      MoreEntries(leaf_count + options_.more_entries,
                                  options_.more_entries)});
    if (!status.ok()) return status;
  }
  return WriteLeaves(leaves, plan.authority, plan.stem);
}

absl::Status RunPki(PkiOptions options) {
  options.serials.seed = options.authority.seed;
  return PkiWriter(options).Run();
}

}  // namespace

void AddPkiCommand(CLI::App* program, absl::Status* outcome) {
  CLI::App* const app = program->add_subcommand(
      "pki",
      "Make a folder with CAs, their CRLs, and certificates of every status");
  app->footer(kExamples);
  const auto options = std::make_shared<PkiOptions>();
  app->add_option("--out", options->out, "The folder, made when missing")
      ->type_name("DIR")
      ->required();
  AddKeyOptions(app, &options->authority);
  AddDigest(app, &options->authority);
  app->add_flag("--intermediate", options->intermediate,
                "An issuing CA below the root");
  app->add_flag(
      "--keep-keys", options->keep_keys,
      "Write the CAs' private keys to keys/, for crl and certs with --ca-key");
  app->add_option("--certs", options->certs, "Certificates of each kind (1)")
      ->check(CLI::Range(1, 100000));
  AddCount(app, "--more-entries", &options->more_entries,
           "Entries of each CRL beyond these certificates (0)");
  AddKeyType(app, "--leaf-key", &options->leaf_key,
             "Keys of the certificates (p256)");
  AddTime(app, "--at", &options->at,
          "thisUpdate, and the time at which the expectations hold "
          "(2026-01-01T00:00:00Z)");
  AddTime(app, "--not-before", &options->not_before,
          "Start of validity (180 days before --at)");
  AddTime(app, "--not-after", &options->not_after,
          "End of validity (730 days after --at)");
  AddNextUpdate(app, &options->next_update);
  app->add_option("--crl-base-url", options->base_url,
                  "What cRLDistributionPoints start with (http://crl.example/)")
      ->type_name("URI");
  AddSerialOptions(app, &options->serials);
  app->callback([options, outcome] { *outcome = RunPki(*options); });
}

}  // namespace revstat::gen
