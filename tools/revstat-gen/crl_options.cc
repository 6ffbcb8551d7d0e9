#include "tools/revstat-gen/crl_options.h"

#include <charconv>
#include <string_view>

namespace revstat::gen {
namespace {

constexpr char kExtensions[] = "CRL extensions";
constexpr char kEntries[] = "Entries";

// A CRL number: decimal, or hexadecimal after 0x, up to the 20 octets that
// RFC 5280 5.2.3 allows (its first bit zero).
Octets CrlNumberValue(const std::string& name, const std::string& text) {
  if (text.starts_with("0x")) {
    const std::string digits = text.substr(2);
    const auto octets = FromHex(digits.size() % 2 == 0 ? digits : "0" + digits);
    if (octets && !octets->empty() && octets->size() <= 20) return *octets;
  } else {
    uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size()) {
      Octets octets;
      for (int shift = 56; shift >= 0; shift -= 8) {
        octets.push_back(static_cast<uint8_t>(value >> shift));
      }
      return octets;
    }
  }
  throw CLI::ValidationError(
      name, "'" + text + "' is neither a number nor 0x and up to 40 digits");
}

void AddEntryOptions(CLI::App* app, CrlOptions* options) {
  AddCount(app, "--entries", &options->entries, "How many entries (0)")
      ->group(kEntries);
  app->add_option(
         "--first-entry", options->first_entry,
         "Start at this one of the seed's serials: a shard or a delta (0)")
      ->group(kEntries);
  AddShare(app, "--reasons", &options->shares.reasons,
           "Share with a reasonCode (0)")
      ->group(kEntries);
  AddShare(app, "--hold", &options->shares.holds,
           "Share with certificateHold (0)")
      ->group(kEntries);
  AddShare(app, "--remove", &options->shares.removals,
           "Share with removeFromCRL (0)")
      ->group(kEntries);
  AddShare(app, "--invalidity-dates", &options->shares.invalidity_dates,
           "Share with an invalidityDate (0)")
      ->group(kEntries);
  AddTime(app, "--revoked-until", &options->revoked_until,
          "Spread revocations over the year before it (thisUpdate)")
      ->group(kEntries);
  AddCount(
      app, "--certificate-issuers", &options->certificate_issuers,
      "Indirect CRL with entries of that many other issuers, CN=Other CA <n>")
      ->group(kEntries);
  app->add_option(
         "--certificate-issuer", options->certificate_issuer_files,
         "The same with the subject of this certificate; repeat for more")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group(kEntries);
  app->add_option("--issuer-run", options->issuer_run,
                  "Entries in a row of one certificate issuer (4)")
      ->check(CLI::PositiveNumber)
      ->group(kEntries);
  app->add_option(
         "--unknown-entry-extension", options->unknown_entry_extension,
         "Give this entry (0 is the first) an unknown critical extension")
      ->type_name("INDEX")
      ->group(kEntries);
}

void AddIdpOptions(CLI::App* app, IssuingDistributionPointFields* idp) {
  app->add_option(
         "--idp-uri", idp->full_name,
         "issuingDistributionPoint with this fullName; repeat for more")
      ->type_name("URI")
      ->allow_extra_args(false)
      ->group(kExtensions);
  app->add_option("--idp-relative-name", idp->relative_name,
                  "The same with CN=TEXT relative to the CRL issuer")
      ->type_name("TEXT")
      ->excludes("--idp-uri")
      ->group(kExtensions);
  app->add_option_function<std::vector<std::string>>(
         "--idp-only",
         [idp](const std::vector<std::string>& words) {
           for (const std::string& word : words) {
             if (word == "user") {
               idp->only_user_certs = true;
             } else if (word == "ca") {
               idp->only_ca_certs = true;
             } else if (word == "attribute") {
               idp->only_attribute_certs = true;
             } else {
               throw CLI::ValidationError(
                   "--idp-only",
                   "'" + word + "' is not one of user|ca|attribute");
             }
           }
         },
         "onlyContains...Certs; more than one makes an invalid CRL")
      ->type_name("user|ca|attribute")
      ->allow_extra_args(false)
      ->group(kExtensions);
  app->add_option_function<std::vector<std::string>>(
         "--idp-only-some-reasons",
         [idp](const std::vector<std::string>& names) {
           for (const std::string& name : names) {
             const auto reason = ReasonFromName(name);
             // RFC 5280 4.2.1.13: ReasonFlags has no bit for these two.
             if (!reason || *reason == ReasonCode::kUnspecified ||
                 *reason == ReasonCode::kRemoveFromCrl) {
               throw CLI::ValidationError(
                   "--idp-only-some-reasons",
                   "'" + name + "' is not one of RFC 5280's reason flags");
             }
             idp->only_some_reasons.push_back(*reason);
           }
         },
         "onlySomeReasons, separated by commas: keyCompromise,superseded")
      ->type_name("REASON,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(kExtensions);
  app->add_flag("--idp-indirect", idp->indirect_crl, "indirectCRL")
      ->group(kExtensions);
}

void AddExtensionOptions(CLI::App* app, CrlOptions* options) {
  app->add_option_function<std::string>(
         "--crl-number",
         [options](const std::string& text) {
           options->crl_number.reset();
           if (text != "none")
             options->crl_number = CrlNumberValue("--crl-number", text);
         },
         "cRLNumber (1)")
      ->type_name("N|0xHEX|none")
      ->group(kExtensions);
  app->add_option_function<std::string>(
         "--delta-crl-indicator",
         [options](const std::string& text) {
           options->base_crl_number =
               CrlNumberValue("--delta-crl-indicator", text);
         },
         "A delta CRL to the base with this number")
      ->type_name("N|0xHEX")
      ->group(kExtensions);
  AddChoice<bool>(app, "--authority-key-identifier",
                  &options->has_key_identifier, {{"on", true}, {"off", false}},
                  "authorityKeyIdentifier (on)")
      ->group(kExtensions);
  AddIdpOptions(app, &options->idp);
  app->add_option("--freshest-crl", options->freshest_crl, "freshestCRL")
      ->type_name("URI")
      ->allow_extra_args(false)
      ->group(kExtensions);
  app->add_option("--authority-info-access", options->authority_info_access,
                  "authorityInfoAccess, caIssuers")
      ->type_name("URI")
      ->allow_extra_args(false)
      ->group(kExtensions);
  app->add_option("--issuer-alt-name", options->issuer_alt_name,
                  "issuerAltName")
      ->type_name("URI")
      ->allow_extra_args(false)
      ->group(kExtensions);
  AddTime(app, "--expired-certs-on-crl", &options->expired_certs_since,
          "expiredCertsOnCRL")
      ->group(kExtensions);
  AddChoice<Criticality>(app, "--unknown-extension",
                         &options->unknown_extension,
                         {{"critical", Criticality::kCritical},
                          {"non-critical", Criticality::kNonCritical}},
                         "An extension that nobody knows")
      ->group(kExtensions);
}

}  // namespace

void AddCrlOptions(CLI::App* app, CrlOptions* options) {
  app->add_option("--out", options->out,
                  "The CRL's file, - for standard output")
      ->type_name("FILE")
      ->required();
  AddEncoding(app, &options->encoding);
  AddChoice<CrlVersion>(app, "--crl-version", &options->version,
                        {{"v2", CrlVersion::kV2}, {"v1", CrlVersion::kV1}},
                        "v1 has no extensions at all (v2)");
  AddKeyOptions(app, &options->authority);
  AddDigest(app, &options->authority);
  AddTime(app, "--this-update", &options->this_update,
          "thisUpdate (2026-01-01T00:00:00Z)");
  AddNextUpdate(app, &options->next_update);
  AddCaFiles(app, &options->authority, KeyFile::kNeeded);
  AddCaOutput(app, &options->authority_output);
  AddSerialOptions(app, &options->serials);
  AddEntryOptions(app, options);
  AddExtensionOptions(app, options);
}

}  // namespace revstat::gen
