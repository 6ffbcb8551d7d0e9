// `revstat-gen crl`: one CRL of any length.
#include <memory>
#include <utility>

#include "tools/revstat-gen/commands.h"
#include "tools/revstat-gen/crl_options.h"
#include "tools/revstat-gen/names.h"

namespace revstat::gen {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  # ten million entries and the CA that signed them\n"
    "  revstat-gen crl --out big.crl --ca-out ca.pem --seed 7 --entries "
    "10000000 --reasons 0.3\n"
    "  # serials 1, 2, 3, ... for certificates of users only, by an RSA CA\n"
    "  revstat-gen crl --out users.crl --ca-out ca.pem --key rsa2048 --serials "
    "sequential \\\n"
    "      --entries 1000 --idp-only user --idp-uri "
    "http://crl.example/users.crl\n"
    "  # CRL number 1 and a delta to it that lists 20 more\n"
    "  revstat-gen crl --out base.crl --ca-out ca.pem --entries 100\n"
    "  revstat-gen crl --out delta.crl --first-entry 100 --entries 20 "
    "--crl-number 2 \\\n"
    "      --delta-crl-indicator 1";

absl::Status CheckOptions(const CrlOptions& options) {
  const EntryShares& shares = options.shares;
  // Decimal fractions do not add up exactly.
  if (shares.reasons + shares.holds + shares.removals > 1 + 1e-9) {
    return absl::InvalidArgumentError(
        "--reasons, --hold and --remove add up to more than 1");
  }
  if (options.unknown_entry_extension &&
      *options.unknown_entry_extension >= options.entries) {
    return absl::InvalidArgumentError(
        "--unknown-entry-extension: there is no such entry");
  }
  if (options.first_entry + options.entries < options.entries) {
    return absl::InvalidArgumentError(
        "--first-entry and --entries are too large");
  }
  if (options.version == CrlVersion::kV2) return absl::OkStatus();
  const bool has_extension =
      shares.reasons + shares.holds + shares.removals +
              shares.invalidity_dates >
          0 ||
      options.unknown_entry_extension || options.certificate_issuers > 0 ||
      !options.certificate_issuer_files.empty() || options.base_crl_number ||
      options.has_key_identifier == true || !options.idp.empty() ||
      !options.freshest_crl.empty() || !options.authority_info_access.empty() ||
      !options.issuer_alt_name.empty() || options.expired_certs_since ||
      options.unknown_extension;
  if (!has_extension) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--crl-version v1: a v1 CRL and its entries have no extensions");
}

std::vector<Octets> MakeExtensions(const CrlOptions& options,
                                   const Authority& authority) {
  std::vector<Octets> extensions;
  if (options.version == CrlVersion::kV1) return extensions;
  if (options.has_key_identifier.value_or(true)) {
    extensions.push_back(AuthorityKeyIdentifier(authority.key_id));
  }
  if (!options.issuer_alt_name.empty()) {
    extensions.push_back(IssuerAltName(options.issuer_alt_name));
  }
  if (options.crl_number) extensions.push_back(CrlNumber(*options.crl_number));
  if (options.base_crl_number)
    extensions.push_back(DeltaCrlIndicator(*options.base_crl_number));
  if (!options.idp.empty())
    extensions.push_back(IssuingDistributionPoint(options.idp));
  if (!options.freshest_crl.empty())
    extensions.push_back(FreshestCrl(options.freshest_crl));
  if (!options.authority_info_access.empty()) {
    extensions.push_back(AuthorityInfoAccess(options.authority_info_access));
  }
  if (options.expired_certs_since) {
    extensions.push_back(ExpiredCertsOnCrl(*options.expired_certs_since));
  }
  if (options.unknown_extension) {
    extensions.push_back(UnknownExtension(*options.unknown_extension));
  }
  return extensions;
}

// The certificateIssuer extension of each issuer: first the CRL issuer's own.
absl::StatusOr<std::vector<Octets>> MakeCertificateIssuers(
    const CrlOptions& options, const Authority& authority) {
  std::vector<Octets> issuers = {CertificateIssuer(authority.name)};
  for (const std::string& path : options.certificate_issuer_files) {
    const auto subject = ReadSubject(path);
    if (!subject.ok()) return subject.status();
    issuers.push_back(CertificateIssuer(*subject));
  }
  for (uint64_t i = 1; i <= options.certificate_issuers; ++i) {
    issuers.push_back(
        CertificateIssuer(MakeName("Other CA " + std::to_string(i))));
  }
  return issuers;
}

// RFC 5280 5.3.3: an entry without certificateIssuer has that of the one before
// it, and at the start the CRL issuer. So the first entry of a run names it.
class IssuerRuns {
 public:
  IssuerRuns(std::vector<Octets> issuers, uint64_t run)
      : issuers_(std::move(issuers)), run_(run) {}

  Bytes At(uint64_t entry) const {
    if (issuers_.size() == 1 || entry == 0 || entry % run_ != 0) return {};
    return issuers_[entry / run_ % issuers_.size()];
  }

 private:
  std::vector<Octets> issuers_;
  uint64_t run_;
};

absl::Status WriteCrl(const CrlOptions& options, Bytes der) {
  if (options.encoding == Encoding::kDer) return WriteFile(options.out, der);
  return WritePemFile(options.out, "X509 CRL", der);
}

absl::Status RunCrl(CrlOptions options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  options.serials.seed = options.authority.seed;
  const uint64_t end = options.first_entry + options.entries;
  if (absl::Status status = SerialSequence(options.serials).CheckCapacity(end);
      !status.ok()) {
    return status;
  }
  auto authority = GetAuthority(options.authority);
  if (!authority.ok()) return authority.status();
  auto issuers = MakeCertificateIssuers(options, *authority);
  if (!issuers.ok()) return issuers.status();
  if (issuers->size() > 1) options.idp.indirect_crl = true;
  const IssuerRuns runs(*std::move(issuers), options.issuer_run);

  CrlFields fields{options.version, authority->name, options.this_update,
                   options.next_update.After(options.this_update),
                   MakeExtensions(options, *authority)};
  CrlBuilder builder(std::move(fields), authority->signer, options.entries);
  const EntryPlan plan(options.serials, options.shares,
                       options.revoked_until.value_or(options.this_update));
  const Octets unknown = UnknownExtension(Criticality::kCritical);
  for (uint64_t i = 0; i < options.entries; ++i) {
    CrlEntry entry = plan.At(options.first_entry + i);
    entry.more_extensions = runs.At(i);
    if (options.unknown_entry_extension == i) {
      const Octets both = der::Join({entry.more_extensions, unknown});
      entry.more_extensions = both;
      builder.Add(entry);
      continue;
    }
    builder.Add(entry);
  }
  const CrlOctets crl = std::move(builder).Finish();
  if (absl::Status status = WriteCrl(options, crl.der()); !status.ok())
    return status;
  return WriteAuthority(*authority, options.authority_output);
}

}  // namespace

void AddCrlCommand(CLI::App* program, absl::Status* outcome) {
  CLI::App* const app =
      program->add_subcommand("crl", "Make one CRL of any length");
  app->footer(kExamples);
  const auto options = std::make_shared<CrlOptions>();
  AddCrlOptions(app, options.get());
  app->callback([options, outcome] { *outcome = RunCrl(*options); });
}

}  // namespace revstat::gen
